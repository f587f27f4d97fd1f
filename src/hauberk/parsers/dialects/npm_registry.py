"""An advisory as the npm registry answers it to npm 6, pnpm and Yarn, and what they make of it."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_FIRST_FIXED = re.compile(r">=\s*([\w.+-]+)")
_HASHED_NAME = re.compile(r"\b[0-9a-f]{64}\b")
_ADDRESS = re.compile(r"https?://[^\s)\]]+")


def first_fixed(versions: sdk.Json) -> list[str]:
    """Of each range that is not affected (`>=1.2.3 <2.0.0 || >=2.1.0`) where it begins."""
    return _FIRST_FIXED.findall(versions or "")


def finding(advisory: sdk.Json, paths: sdk.Json = None) -> sdk.ReportedFinding:
    """`paths` are where it was found, when that stands outside of the advisory; else its own findings say it."""
    name, found = advisory["module_name"], advisory.get("findings") or [{}]
    if paths is None:
        paths = [path for each in found for path in sdk.listed(each.get("paths"))]
    else:
        found = [each for each in found if set(paths) & set(each.get("paths") or ())] or found
    return sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(advisory.get("title"), name),
        severity=sdk.severity(advisory.get("severity")),
        severity_reported=sdk.text(advisory.get("severity")),
        rule_id=sdk.text(advisory["id"]),
        description=sdk.text(advisory.get("overview")),
        remediation=sdk.text(advisory.get("recommendation")),
        identifiers=sdk.identifiers(
            advisory.get("cves"), advisory.get("github_advisory_id"), advisory.get("url")
        ),
        cwes=sdk.cwes(advisory.get("cwe")) or packages.CWES,
        cvss=cvss(advisory.get("cvss")),
        locations=tuple(sdk.Location(path=_unhashed(path)) for path in sdk.texts(paths)),
        components=tuple(
            component(name, each.get("version"), first_fixed(advisory.get("patched_versions")))
            for each in found
        ),
        references=sdk.urls(advisory.get("url"), _ADDRESS.findall(advisory.get("references") or "")),
    )


def component(name: str, version: sdk.Json, fixed: list[str], path: str | None = None) -> sdk.Component:
    version = sdk.text(version)
    return sdk.Component(
        name=path or name,
        version=version,
        purl=sdk.purl("npm", name, version),
        fixed_versions=sdk.texts(fixed),
        path=path,
    )


def cvss(said: sdk.Json) -> tuple[sdk.Cvss, ...]:
    """npm gives score 0 where there is no assessment."""
    return sdk.assessments((sdk.pick(said, "vectorString"), sdk.pick(said, "score") or None, "GitHub"))


def _unhashed(path: str) -> str:
    """npm replaces private names by a hash that is another one in every run."""
    return _HASHED_NAME.sub("censored_by_npm_audit", path)
