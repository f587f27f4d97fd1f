"""WhiteHat Sentinel: vulnerabilities of web sites with the requests that prove them, from its API and as CSV."""

from collections.abc import Iterator
from functools import partial

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://apidocs.whitehatsec.com/: risk
    "5": sdk.Severity.CRITICAL,
    "4": sdk.Severity.HIGH,
    "3": sdk.Severity.MEDIUM,
    "2": sdk.Severity.LOW,
    "1": sdk.Severity.INFO,
    "0": sdk.Severity.INFO,
}

_COLUMNS = ("Vuln ID", "Vuln URL", "Class", "Rating", "Vuln Status")
_RATINGS: sdk.Scale = {"note": sdk.Severity.INFO}
_OF_CLASSES = "Class Name"  # heads the second table, of what the classes of the first one mean
_OVER = ("closed", "accepted", "out_of_scope", "mitigated", "invalid")


@sdk.parser(
    id="whitehat-sentinel-json",
    scanner="WhiteHat Sentinel",
    docs="https://apidocs.whitehatsec.com/",
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("collection.item.class", "collection.item.attack_vectors"),
        sdk.JsonKeys("collection.item.class", "collection.item.site_name"),
        sdk.JsonKeys(empty=("collection",)),
    ),
    items=sdk.JsonItems("collection.item"),
)
def whitehat_sentinel(found: sdk.Json) -> sdk.Findings:
    """`GET /api/vuln?format=json&display_attack_vectors=all&display_description=1&display_solution=1`"""
    vectors = found.get("attack_vectors") or []
    tags = [tag for vector in vectors for tag in sdk.texts(vector.get("scanner_tags"))]
    word = sdk.first(found.get("custom_risk"), found.get("risk"))
    about, help_ = found.get("description") or {}, found.get("solution") or {}
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=found["class"],
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=found["class"],
        description=_words(about, "description"),
        remediation=_words(help_, "solution"),
        cwes=sdk.cwes(tags),
        locations=tuple(_places(vectors)) or (sdk.at_url(found["url"]),),
        references=sdk.links(about.get("description"), help_.get("solution")),
        tags=sdk.texts(tags),
        stable_id=sdk.text(found["id"]),
        target=sdk.text(found.get("site_name")),
        found_at=sdk.timestamp(found.get("opened") or found.get("found")),
        suppression=_suppression(found),
    )


def _words(said: sdk.Json, name: str) -> str | None:
    return sdk.paragraphs(sdk.plain(said.get(f"{name}_prepend")), sdk.plain(said.get(name)))


def _suppression(found: sdk.Json) -> sdk.Suppression | None:
    """The answer holds a site's whole history; what is closed is told apart by its state only."""
    if found.get("status") not in _OVER:
        return None
    return sdk.Suppression(justification=sdk.text(found.get("reason")) or found["status"].replace("_", " "))


def _places(vectors: list[sdk.Json]) -> Iterator[sdk.Location]:
    for vector in vectors:
        request = vector.get("request") or {}
        if request.get("url"):
            yield sdk.at_url(
                request["url"],
                method=sdk.text(request.get("method")),
                parameter=sdk.text(request.get("param_name")),
                evidence=sdk.plain(sdk.pick(vector, "response.body_match.content")),
            )


@sdk.parser(
    id="whitehat-sentinel-csv",
    scanner="WhiteHat Sentinel",
    title="WhiteHat Sentinel CSV",
    docs="https://apidocs.whitehatsec.com/",
    kinds=[sdk.DAST],
    sniff=sdk.CsvHeader(*_COLUMNS, "Attack Vector ID"),
)
def whitehat_sentinel_csv(report: sdk.Report) -> sdk.Findings:
    """In the portal: Reports → Vulnerability Detail Report → CSV"""
    classes: dict[str, tuple[str, str]] = {}
    is_second = False
    for node in report.rows(*_COLUMNS):
        name, description, solution = (
            node.value.get(each, "") for each in ("Vuln ID", "Vuln URL", "Attack Vector ID")
        )
        if is_second:
            classes[name] = description, solution
        is_second = is_second or name == _OF_CLASSES
    for node in report.rows(*_COLUMNS):
        if node.value["Vuln ID"] == _OF_CLASSES:
            return
        if node.value["Class"]:
            yield from report.read_one(node, partial(_vector, classes))


def _vector(classes: dict[str, tuple[str, str]], row: sdk.Row) -> sdk.Findings:
    """A row is one way to attack; several of them are places of one vulnerability."""
    kind = row["Class"]
    description, solution = classes.get(kind, ("", ""))
    status = row["Vuln Status"].lower()
    address = row.get("Attack Vector Path") or row["Vuln URL"]
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=kind,
        severity=sdk.severity(row["Rating"], _RATINGS),
        severity_reported=row["Rating"] or None,
        rule_id=kind,
        description=sdk.paragraphs(_said(row, "Custom Description"), description),
        remediation=sdk.paragraphs(_said(row, "Custom Solution"), solution),
        cvss=sdk.assessments((row.get("CVSS Vector"), row.get("CVSS Score"), "WhiteHat")),
        locations=(
            sdk.at_url(
                address if "://" in address else f"https://{address}",
                method=_said(row, "Method"),
                evidence=sdk.paragraphs(_said(row, "HTTP Request Header"), _said(row, "Response Header")),
            ),
        ),
        stable_id=row["Vuln ID"],
        target=row.get("Asset Name") or None,
        found_at=sdk.timestamp(row.get("Date Opened")),
        suppression=sdk.suppression(status in _OVER, justification=status),
    )


def _said(row: sdk.Row, column: str) -> str | None:
    return None if row.get(column) in (None, "", "null") else row[column]
