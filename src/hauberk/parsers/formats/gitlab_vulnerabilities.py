"""GitLab's vulnerability report as a table: what all scanners of a project or group found, and what was decided of it."""

import re
from typing import Final

from hauberk.parsers import sdk
from hauberk.parsers.dialects import gitlab, packages

_COLUMNS: Final = ("Scanner Name", "Status", "Vulnerability", "Severity")
_KINDS: dict[str, sdk.FindingKind] = {
    "sast": sdk.SAST,
    "dependency_scanning": sdk.SCA,
    "container_scanning": sdk.CONTAINER,
    "cluster_image_scanning": sdk.CONTAINER,
    "secret_detection": sdk.SECRET,
    "dast": sdk.DAST,
    "api_fuzzing": sdk.DAST,
    "coverage_fuzzing": sdk.SAST,
}
_SAID = re.compile(r'"(?P<name>\w+)"\s*(?:=>|:)\s*(?:"(?P<words>(?:[^"\\]|\\.)*)"|(?P<number>\d+))')


@sdk.parser(
    id="gitlab-vulnerabilities-csv",
    scanner="GitLab",
    title="GitLab vulnerability report",
    docs="https://docs.gitlab.com/user/application_security/vulnerability_report/#exporting",
    kinds=[sdk.SAST, sdk.SCA, sdk.CONTAINER, sdk.SECRET, sdk.DAST],
    sniff=sdk.AnyOf(sdk.CsvHeader("Tool", *_COLUMNS), sdk.CsvHeader("Scanner Type", *_COLUMNS)),
    items=sdk.CsvRows(*_COLUMNS),
)
def gitlab_vulnerabilities(row: sdk.Row) -> sdk.Findings:
    """Project or group → Secure → Vulnerability report → Export"""
    tool = row.get("Tool") or row.get("Scanner Type", "")  # as older exports call it
    kind = _KINDS.get(tool.lower().replace(" ", "_"), sdk.SAST)
    said = _SAID.finditer(row.get("Location", ""))
    place = {each["name"]: each["words"] or each["number"] for each in said}
    others = sdk.texts(re.split(r"[;,]", row.get("Other Identifiers", "")))
    identifiers = sdk.identifiers(row.get("CVE"), others)
    is_package = kind in (sdk.SCA, sdk.CONTAINER)
    # Of a package, its name is the only one in there; of an image, the system is told beside it.
    component = sdk.Component(
        name=place.get("name", ""), version=place.get("version"), path=place.get("file")
    )
    yield sdk.ReportedFinding(
        kind=kind,
        title=row["Vulnerability"],
        severity=sdk.severity(row["Severity"], gitlab.SEVERITIES),
        severity_reported=sdk.text(row["Severity"]),
        rule_id=sdk.first(identifiers if is_package else others, identifiers),
        description=sdk.text(row.get("Details")),
        identifiers=identifiers,
        cwes=sdk.cwes(re.split(r"[;,]\s*", row.get("CWE", ""))) or (packages.CWES if is_package else ()),
        cvss=sdk.assessments(
            *((vector, None, source) for source, vector in _vectors(row.get("CVSS Vectors", "")))
        ),
        locations=_places(kind, place),
        components=(component,) if is_package and component.name else (),
        tags=sdk.texts([row["Scanner Name"], tool]),
        stable_id=sdk.text(row.get("Vulnerability ID")),
        suppression=_suppression(row),
        target=sdk.first(row.get("Full Path"), row.get("Project Name")),
        found_at=sdk.timestamp(row.get("Detected At")),
    )


def _places(kind: sdk.FindingKind, place: dict[str, str]) -> tuple[sdk.Location, ...]:
    if kind == sdk.DAST:
        address = f"{place.get('hostname', '')}{place.get('path', '')}"
        return (sdk.at_url(address, method=place.get("method"), parameter=place.get("param")),)
    if place.get("file"):
        first, last = (sdk.line(place.get(key)) for key in ("start_line", "end_line"))
        return (sdk.Location(path=place["file"], line=first, end_line=last),)
    return (sdk.Location(resource=place["image"]),) if place.get("image") else ()


def _vectors(told: str) -> list[tuple[str, str]]:
    """`NVD=CVSS:3.1/AV:N/…; GitLab=CVSS:3.1/…`"""
    pairs = (each.strip().partition("=") for each in re.split(r"[;,]\s*", told))
    return [(source, vector) for source, _, vector in pairs if vector]


def _suppression(row: sdk.Row) -> sdk.Suppression | None:
    state = row["Status"].lower()
    if state not in ("dismissed", "resolved"):
        return None
    return sdk.Suppression(justification=sdk.text(row.get("Dismissal Reason")) or state)
