"""Acunetix's API: the vulnerabilities of a scan or of all targets, and one with all that is known of it."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://www.acunetix.com/blog/docs/acunetix-api-documentation/: 0 to 4
    "0": sdk.Severity.INFO,
    "1": sdk.Severity.LOW,
    "2": sdk.Severity.MEDIUM,
    "3": sdk.Severity.HIGH,
    "4": sdk.Severity.CRITICAL,
}
_DECIDED = ("fixed", "ignored", "false_positive")
_LISTS = ("vulnerabilities.item", "item")


@sdk.parser(
    id="acunetix-api-json",
    scanner="Acunetix",
    title="Acunetix API",
    docs="https://www.acunetix.com/blog/docs/acunetix-api-documentation/",
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("pagination.count", "pagination.cursors", empty=("vulnerabilities",)),
        *(sdk.JsonKeys(f"{path}.vt_name", f"{path}.vuln_id", f"{path}.affects_url") for path in _LISTS),
    ),
    versions="11 and later, on-premises and online",
)
def acunetix_api(report: sdk.Report) -> sdk.Findings:
    """`curl -H "X-Auth: …" https://acunetix.example:3443/api/v1/vulnerabilities -o acunetix.json`"""
    yield from report.read(report.json(*_LISTS), _vulnerability)


def _vulnerability(said: sdk.Json) -> sdk.Findings:
    word, state = sdk.text(said.get("severity")), (sdk.text(said.get("status")) or "").lower()
    tags = sdk.texts(said.get("tags") or ())
    request = sdk.text(said.get("request"))
    parameter = sdk.text(said.get("affects_detail"))
    place = sdk.at_url(
        said.get("affects_url"),
        method=sdk.http_method(request),
        parameter=parameter,
        evidence=sdk.paragraphs(sdk.plain(said.get("details")), request),
    )
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=said["vt_name"],
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=said["vt_name"],  # as its XML names it
        description=sdk.paragraphs(
            *(sdk.plain(said.get(name)) for name in ("description", "long_description", "impact"))
        ),
        remediation=sdk.plain(said.get("recommendation")),
        identifiers=sdk.identifiers(said["vt_name"], tags),
        cwes=sdk.cwes(*(tag for tag in tags if tag.upper().startswith("CWE-"))),
        cvss=sdk.assessments(
            (said.get("cvss4"), None, "Acunetix"),
            (said.get("cvss3"), said.get("cvss_score"), "Acunetix"),
            (said.get("cvss2"), None, "Acunetix"),
        ),
        locations=(place,),
        references=sdk.urls([each.get("href") for each in sdk.listed(said.get("references"))]),
        tags=tags,
        confidence=sdk.text(said.get("confidence")),
        stable_id=sdk.text(said.get("vuln_id")),
        suppression=sdk.suppression(state in _DECIDED, justification=state),
        target=place.host,
        found_at=sdk.timestamp(said.get("first_seen") or said.get("last_seen")),
    )
