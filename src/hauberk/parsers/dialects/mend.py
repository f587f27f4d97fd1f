"""Libraries and what is known of them, as all of Mend's (WhiteSource's) reports tell it."""

import re
from collections.abc import Iterator
from typing import Any

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_VERSION = re.compile(r"(?:^|[\s@:/-])v?(\d+(?:\.[\w+-]+)+)")  # `Upgrade to version org.example:shop:1.2.3`
# The library types of its API; those that name their package in the group.
_ECOSYSTEMS = {
    "NODE_PACKAGED_MODULE": "npm", "JAVA_ARCHIVE": "maven", "MAVEN_ARTIFACT": "maven", "GO_PACKAGE": "golang",
    "PYTHON_PACKAGE": "pypi", "NUGET_PACKAGE_MODULE": "nuget", "DOT_NET_ASSEMBLY": "nuget", "RUBY_GEM": "gem",
    "PHP_PACKAGE": "composer", "RUST_CRATE": "cargo", "DEBIAN_PACKAGE": "deb", "RPM_PACKAGE": "rpm",
    "ALPINE_PACKAGE": "apk",
}  # fmt: skip
_NAMED_BY_GROUP = ("npm", "golang")


def finding(library: sdk.Json, said: sdk.Json, *, paths: tuple[str, ...], **more: Any) -> sdk.ReportedFinding:
    """Of one library and one of its vulnerabilities; `more`: what else the report tells of a finding."""
    identifier, version = said["name"], sdk.text(library.get("version"))
    word = sdk.first(said.get("cvss3_severity"), said.get("severity"))
    ecosystem = _ECOSYSTEMS.get(str(library.get("libraryType") or library.get("type")).upper())
    group, artifact = sdk.text(library.get("groupId")), sdk.text(library.get("artifactId"))
    name = (group if ecosystem in _NAMED_BY_GROUP else artifact) or artifact or library["name"]
    score = said.get("cvss3_score") or said.get("score")
    return sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(identifier, name, version),
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=identifier,
        description=sdk.text(said.get("description")),
        remediation=sdk.first(said.get("fixResolutionText"), sdk.pick(said, "topFix.fixResolution")),
        identifiers=sdk.identifiers(identifier) or (identifier,),
        cwes=packages.CWES,
        cvss=sdk.assessments((said.get("scoreMetadataVector"), score, "Mend")),
        locations=tuple(sdk.Location(path=path) for path in paths),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl(ecosystem, name, version, namespace=group if ecosystem == "maven" else None),
                fixed_versions=sdk.texts(list(_fixed(said.get("topFix") or {}))),
                path=sdk.first(paths),
            ),
        ),
        references=sdk.urls(said.get("url"), sdk.pick(said, "topFix.url"), _links(said.get("references"))),
        **more,
    )


def _fixed(fix: sdk.Json) -> Iterator[str]:
    if str(fix.get("type")).startswith("UPGRADE"):
        yield from _VERSION.findall(sdk.text(fix.get("fixResolution")) or "")


def _links(references: sdk.Json) -> list[sdk.Json]:
    return [each.get("url") for each in references or () if isinstance(each, dict)]
