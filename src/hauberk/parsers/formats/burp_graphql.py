"""Burp Suite Enterprise (DAST): issues asked from its GraphQL API and saved under the key `Issues`."""

from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import burp


@sdk.parser(
    id="burp-graphql-json",
    scanner="Burp Suite",
    title="Burp Suite Enterprise GraphQL API",
    docs="https://portswigger.net/burp/extensibility/enterprise/graphql-api/objects/issue.html",
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("Issues.item.issue_type.name", "Issues.item.origin", "Issues.item.severity"),
        sdk.JsonKeys(empty=("Issues",), absent=("Stats", "GosecVersion", "Golang errors", "Report")),
    ),
    items=sdk.JsonItems("Issues.item"),
)
def burp_graphql(issue: sdk.Json) -> sdk.Findings:
    """Ask `scan(id) { issues { issue_type {…} origin path severity evidence {…} } }` and save it as `{"Issues": […]}`."""
    about = issue["issue_type"]
    origin, classes = sdk.text(issue.get("origin")), about.get("vulnerability_classifications_html")
    proofs = tuple(_exchanges(issue.get("evidence") or ()))
    yield burp.finding(
        about["name"],
        sdk.text(issue.get("severity")),
        burp.place(origin, sdk.text(issue.get("path")), proofs=proofs),
        kind=sdk.text(about.get("type_index")),
        telling=[sdk.plain(said.get("description_html")) for said in (issue, about)],
        remedies=[sdk.plain(said.get("remediation_html")) for said in (issue, about)],
        classes=sdk.plain(classes),
        links=sdk.links(about.get("references_html"), classes),
        confidence=sdk.text(issue.get("confidence")),
        serial=sdk.text(issue.get("serial_number")),
        target=origin,
    )


def _exchanges(evidence: sdk.Json) -> Iterator[str | None]:
    for each in evidence:
        yield sdk.plain(each.get("description_html") or each.get("title"))
        for side in ("request_segments", "response_segments", "request", "response"):
            parts = each.get(side)
            yield "".join(map(_segment, parts)) if isinstance(parts, list) else sdk.text(parts)


def _segment(part: sdk.Json) -> str:
    return str(part.get("data_html") or part.get("highlight_html") or " … ")
