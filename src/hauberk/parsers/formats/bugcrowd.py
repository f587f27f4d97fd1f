"""Bugcrowd: submissions of a bug bounty program, as CSV from the console and as JSON from the API."""

from hauberk.parsers import sdk

_PRIORITIES: sdk.Scale = {  # https://bugcrowd.com/vulnerability-rating-taxonomy: P1 to P5
    "1": sdk.Severity.CRITICAL,
    "2": sdk.Severity.HIGH,
    "3": sdk.Severity.MEDIUM,
    "4": sdk.Severity.LOW,
    "5": sdk.Severity.INFO,
}
_DECIDED = frozenset(  # written with hyphens by the console, with underscores by the API
    (
        "wont-fix",
        "not-applicable",
        "out-of-scope",
        "not-reproducible",
        "resolved",
        "duplicate",
        "informational",
    )
)
_COLUMNS = ("reference_number", "bounty_code", "title", "priority", "substate", "bug_url")


@sdk.parser(
    id="bugcrowd-csv",
    scanner="Bugcrowd",
    title="Bugcrowd CSV",
    docs="https://docs.bugcrowd.com/customers/submission-management/exporting-submissions/",
    kinds=[sdk.MANUAL],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
)
def bugcrowd_csv(row: sdk.Row) -> sdk.Findings:
    """Submissions → Export → CSV"""
    yield _finding(
        row,
        priority=row["priority"],
        state=row["substate"] or row.get("state", ""),
        id=row["reference_number"],
    )


@sdk.parser(
    id="bugcrowd-api-json",
    scanner="Bugcrowd",
    title="Bugcrowd API",
    docs="https://docs.bugcrowd.com/api/",
    kinds=[sdk.MANUAL],
    sniff=sdk.AnyOf(
        *(
            sdk.JsonKeys(f"{root}item.attributes.vrt_id", values={f"{root}item.type": "submission"})
            for root in ("", "data.")
        ),
        *(
            sdk.JsonKeys(f"{root}item.attributes.bug_url", values={f"{root}item.type": "submission"})
            for root in ("", "data.")
        ),
    ),
    versions="`GET /submissions`: the whole answer, or the list under `data`",
)
def bugcrowd_api(report: sdk.Report) -> sdk.Findings:
    """`curl -H "Authorization: Token …" https://api.bugcrowd.com/submissions -o bugcrowd.json`"""
    yield from report.read(report.json("item", "data.item"), _submission)


def _submission(submission: sdk.Json) -> sdk.Findings:
    said = submission["attributes"]
    state = sdk.text(said.get("state")) or ""
    yield _finding(
        said, priority=sdk.text(said.get("severity")), state=state, id=sdk.text(submission.get("id"))
    )


def _finding(
    said: sdk.Json,
    *,
    priority: str | None,
    state: str,
    id: str | None,  # noqa: A002 — its name there
) -> sdk.ReportedFinding:
    address, request = sdk.text(said.get("bug_url")), sdk.text(said.get("http_request"))
    is_address = address is not None and " " not in address
    proof = sdk.paragraphs(None if is_address else address, request, said.get("extra_info"))
    links = said.get("vulnerability_references")
    vrt = sdk.first(said.get("vrt_id"), said.get("vrt_lineage"))
    return sdk.ReportedFinding(
        kind=sdk.MANUAL,
        title=said["title"],
        severity=sdk.severity(priority, _PRIORITIES),
        severity_reported=priority,
        rule_id=vrt,
        description=sdk.text(said.get("description")),
        remediation=sdk.text(said.get("remediation_advice")),
        identifiers=sdk.identifiers(said["title"]),
        cwes=sdk.cwes(sdk.links(links)),
        locations=(sdk.at_url(address, evidence=proof),) if is_address else _unplaced(proof),
        references=sdk.links(links),
        tags=sdk.texts([said.get("target_name"), said.get("source")]),
        stable_id=id,
        suppression=sdk.suppression(state.lower().replace("_", "-") in _DECIDED, justification=state),
        found_at=sdk.timestamp(said.get("submitted_at")),
    )


def _unplaced(proof: str | None) -> tuple[sdk.Location, ...]:
    return (sdk.Location(evidence=proof),) if proof else ()
