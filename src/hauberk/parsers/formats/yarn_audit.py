"""Yarn audit: known vulnerabilities of the packages in Yarn's lock file, as Yarn 1, 2 to 3 and 4 report them."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import npm_registry, packages

_DOCS = "https://yarnpkg.com/cli/npm/audit"
_DEPRECATED = "(deprecation)"


@sdk.parser(
    id="yarn-audit-json-v1",
    scanner="Yarn audit",
    title="Yarn audit (Yarn 1)",
    docs="https://classic.yarnpkg.com/en/docs/cli/audit",
    kinds=[sdk.SCA],
    sniff=sdk.JsonLineKeys(
        "data",
        values={"type": "auditAdvisory|auditSummary|auditAction|info|warning|error"},
        absent=("vulnerability",),
    ),
    items=sdk.JsonLines(),
    versions="Yarn 1",
)
def yarn_audit_v1(line: sdk.Json) -> sdk.Findings:
    """`yarn audit --json > yarn-audit.json`"""
    if line["type"] == "error":
        raise sdk.ReportError("schema_mismatch", f"Yarn could not audit: {str(line['data'])[:200]}")
    if line["type"] == "auditAdvisory":
        data = line["data"]
        yield npm_registry.finding(data["advisory"], [data["resolution"]["path"]])


@sdk.parser(
    id="yarn-audit-json-v2",
    scanner="Yarn audit",
    title="Yarn audit (Yarn 2 and 3)",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.JsonKeys("advisories.*.module_name", "muted", empty=("actions",)),
    items=sdk.JsonItems("advisories.*"),
    versions="Yarn 2 and 3",
)
def yarn_audit_v2(advisory: sdk.Json) -> sdk.Findings:
    """`yarn npm audit --all --recursive --json > yarn-audit.json`"""
    yield npm_registry.finding(advisory)


@sdk.parser(
    id="yarn-audit-json",
    scanner="Yarn audit",
    title="Yarn audit (Yarn 4)",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.JsonLineKeys("value", "children.ID", "children.Tree Versions"),
    items=sdk.JsonLines(),
    versions="Yarn 4",
)
def yarn_audit(line: sdk.Json) -> sdk.Findings:
    """`yarn npm audit --all --recursive --json > yarn-audit.json`"""
    name, said = line["value"], line["children"]
    rule = str(said["ID"])
    is_deprecated = rule.endswith(_DEPRECATED)
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=f"{name} is deprecated" if is_deprecated else packages.title(said["Issue"], name),
        severity=sdk.severity(said.get("Severity")),
        severity_reported=sdk.text(said.get("Severity")),
        rule_id="deprecation" if is_deprecated else rule,
        description=sdk.text(said["Issue"]),
        identifiers=sdk.identifiers(said.get("URL")),
        cwes=() if is_deprecated else packages.CWES,
        locations=tuple(sdk.Location(path=path) for path in sdk.texts(said.get("Dependents"))),
        components=tuple(
            npm_registry.component(name, version, [])
            for version in sdk.texts(said["Tree Versions"]) or (None,)
        ),
        references=sdk.urls(said.get("URL")),
        tags=sdk.texts(
            f"affected:{said['Vulnerable Versions']}" if said.get("Vulnerable Versions") else None
        ),
    )
