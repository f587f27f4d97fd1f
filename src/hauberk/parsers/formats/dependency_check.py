"""OWASP Dependency-Check: known vulnerabilities of the libraries in a build. XML and JSON say the same."""

from collections.abc import Iterable

from hauberk.parsers import sdk
from hauberk.parsers.dialects import dependency_check

_DOCS = "https://jeremylong.github.io/DependencyCheck/dependency-check-cli/arguments.html"
_HEADER = {
    "tool_version": "scanInfo.engineVersion",
    "scanned_at": "projectInfo.reportDate",
    "asset": "projectInfo.name",
}


@sdk.parser(
    id="dependency-check-json",
    scanner="Dependency-Check",
    title="Dependency-Check JSON",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.JsonKeys("reportSchema", "scanInfo.engineVersion", later=("dependencies",)),
    items=sdk.JsonItems("dependencies.item"),
    header=_HEADER,
    versions="5 and later",
)
def dependency_check_json(dependency: sdk.Json) -> sdk.Findings:
    """`dependency-check --scan . --format JSON --out dependency-check-report.json`"""
    yield from dependency_check.findings(dependency)


@sdk.parser(
    id="dependency-check-xml",
    scanner="Dependency-Check",
    title="Dependency-Check XML",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.XmlRoot("analysis", namespace=r"https?://.*[Dd]ependency[-_]?[Cc]heck.*"),
    items=sdk.XmlElements("dependencies/dependency"),
    header={field: path.replace(".", "/") for field, path in _HEADER.items()},
    versions="1 and later (schema 1.1 to 4.1)",
)
def dependency_check_xml(element: sdk.XmlElement) -> sdk.Findings:
    """`dependency-check --scan . --format XML --out dependency-check-report.xml`"""
    if element.find("{*}vulnerabilities") is not None:
        yield from dependency_check.findings(_as_json(element))


def _as_json(element: sdk.XmlElement) -> dict[str, sdk.Json]:
    evidence = list(element.iterfind("{*}evidenceCollected/{*}evidence"))
    return sdk.child_texts(element) | {
        "packages": _packages(element),
        "evidenceCollected": {
            f"{kind}Evidence": [
                {**each.attrib, **sdk.child_texts(each)} for each in evidence if each.get("type") == kind
            ]
            for kind in ("product", "version")
        },
        "relatedDependencies": [
            sdk.child_texts(each) | {"packageIds": _packages(each)}
            for each in element.iterfind("{*}relatedDependencies/{*}relatedDependency")
        ],
        "vulnerabilities": _vulnerabilities(element.iterfind("{*}vulnerabilities/{*}vulnerability")),
        "suppressedVulnerabilities": _vulnerabilities(
            element.iterfind("{*}vulnerabilities/{*}suppressedVulnerability")
        ),
    }


def _packages(element: sdk.XmlElement) -> list[dict[str, sdk.Json]]:
    """Before schema 2, an identifier has a type and a name such as `(org.yaml:snakeyaml:1.16)`."""
    groups = element.iterfind("{*}identifiers")
    found = [each for group in groups for each in group.iter("{*}package", "{*}identifier")]
    older = ((each.get("type"), each.findtext("{*}name") or "") for each in found)
    named = ((ecosystem, *name.strip("()").rpartition(":")[::2]) for ecosystem, name in older)
    purls = (sdk.purl(*each) for each in named if each[1])
    return [
        *(sdk.child_texts(each) for each in found if sdk.local_name(each.tag) == "package"),
        *({"id": purl} for purl in purls if purl),
    ]


def _vulnerabilities(elements: Iterable[sdk.XmlElement]) -> list[dict[str, sdk.Json]]:
    return [
        sdk.child_texts(each)
        | {
            "source": each.get("source"),
            "cwes": [cwe.text for cwe in (*each.iterfind("{*}cwe"), *each.iterfind("{*}cwes/{*}cwe"))],
            "references": [sdk.child_texts(one) for one in each.iterfind("{*}references/{*}reference")],
            "vulnerableSoftware": [
                {"software": dict(one.attrib)} for one in each.iterfind("{*}vulnerableSoftware/{*}software")
            ],
            "cvssv2": _child(each, "cvssV2"),
            "cvssv3": _child(each, "cvssV3"),
            "cvssv4": _child(each, "cvssV4"),
            "knownExploitedVulnerability": _exploited(each),
        }
        for each in elements
    ]


def _child(element: sdk.XmlElement, name: str) -> dict[str, sdk.Json]:
    child = element.find(f"{{*}}{name}")
    return {} if child is None else sdk.child_texts(child)


def _exploited(element: sdk.XmlElement) -> dict[str, sdk.Json]:
    said = _child(element, "knownExploitedVulnerability")
    return {"RequiredAction": said.get("requiredAction")} if said else {}
