"""A package as npm 7 and later judge it, by the names of their JSON, whichever of their reports it stands in."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import npm_registry, packages

_FIRST_NOT_AFFECTED = re.compile(r"<\s*(\d[\w.+-]*)")  # `>=1.0.0 <1.4.2`


def findings(package: sdk.Json) -> sdk.Findings:
    """One for each advisory about it, or one because of what it depends on."""
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
