"""OSV-Scanner's tables, which it prints where nothing else is asked for, drawn or in Markdown."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import drawn_table, osv, packages

_ADDRESS = re.compile(r"https?://osv\.dev/(?P<id>[^\s<]+)")
_PARTS = ("OSV URL", "ECOSYSTEM", "PACKAGE", "VERSION")


@sdk.parser(
    id="osv-scanner-table",
    scanner="OSV-Scanner",
    title="OSV-Scanner table",
    docs="https://google.github.io/osv-scanner/output/",
    kinds=[sdk.SCA, sdk.CONTAINER],
    sniff=sdk.TextLines(r"(?i)^[ \t]*(?:│|\|) OSV URL *(?:│|\|) CVSS *(?:│|\|) ECOSYSTEM *(?:│|\|)"),
    versions="1 and 2; the JSON report says more",
)
def osv_scanner_table(report: sdk.Report) -> sdk.Findings:
    """`osv-scanner scan -r . > osv.txt`, `osv-scanner scan -r . --format markdown > osv.md`"""
    lines = (node.value for node in report.lines())
    for part in drawn_table.parts(lines, key="PACKAGE"):
        if isinstance(part, dict) and all(part.get(name) for name in _PARTS):
            yield from sdk.each([part], _row, f"{part['PACKAGE']} {part['VERSION']}")


def _row(row: drawn_table.Row) -> sdk.Findings:
    """The records of one problem share a row."""
    ids = tuple(match["id"] for match in _ADDRESS.finditer(row["OSV URL"]))
    ecosystem, name, version = row["ECOSYSTEM"], row["PACKAGE"], row["VERSION"]
    path, fixed = sdk.text(row.get("SOURCE")), row.get("FIXED VERSION", "").strip("- ")
    score = sdk.number(row.get("CVSS"))
    for identifier in ids:
        yield sdk.ReportedFinding(
            kind=sdk.CONTAINER if osv.is_distribution(ecosystem) else sdk.SCA,
            title=packages.title(identifier, name, version),
            severity=osv.severity({"id": identifier}, name, score)[0],
            severity_reported=sdk.text(row.get("CVSS")),
            rule_id=identifier,
            identifiers=sdk.identifiers(*ids),
            cwes=packages.CWES,
            cvss=sdk.assessments((None, score, "OSV", None)),
            locations=(sdk.Location(path=path),) if path else (),
            components=(
                sdk.Component(
                    name=name,
                    version=version,
                    purl=osv.purl(ecosystem, name, version),
                    fixed_versions=sdk.parts(fixed),
                    path=path,
                ),
            ),
            references=(f"https://osv.dev/{identifier}",),
            target=path,
        )
