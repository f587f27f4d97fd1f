"""Black Duck: the security report of a project version, as CSV or in the archive with its other reports."""

from collections.abc import Iterator
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import blackduck, packages

_COLUMNS = ("Vulnerability id", "Remediation status", "Security Risk")
_SECURITY, _FILES, _COMPONENTS = ("*security*.csv", "*files*.csv", "*components*.csv")
_LOOK = sdk.CsvHeader(*_COLUMNS)
Paths = dict[tuple[str, ...], list[str]]


@sdk.parser(
    id="blackduck-csv",
    scanner="Black Duck",
    docs="https://documentation.blackduck.com/bundle/bd-hub/page/Reporting/ProjectVersion_details.html",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(_LOOK, sdk.InArchive(_SECURITY, _LOOK)),
    versions="reports of version 4 and later, before and after the columns were renamed",
)
def blackduck_csv(report: sdk.Report) -> sdk.Findings:
    """Project version → Reports → Create → Version Detail Report, as CSV: the ZIP as it comes, or its `security.csv`"""
    if report.archive is None:
        yield from report.read(report.rows(*_COLUMNS), partial(_vulnerability, {}))
        return
    paths: Paths = {}
    for member in report.members(_FILES):
        for node in _rows(member, "Path", "Archive context"):
            paths.setdefault(_key(node.value), []).append(_path(node.value))
    for member in report.members(_SECURITY):
        yield from report.read(member.rows(*_COLUMNS), partial(_vulnerability, paths))
    for member in report.members(_COMPONENTS):
        yield from report.read(_rows(member, "Component policy status"), _policy)


def _rows(member: sdk.Report, *columns: str) -> Iterator[sdk.Node]:
    """The archive's other reports may be missing, empty or of another kind."""
    try:
        yield from member.rows(*columns)
    except sdk.ReportError as error:
        if error.code not in ("schema_mismatch", "empty_file"):
            raise


def _path(row: sdk.Row) -> str:
    """A file in an archive: `/plugins/a.hpi!/lib/b.jar`."""
    return row["Archive context"].rstrip("/") + row["Path"]


def _key(row: sdk.Row) -> tuple[str, ...]:
    return tuple(_either(row, *names) for names in (("Component id", "Project id"), ("Version id",)))


def _either(row: sdk.Row, *names: str) -> str:
    return sdk.first(*map(row.get, names)) or ""


def _vulnerability(paths: Paths, row: sdk.Row) -> sdk.Findings:
    said, source = row["Vulnerability id"], row.get("Vulnerability source")
    component = _component(row)
    places = sdk.texts(paths.get(_key(row), ()) or [])
    identifiers = blackduck.identifiers(said, source)
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(said, component.name, component.version),
        severity=sdk.severity(row.get("Security Risk"), blackduck.SEVERITIES),
        severity_reported=row.get("Security Risk"),
        rule_id=said if said.isdigit() else sdk.first(identifiers) or said,
        description=sdk.text(row.get("Description")),
        identifiers=identifiers,
        cwes=sdk.cwes(row.get("CWE Ids")),
        cvss=sdk.assessments((None, row.get("Base score"), source)),
        known_exploited=True if row.get("CISA Exploit Added") else None,
        locations=tuple(sdk.Location(path=place) for place in places) or _origin(row),
        components=(component,),
        references=sdk.urls(row.get("URL")),
        tags=sdk.texts(source),
        suppression=blackduck.suppression(row["Remediation status"], row.get("Remediation comment")),
        target=sdk.text(row.get("Project path")),
    )


def _component(row: sdk.Row) -> sdk.Component:
    origin = _either(row, "Component origin name", "Channel version origin", "Origin name")
    identifier = _either(row, "Component origin id", "Channel version origin id", "Origin id")
    return sdk.Component(
        name=_either(row, "Component name", "Project name"),
        version=sdk.text(_either(row, "Component version name", "Version")),
        purl=blackduck.purl(origin, identifier),
    )


def _origin(row: sdk.Row) -> tuple[sdk.Location, ...]:
    """Without files: where the component comes from."""
    origin = _either(row, "Component origin name", "Channel version origin")
    component = _component(row)
    identifier = _either(row, "Component origin id", "Channel version origin id")
    named = identifier or f"{component.name}/{component.version}"
    return (sdk.Location(resource=f"{origin}:{named}"),) if origin else ()


def _policy(row: sdk.Row) -> sdk.Findings:
    """A component against the rules of the organization: its licence, its age, its risk."""
    if row["Component policy status"].lower() != "in violation":
        return
    component = _component(row)
    licences = row.get("License names") or row.get("License families")
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=" ".join(sdk.texts([component.name, component.version, "violates a policy"])),
        severity=sdk.Severity.UNKNOWN,
        rule_id="policy-violation",
        description=f"Licences: {licences}" if licences else None,
        components=(component,),
        tags=sdk.texts(
            f"operational risk:{row['Operational Risk']}" if row.get("Operational Risk") else None
        ),
        target=sdk.text(row.get("Project path")),
    )
