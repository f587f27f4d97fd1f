"""Black Duck Binary Analysis: known vulnerabilities of the components inside binaries and firmware."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_COLUMNS = ("Component", "Version", "CVE", "Object full path", "CVSS vector (v3)")
_UNMAINTAINED = (1357,)  # reliance on a component that is not trusted enough: what its findings are by name


@sdk.parser(
    id="blackduck-binary-analysis-csv",
    scanner="Black Duck Binary Analysis",
    docs="https://protecode-sc.com/help/",
    kinds=[sdk.SCA],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
)
def blackduck_binary_analysis(row: sdk.Row) -> sdk.Findings:
    """An application → Export → Vulnerabilities (CSV)"""
    name, version, path = row["Component"], sdk.text(row["Version"]), sdk.text(row["Object full path"])
    identifiers = sdk.identifiers(row["CVE"], row.get("BDSA"))
    cvss = sdk.assessments(
        (row["CVSS vector (v3)"], row.get("CVSS3") or None, "NVD", "3.0"),
        (row.get("CVSS vector (v2)"), row.get("CVSS") or None, "NVD", "2.0"),
    )
    scores = [each.score for each in cvss if each.score]
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(row["CVE"], name, version),
        severity=sdk.severity_of_score(sdk.first(scores)),
        severity_reported=sdk.first(scores),
        rule_id=row["CVE"],
        description=sdk.text(row.get("Summary")),
        identifiers=identifiers,
        cwes=_UNMAINTAINED,
        cvss=tuple(each for each in cvss if each.score),
        locations=(sdk.Location(path=path),) if path else (),
        components=(sdk.Component(name=name, version=version, path=path),),
        references=sdk.urls(row.get("Vulnerability URL")),
        tags=sdk.texts([row.get("Matching type"), row.get("Missing exploit mitigations")]),
        suppression=_suppression(row),
    )


def _suppression(row: sdk.Row) -> sdk.Suppression | None:
    """Triaged ones have the vector under which they were triaged."""
    if not row.get("Triage vectors"):
        return None
    said = [row.get("Note type"), row.get("Note reason") or row["Triage vectors"]]
    return sdk.Suppression(justification=": ".join(sdk.texts(said)))
