"""AppCheck: web application and infrastructure scans, from the API and the JSON export."""

from collections.abc import Iterator

from hauberk.parsers import sdk

_DECIDED = ("fixed", "false_positive", "acceptable_risk")
_ASKED = ("Messages", "Request", "Technical Details", "Detection", "Evidence")


@sdk.parser(
    id="appcheck-json",
    scanner="AppCheck",
    docs="https://api.appcheck-ng.com/",
    kinds=[sdk.DAST, sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("items.item.results_set_id", "items.item.title"),
        sdk.JsonKeys("items.item.probability", "items.item.mss_confirmed"),
        sdk.JsonKeys("hosts", empty=("items",)),
    ),
    items=sdk.JsonItems("items.item"),
)
def appcheck(item: sdk.Json) -> sdk.Findings:
    """In the scan: Export → JSON"""
    word = sdk.first(item.get("priority"), item.get("impact"))
    state = sdk.text(item.get("status")) or ""
    details = item.get("details") or {}
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE if item.get("type") == "INFRA" else sdk.DAST,
        title=item["title"],
        severity=sdk.severity((word or "").rpartition("-")[2]),
        severity_reported=word,
        rule_id=item["title"],  # a plug-in tests for several problems
        rule_name=sdk.first(sdk.pick(item, "appcheck.cls"), item.get("plugin")),
        description=sdk.paragraphs(_marked(item.get("description")), _marked(details.get("Impact"))),
        remediation=_marked(item.get("solution")),
        identifiers=sdk.identifiers(item.get("cves"), item["title"]),
        cwes=sdk.cwes(item.get("cwe"), item.get("cwes")),
        cvss=sdk.assessments(
            (item.get("cvss_v4_vector"), item.get("cvss_v4_base_score"), "AppCheck"),
            (item.get("cvss_v3_vector"), item.get("cvss_v3_base_score"), "AppCheck"),
            (item.get("cvss_vector"), item.get("cvss_base_score"), "AppCheck"),
        ),
        epss=sdk.number(item.get("epss_base_score")) or None,
        locations=(_place(item, "\n\n".join(_proofs(details))),),
        references=sdk.links(item.get("solution"), item.get("description"), item.get("references")),
        tags=sdk.texts(item.get("OWASP")),
        confidence=sdk.text(item.get("probability")),
        stable_id=sdk.text(item.get("_id")),
        suppression=sdk.suppression(state in _DECIDED, justification=state),
        target=sdk.first(item.get("web_app"), item.get("host")),
        found_at=sdk.timestamp(item.get("first_detected_at")),
    )


def _place(item: sdk.Json, proof: str) -> sdk.Location:
    if sdk.text(item.get("url")):
        return sdk.at_url(item["url"], parameter=sdk.text(item.get("parameter")), evidence=proof)
    host = sdk.first(item.get("host"), item.get("ipv4_address"))
    port = sdk.port(item.get("port"))
    return sdk.Location(
        host=host, host_ids=sdk.machine(item.get("ipv4_address")), port=port, evidence=proof or None
    )


def _proofs(details: sdk.Json) -> Iterator[str]:
    yield from (proof for name in _ASKED if (proof := _marked(details.get(name))))


def _marked(value: sdk.Json) -> str | None:
    """A text that says of itself that it is formatted."""
    return (sdk.text(value) or "").removeprefix("[[markup]]").strip() or None
