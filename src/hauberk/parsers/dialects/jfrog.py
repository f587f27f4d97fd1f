"""How JFrog Xray writes components (`gav://org.yaml:snakeyaml:1.16`) and CVEs, whichever report they stand in."""

from collections.abc import Iterator

from hauberk.parsers import sdk

DOCS = "https://jfrog.com/help/r/xray-rest-apis"
# Its scheme, where it is not the ecosystem's name.
_ECOSYSTEMS = {"gav": "maven", "alpine": "apk", "rubygems": "gem", "go": "golang"}
_SURROUNDS = "[]() ≥≤><=,"


def component(
    identifier: str, fixed: sdk.Json = None, path: str | None = None, layer: str | None = None
) -> sdk.Component:
    """`deb://debian:stretch:libx11:2:1.6` and `rpm://7:expat:17:2.1.0` have a release before the name; the latter an
    epoch before the version."""
    scheme, _, rest = identifier.partition("://")
    parts = rest.split(":")
    namespace: str | None = None
    qualifiers: dict[str, str] = {}
    if scheme == "generic":
        name, version = rest.rpartition("/")[2], ""
    elif scheme == "deb" and len(parts) > 3:
        namespace, name, version = parts[0], parts[2], ":".join(parts[3:])
    elif scheme == "rpm" and len(parts) > 3:
        name, version = parts[1], parts[3]
        qualifiers = {"epoch": parts[2]} if parts[2] not in ("0", "") else {}
    elif scheme == "alpine" and len(parts) > 2:
        name, version = parts[1], ":".join(parts[2:])
    elif len(parts) > 1 and parts[0]:
        name, version = ":".join(parts[:-1]), parts[-1]
    else:
        name, version = rest or identifier, ""
    return sdk.Component(
        name=name,
        version=version or None,
        purl=sdk.purl(
            _ECOSYSTEMS.get(scheme, scheme), name, version, namespace=namespace, qualifiers=qualifiers
        ),
        fixed_versions=tuple(fixed_versions(fixed)),
        path=path,
        layer=layer,
    )


def is_image_part(identifier: str) -> bool:
    return identifier.startswith(("deb://", "rpm://", "alpine://", "docker://"))


def fixed_versions(said: sdk.Json) -> Iterator[str]:
    """From `≥ 1.2`, `[1.2]`, `1.2`."""
    for text in sdk.texts(said):
        if version := text.strip(_SURROUNDS):
            yield version


def identifiers(said: sdk.Json) -> tuple[str, ...]:
    cves = [each.get("cve") or each.get("id") for each in sdk.listed(said.get("cves"))]
    return sdk.identifiers(cves, said.get("issue_id"), said.get("issueId"))


def cwes(said: sdk.Json) -> tuple[int, ...]:
    return sdk.cwes(*(each.get("cwe") or each.get("cwes") for each in sdk.listed(said.get("cves"))))


def assessments(said: sdk.Json) -> tuple[sdk.Cvss, ...]:
    """Score and vector apart, or as one: `9.8/CVSS:3.0/AV:N/…`, or only the score."""
    found: list[sdk.Rating] = []
    for each in sdk.listed(said.get("cves")):
        for name, usual in (("v3", "3.0"), ("v2", "2.0")):
            joined = sdk.first(each.get(f"cvss_{name}"), each.get(f"cvss{name.upper()}")) or ""
            score, _, vector = joined.partition("/")
            known = (each.get(f"cvss_{name}_vector") or vector, each.get(f"cvss_{name}_score") or score)
            found.append((*known, "JFrog", usual))
    return sdk.assessments(*found)


def finding(
    said: sdk.Json,
    *components: sdk.Component,
    is_image: bool,
    places: tuple[str | None, ...] = (),
    target: str | None = None,
    found_at: sdk.Json = None,
    tags: sdk.Json = (),
) -> sdk.ReportedFinding:
    named, word = identifiers(said), sdk.text(said.get("severity"))
    summary = sdk.first(said.get("summary"), said.get("description"))
    title = summary.splitlines()[0] if summary else sdk.first(named) or "Known vulnerability"
    return sdk.ReportedFinding(
        kind=sdk.CONTAINER if is_image else sdk.SCA,
        title=title,
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=sdk.text(said.get("issue_id")) or sdk.first(named),
        description=sdk.text(said.get("description")) or summary,
        identifiers=named,
        cwes=cwes(said),
        cvss=assessments(said),
        locations=tuple(sdk.Location(path=place) for place in places if place),
        components=components,
        references=sdk.urls(said.get("references")),
        tags=sdk.texts(list(tags)),
        target=target,
        found_at=sdk.timestamp(found_at or said.get("created")),
    )
