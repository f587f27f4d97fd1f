"""Burp Suite Professional: issues as XML."""

from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import burp


@sdk.parser(
    id="burp-xml",
    scanner="Burp Suite",
    title="Burp Suite XML",
    docs="https://portswigger.net/burp/documentation/desktop/getting-started/generate-reports",
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.XmlRoot("issues", attributes=("burpVersion",)), sdk.XmlRoot("issues", "issue/serialNumber")
    ),
    versions="1.4 and later",
    repeats_over="hosts and ports",
)
def burp_xml(report: sdk.Report) -> sdk.Findings:
    """Target → Site map → select → Issues → Report issues → XML; include requests and responses, base64-encoded."""
    about = report.xml_root().attributes
    yield sdk.ReportHeader(
        tool_version=sdk.text(about.get("burpVersion")),
        scanned_at=sdk.timestamp(_without_zone(about.get("exportTime") or "")),
    )
    yield from report.read(report.xml("issue"), _issue)


def _issue(issue: sdk.XmlElement) -> sdk.Findings:
    said = sdk.child_texts(issue)
    origin = said.get("host")
    classes = said.get("vulnerabilityClassifications") or ""
    items = [f"- {sdk.plain(each.text)}" for each in issue.iterfind("issueDetailItems/issueDetailItem")]
    yield burp.finding(
        said["name"] or "",
        said.get("severity"),
        burp.place(origin, said.get("path"), said.get("location"), tuple(_exchanges(issue))),
        kind=said.get("type"),
        telling=[
            sdk.plain(said.get("issueDetail")),
            "\n".join(items),
            sdk.plain(said.get("issueBackground")),
        ],
        remedies=[sdk.plain(said.get(name)) for name in ("remediationDetail", "remediationBackground")],
        classes=sdk.plain(classes),
        links=sdk.links(said.get("references"), classes),
        confidence=said.get("confidence"),
        serial=said.get("serialNumber"),
        target=origin,
    )


def _exchanges(issue: sdk.XmlElement) -> Iterator[str | None]:
    """Requests and responses, also those that the Collaborator saw."""
    for exchange in issue.iter("requestresponse"):
        for part in exchange.iterfind("*"):
            if part.tag in ("request", "response"):
                yield sdk.unbase64(part.text) if part.get("base64") == "true" else sdk.text(part.text)


def _without_zone(printed: str) -> str:
    """`Sat Sep 13 22:39:44 CEST 2014`: the zone is a local abbreviation that names no offset."""
    words = printed.split()
    return " ".join((*words[:4], words[5])) if len(words) == 6 else printed
