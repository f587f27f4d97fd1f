"""Wazuh before 4.8: the alerts of its vulnerability detector, from the manager's log and from the indexer."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import wazuh

_DOCS = (
    "https://documentation.wazuh.com/4.7/user-manual/capabilities/vulnerability-detection/how-it-works.html"
)


@sdk.parser(
    id="wazuh-alerts-json",
    scanner="Wazuh",
    title="Wazuh alerts",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.JsonLineKeys("rule.id", "agent.id", "data.vulnerability.cve"),
    items=sdk.JsonLines(),
    versions="3.11 to 4.7: `alerts.json`; alerts of other modules are passed over",
)
def wazuh_alerts(alert: sdk.Json) -> sdk.Findings:
    """`/var/ossec/logs/alerts/alerts.json` of the manager"""
    yield from _alert(alert)


@sdk.parser(
    id="wazuh-alerts-search-json",
    scanner="Wazuh",
    title="Wazuh alerts (indexer)",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.JsonKeys("hits.hits.item._source.data.vulnerability", "hits.hits.item._source.agent"),
    items=sdk.JsonItems("hits.hits.item"),
    versions="3.11 to 4.7: `GET /wazuh-alerts-*/_search`",
)
def wazuh_alerts_search(hit: sdk.Json) -> sdk.Findings:
    """`curl -u "$USER" "https://indexer.example:9200/wazuh-alerts-*/_search?q=rule.groups:vulnerability-detector&size=10000"`"""
    yield from _alert(hit["_source"])


def _alert(alert: sdk.Json) -> sdk.Findings:
    known = sdk.pick(alert, "data.vulnerability")
    if not known:
        return
    package, agent = known.get("package") or {}, alert.get("agent") or {}
    name, condition = sdk.text(package.get("name")), sdk.text(package.get("condition"))
    version = sdk.text(package.get("version"))
    is_solved = str(known.get("status")).lower() == "solved"
    yield wazuh.finding(
        known["cve"],
        sdk.text(known.get("severity")),
        host=sdk.first(agent.get("name"), agent.get("ip")),
        ids=sdk.machine(agent.get("ip")),
        carrier=wazuh.carrier(name, version, condition),
        title=sdk.text(known.get("title")),
        description=sdk.paragraphs(known.get("rationale"), condition),
        cwes=sdk.cwes(known.get("cwe_reference")),
        cvss=[(None, sdk.pick(known, f"cvss.cvss{v}.base_score"), "Wazuh", f"{v}.0") for v in (3, 2)],
        references=sdk.urls(known.get("references")),
        suppression=sdk.suppression(is_solved, justification="solved"),
        found_at=sdk.timestamp(alert.get("timestamp")),
    )
