"""pip-audit: known vulnerabilities of Python packages."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_DOCS = "https://github.com/pypa/pip-audit#usage"
_HEADER = r"^Name(?: \| | +)Version(?: \| | +)ID(?: \| | +)Fix Versions"
_RULER = re.compile(r"-+(?:(?: \| | +)-+)*\s*")  # `----- ------- ---` below the names of the columns


@sdk.parser(
    id="pip-audit-json",
    scanner="pip-audit",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("dependencies.item.name", "dependencies.item.vulns"),
        sdk.JsonKeys("dependencies.item.name", "dependencies.item.skip_reason"),
        sdk.JsonKeys("item.name", "item.vulns"),
        sdk.JsonKeys("item.name", "item.skip_reason"),
        sdk.JsonKeys("fixes", "dependencies"),
        sdk.JsonKeys(empty=("dependencies",)),
    ),
    versions="2.0 and later (from 2.1 on `dependencies` holds the list)",
)
def pip_audit(report: sdk.Report) -> sdk.Findings:
    """`pip-audit --format json --desc --aliases --output pip-audit.json`"""
    yield from report.read(report.json("dependencies.item", "item"), _package)


@sdk.parser(
    id="pip-audit-table",
    scanner="pip-audit",
    title="pip-audit table",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.TextLines(_HEADER),
    versions="columns and Markdown",
    may_be_blank=True,
)
def pip_audit_table(report: sdk.Report) -> sdk.Findings:
    """`pip-audit > pip-audit.txt` or `pip-audit --format markdown --output pip-audit.md`"""
    names: list[str] = []
    widths: list[tuple[int, int]] = []
    last, is_marked = "", False
    for node in report.lines():
        text = node.value
        if _RULER.fullmatch(text) and last:
            is_marked = " | " in text
            widths = [match.span() for match in re.finditer(r"-+", text)]
            widths = [*widths[:-1], (widths[-1][0], len(text) + 65536)]
            names = _cells(last, widths, is_marked=is_marked)
        elif names and text.strip() and "ID" in names:
            row = dict(zip(names, _cells(text, widths, is_marked=is_marked), strict=False))
            yield from sdk.each([row], _row, node.position)
        last = text
        if not text.strip():
            names = []


def _cells(text: str, widths: list[tuple[int, int]], *, is_marked: bool) -> list[str]:
    """Markdown parts its cells, columns begin where the line below the names says."""
    if is_marked:
        return [cell.strip() for cell in text.split(" | ")]
    return [text[start:end].strip() for start, end in widths]


def _row(row: dict[str, str]) -> sdk.Findings:
    said = {
        "id": row["ID"],
        "fix_versions": sdk.parts(row.get("Fix Versions")),
        "aliases": row.get("Aliases"),
        "description": row.get("Description"),
    }
    yield from _package({"name": row["Name"], "version": row.get("Version"), "vulns": [said]})


def _package(package: sdk.Json) -> sdk.Findings:
    """pip-audit rates nothing, its sources (PyPI, OSV) say no severity: medium until somebody says one."""
    name, version = package["name"], sdk.text(package.get("version"))
    for said in sdk.listed(package.get("vulns")):
        yield sdk.ReportedFinding(
            kind=sdk.SCA,
            title=packages.title(said["id"], name, version),
            severity=sdk.Severity.MEDIUM,
            rule_id=said["id"],
            description=sdk.text(said.get("description")),
            identifiers=sdk.identifiers(said["id"], said.get("aliases")),
            cwes=packages.CWES,
            components=(
                sdk.Component(
                    name=name,
                    version=version,
                    purl=sdk.purl("pypi", name, version),
                    fixed_versions=sdk.texts(said.get("fix_versions")),
                ),
            ),
        )
