"""npm audit: known vulnerabilities of the packages in a lock file, as npm 6 and as npm 7 and later report them."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import npm_registry, packages

_DOCS = "https://docs.npmjs.com/cli/commands/npm-audit"
_FIRST_NOT_AFFECTED = re.compile(r"<\s*(\d[\w.+-]*)")  # `>=1.0.0 <1.4.2`


@sdk.parser(
    id="npm-audit-json-v1",
    scanner="npm audit",
    title="npm audit (npm 6)",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("actions.item", "advisories.*.module_name"),
        sdk.JsonKeys(
            "actions", "advisories", absent=("advisories.*",), later=("muted", "metadata.vulnerabilities")
        ),
    ),
    items=sdk.JsonItems("advisories.*"),
    versions="npm 6",
)
def npm_audit_v1(advisory: sdk.Json) -> sdk.Findings:
    """`npm audit --json > npm-audit.json`"""
    yield npm_registry.finding(advisory)


@sdk.parser(
    id="npm-audit-json",
    scanner="npm audit",
    title="npm audit (npm 7 and later)",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("vulnerabilities", values={"auditReportVersion": "2"}),
        sdk.JsonKeys(*(f"vulnerabilities.*.{key}" for key in ("via", "effects", "fixAvailable"))),
    ),
    items=sdk.JsonItems("vulnerabilities.*"),
    versions="npm 7 and later (auditReportVersion 2)",
)
def npm_audit(package: sdk.Json) -> sdk.Findings:
    """`npm audit --json > npm-audit.json`"""
    name, causes = package["name"], sdk.listed(package["via"])
    advisories = [cause for cause in causes if isinstance(cause, dict)]
    for advisory in advisories:
        # npm rates the package, dependencies included; it is the result's own word unless the package has several.
        word = package.get("severity") if len(advisories) == 1 else advisory.get("severity")
        yield sdk.ReportedFinding(
            kind=sdk.SCA,
            title=packages.title(advisory.get("title"), name),
            severity=sdk.severity(word),
            severity_reported=sdk.text(word),
            rule_id=sdk.text(advisory.get("source")),
            remediation=_fix(package),
            identifiers=sdk.identifiers(advisory.get("url")),
            cwes=sdk.cwes(advisory.get("cwe")) or packages.CWES,
            cvss=npm_registry.cvss(advisory.get("cvss")),
            components=tuple(_installed(package, _FIRST_NOT_AFFECTED.findall(advisory.get("range") or ""))),
            references=sdk.urls(advisory.get("url")),
        )
    if not advisories:
        yield sdk.ReportedFinding(
            kind=sdk.SCA,
            title=f"{name} depends on vulnerable versions of {', '.join(sdk.texts(causes))}",
            severity=sdk.severity(package.get("severity")),
            severity_reported=sdk.text(package.get("severity")),
            rule_id="depends-on-vulnerable-versions",
            cwes=packages.CWES,
            remediation=_fix(package),
            components=tuple(_installed(package, [])),
        )


def _installed(package: sdk.Json, fixed: list[str]) -> Iterator[sdk.Component]:
    """npm 7 names the folders in which a package is installed (its keys in the lock file), but not its version."""
    name, fix = package["name"], package.get("fixAvailable")
    if not fixed and isinstance(fix, dict) and fix.get("name") == name:
        fixed = [fix.get("version") or ""]
    for path in sdk.texts(package.get("nodes")) or (None,):
        yield npm_registry.component(name, None, fixed, path)


def _fix(package: sdk.Json) -> str | None:
    fix = package.get("fixAvailable")
    if fix is True:
        return "Run `npm audit fix`."
    if not isinstance(fix, dict):
        return None
    breaking = " (a breaking change)" if fix.get("isSemVerMajor") else ""
    return f"Update {fix.get('name')} to {fix.get('version')}{breaking}."
