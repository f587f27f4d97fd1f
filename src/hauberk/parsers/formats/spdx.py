"""SPDX 2: the advisories that an SBOM names for its packages, as JSON and as tags and values."""

from collections.abc import Iterator
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_DOCS = "https://spdx.github.io/spdx-spec/v2.3/external-repository-identifiers/"
_KINDS = (sdk.SCA, sdk.CONTAINER)


@sdk.parser(
    id="spdx-json",
    scanner="SPDX",
    title="SPDX 2 (JSON)",
    docs=_DOCS,
    kinds=_KINDS,
    sniff=sdk.JsonKeys("SPDXID", values={"spdxVersion": r"SPDX-2\.\d"}),
    versions="2.2 and 2.3",
)
def spdx(report: sdk.Report) -> sdk.Findings:
    """`syft IMAGE -o spdx-json`, with security references added by the supplier"""
    for node in report.json("packages.item", "name", "creationInfo.created"):
        if node.pattern == "packages.item":
            yield from report.read_one(node, _package)
        elif node.pattern == "name":
            yield sdk.ReportHeader(asset=sdk.text(node.value))
        else:
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value))


@sdk.parser(
    id="spdx-tag-value",
    scanner="SPDX",
    title="SPDX 2 (tag-value)",
    docs=_DOCS,
    kinds=_KINDS,
    sniff=sdk.TextLines(r"^SPDXVersion: SPDX-2\.\d", r"^SPDXID: "),
    versions="2.2 and 2.3",
)
def spdx_tag_value(report: sdk.Report) -> sdk.Findings:
    """`syft IMAGE -o spdx-tag-value`, with security references added by the supplier"""
    for package in _packages(report):
        yield from _package(package)


def _packages(report: sdk.Report) -> Iterator[dict[str, sdk.Json]]:
    """The tags of one package after another, in the shape of the JSON."""
    package: dict[str, sdk.Json] = {}
    for node in report.lines():
        tag, _, value = node.value.partition(": ")
        if tag == "PackageName":
            if package:
                yield package
            package = {"name": value.strip(), "externalRefs": []}
        elif package and tag == "PackageVersion":
            package["versionInfo"] = value.strip()
        elif package and tag == "ExternalRef" and value.count(" ") >= 2:
            category, kind, locator = value.strip().split(" ", 2)
            package["externalRefs"].append(
                {"referenceCategory": category, "referenceType": kind, "referenceLocator": locator}
            )
    if package:
        yield package


def _package(package: sdk.Json) -> sdk.Findings:
    references = package.get("externalRefs") or ()
    purl = sdk.first(*_locators(references, "purl"))
    component = sdk.Component(name=package["name"], version=sdk.text(package.get("versionInfo")), purl=purl)
    fixes = sdk.urls(list(_locators(references, "fix")))
    advisories = (each for each in references if each.get("referenceType") == "advisory")
    yield from sdk.each(
        list(advisories), partial(_advisory, component, fixes), f"{package['name']}.externalRefs"
    )


def _locators(references: sdk.Json, kind: str) -> Iterator[str]:
    for each in references:
        if each.get("referenceType") == kind and (locator := sdk.text(each.get("referenceLocator"))):
            yield locator


def _advisory(component: sdk.Component, fixes: tuple[str, ...], said: sdk.Json) -> sdk.Findings:
    """An address; nothing is said of how bad it is, so that it counts as medium until somebody does."""
    locator, comment = said["referenceLocator"], sdk.text(said.get("comment"))
    identifiers = sdk.identifiers(locator, comment)
    named = sdk.first(identifiers)
    yield sdk.ReportedFinding(
        kind=packages.kind_of(component.purl),
        title=packages.title(named or "Known vulnerability", component.name, component.version),
        severity=sdk.Severity.MEDIUM,
        rule_id=named or locator,
        description=comment,
        identifiers=identifiers,
        components=(component,),
        references=sdk.urls(locator, fixes),
    )
