"""npm audit: known vulnerabilities of the packages in a lock file, as npm 6 and as npm 7 and later report them."""

import re
from collections.abc import Iterator
from typing import Any

from hauberk.parsers import sdk

_DOCS = "https://docs.npmjs.com/cli/commands/npm-audit"
_FIRST_FIXED = re.compile(r">=\s*([\w.+-]+)")
_FIRST_NOT_AFFECTED = re.compile(r"<\s*(\d[\w.+-]*)")
# Where npm names no weakness: "using components with known vulnerabilities", which every one of its results is.
_UNSPECIFIED = (1035,)
_HASHED_NAME = re.compile(r"\b[0-9a-f]{64}\b")
_ADDRESS = re.compile(r"https?://[^\s)\]]+")


@sdk.parser(
    id="npm-audit-json-v1",
    scanner="npm audit",
    title="npm audit (npm 6)",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("actions", "advisories.*.module_name", "muted"),
        sdk.JsonKeys("actions", "advisories", later=("muted", "metadata.vulnerabilities")),
    ),
    items=sdk.JsonItems("advisories.*"),
    versions="npm 6",
)
def npm_audit_v1(advisory: sdk.Json) -> sdk.Findings:
    """`npm audit --json > npm-audit.json`"""
    name = advisory["module_name"]
    found = advisory.get("findings") or [{}]
    # npm replaces private names by a hash that is another one in every run.
    paths = [
        _HASHED_NAME.sub("censored_by_npm_audit", path) for each in found for path in each.get("paths") or ()
    ]
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=_title(advisory["title"], name),
        severity=sdk.severity(advisory["severity"]),
        severity_reported=sdk.text(advisory["severity"]),
        rule_id=sdk.text(advisory["id"]),
        description=sdk.text(advisory.get("overview")),
        remediation=sdk.text(advisory.get("recommendation")),
        identifiers=sdk.identifiers(
            advisory.get("cves"), advisory.get("github_advisory_id"), advisory.get("url")
        ),
        cwes=sdk.cwes(advisory.get("cwe")) or _UNSPECIFIED,
        cvss=_cvss(advisory.get("cvss")),
        locations=tuple(sdk.Location(path=path) for path in sdk.texts(paths)),
        components=tuple(
            _component(
                name, each.get("version"), _FIRST_FIXED.findall(advisory.get("patched_versions") or "")
            )
            for each in found
        ),
        references=sdk.urls(advisory.get("url"), _ADDRESS.findall(advisory.get("references") or "")),
    )


@sdk.parser(
    id="npm-audit-json",
    scanner="npm audit",
    title="npm audit (npm 7 and later)",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.JsonKeys("vulnerabilities", values={"auditReportVersion": "2"}),
    items=sdk.JsonItems("vulnerabilities.*"),
    versions="npm 7 and later (auditReportVersion 2)",
)
def npm_audit(package: sdk.Json) -> sdk.Findings:
    """`npm audit --json > npm-audit.json`"""
    name, causes = package["name"], package["via"]
    advisories = [cause for cause in causes if isinstance(cause, dict)]
    for advisory in advisories:
        # npm rates the package, dependencies included; it is the result's own word unless the package has several.
        word = package["severity"] if len(advisories) == 1 else advisory.get("severity")
        yield sdk.ReportedFinding(
            kind=sdk.SCA,
            title=_title(advisory["title"], name),
            severity=sdk.severity(word),
            severity_reported=sdk.text(word),
            rule_id=sdk.text(advisory.get("source")),
            remediation=_fix(package),
            identifiers=sdk.identifiers(advisory.get("url")),
            cwes=sdk.cwes(advisory.get("cwe")) or _UNSPECIFIED,
            cvss=_cvss(advisory.get("cvss")),
            components=tuple(_installed(package, _FIRST_NOT_AFFECTED.findall(advisory.get("range") or ""))),
            references=sdk.urls(advisory.get("url")),
        )
    if not advisories:
        yield sdk.ReportedFinding(
            kind=sdk.SCA,
            title=f"{name} depends on vulnerable versions of {', '.join(sdk.texts(causes))}",
            severity=sdk.severity(package["severity"]),
            severity_reported=sdk.text(package["severity"]),
            rule_id="depends-on-vulnerable-versions",
            cwes=_UNSPECIFIED,
            remediation=_fix(package),
            components=tuple(_installed(package, [])),
        )


def _title(title: str, name: str) -> str:
    return title.strip() if name.lower() in title.lower() else f"{title.strip()} in {name}"


def _installed(package: sdk.Json, fixed: list[str]) -> Iterator[sdk.Component]:
    """npm 7 names the folders in which a package is installed (its keys in the lock file), but not its version."""
    name, fix = package["name"], package.get("fixAvailable")
    if not fixed and isinstance(fix, dict) and fix.get("name") == name:
        fixed = [fix.get("version") or ""]
    for path in sdk.texts(package.get("nodes")) or (None,):
        yield _component(name, None, fixed, path)


def _component(name: str, version: Any, fixed: list[str], path: str | None = None) -> sdk.Component:
    version = sdk.text(version)
    return sdk.Component(
        name=path or name,
        version=version,
        purl=sdk.purl("npm", name, version),
        fixed_versions=sdk.texts(fixed),
        path=path,
    )


def _fix(package: sdk.Json) -> str | None:
    fix = package.get("fixAvailable")
    if fix is True:
        return "Run `npm audit fix`."
    if not isinstance(fix, dict):
        return None
    breaking = " (a breaking change)" if fix.get("isSemVerMajor") else ""
    return f"Update {fix.get('name')} to {fix.get('version')}{breaking}."


def _cvss(said: Any) -> tuple[sdk.Cvss, ...]:
    """npm gives score 0 where there is no assessment."""
    vector, score = sdk.pick(said, "vectorString"), sdk.pick(said, "score")
    found = sdk.cvss(vector, score or None, "GitHub")
    return (found,) if found else ()
