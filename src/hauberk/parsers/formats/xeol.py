"""xeol: software past its end of life in images and folders."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import syft_source


@sdk.parser(
    id="xeol-json",
    scanner="xeol",
    docs="https://github.com/noqcks/xeol#getting-started",
    kinds=[sdk.SCA, sdk.CONTAINER],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("matches.item.Cycle.ProductName", "matches.item.artifact.name"),
        sdk.JsonKeys("matches", values={"descriptor.name": "xeol"}),
    ),
    versions="0.x",
)
def xeol(report: sdk.Report) -> sdk.Findings:
    """`xeol IMAGE -o json > xeol.json`"""
    for node in report.json("matches.item", "source", "descriptor", required="matches.item"):
        if node.pattern == "source":
            yield syft_source.header(node.value)
        elif node.pattern == "descriptor":
            yield sdk.ReportHeader(
                tool_version=sdk.text(sdk.pick(node.value, "version")),
                scanned_at=sdk.timestamp(sdk.pick(node.value, "timestamp")),
            )
        else:
            yield from report.read_one(node, _match)


def _match(match: sdk.Json) -> sdk.Findings:
    cycle, artifact = match["Cycle"], match["artifact"]
    places = artifact.get("locations") or [{}]
    product, release = cycle["ProductName"], sdk.text(cycle.get("ReleaseCycle"))
    latest, end = sdk.text(cycle.get("LatestRelease")), sdk.text(cycle.get("Eol"))
    advice = f"The last release of this cycle is {latest}; move to a supported one."
    is_image = any(sdk.pick(place, "layerID") for place in places)
    yield sdk.ReportedFinding(
        kind=sdk.CONTAINER if is_image else sdk.SCA,
        title=f"{product} {release or ''} is past its end of life".replace("  ", " "),
        severity=sdk.Severity.CRITICAL,  # xeol rates nothing: no hole in it will be closed any more
        rule_id=f"end-of-life:{product}",
        rule_name="End of life",
        description=f"The release {release} reached its end of life on {end or 'an unknown day'}.",
        remediation=advice if latest else None,
        cwes=(1104, 672),  # unmaintained component; use after its expiry
        components=tuple(
            sdk.Component(
                name=artifact["name"],
                version=sdk.text(artifact.get("version")),
                purl=sdk.text(artifact.get("purl")),
                path=sdk.text(place.get("path")),
                layer=sdk.text(place.get("layerID")),
            )
            for place in places
        ),
        references=sdk.urls(cycle.get("ProductPermalink")),
        tags=(f"eol: {end}",) if end else (),
    )
