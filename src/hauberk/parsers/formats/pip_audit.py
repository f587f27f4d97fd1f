"""pip-audit: known vulnerabilities of Python packages."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages


@sdk.parser(
    id="pip-audit-json",
    scanner="pip-audit",
    docs="https://github.com/pypa/pip-audit#usage",
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


def _package(package: sdk.Json) -> sdk.Findings:
    """pip-audit rates nothing, its sources (PyPI, OSV) say no severity: medium until somebody says one."""
    name, version = package["name"], sdk.text(package.get("version"))
    for said in package.get("vulns") or ():
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
