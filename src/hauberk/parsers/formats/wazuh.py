"""Wazuh: vulnerable packages of its agents' hosts, from the API (before 4.8) and from the indexer (since)."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import wazuh

_ECOSYSTEMS = {"deb": "deb", "rpm": "rpm", "pypi": "pypi", "npm": "npm"}


@sdk.parser(
    id="wazuh-api-json",
    scanner="Wazuh",
    title="Wazuh API",
    docs="https://documentation.wazuh.com/4.7/user-manual/api/reference.html#tag/Vulnerability",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("data.affected_items.item.cve", "data.affected_items.item.condition"),
        sdk.JsonKeys("data.affected_items.item.cve", "data.affected_items.item.name"),
        sdk.JsonKeys("data.total_affected_items", empty=("data.affected_items",)),
    ),
    items=sdk.JsonItems("data.affected_items.item"),
    versions="4.3 to 4.7: `GET /vulnerability/{agent}`",
)
def wazuh_api(item: sdk.Json) -> sdk.Findings:
    """`curl -H "Authorization: Bearer …" https://wazuh.example:55000/vulnerability/001 -o wazuh.json`"""
    condition = sdk.text(item.get("condition"))
    name, version = sdk.text(item.get("name")), sdk.text(item.get("version"))
    yield wazuh.finding(
        item["cve"],
        sdk.text(item.get("severity")),
        host=sdk.first(item.get("agent_name"), item.get("agent_ip")),
        ids=sdk.machine(item.get("agent_ip")),
        carrier=wazuh.carrier(name, version, condition),
        title=sdk.text(item.get("title")),
        description=condition,
        cvss=[(None, item.get(f"cvss{v}_score") or None, "Wazuh", f"{v}.0") for v in (3, 2)],
        references=sdk.urls(item.get("external_references")),
        suppression=sdk.suppression(item.get("status") == "SOLVED", justification="solved"),
        found_at=sdk.timestamp(item.get("detection_time")),
    )


@sdk.parser(
    id="wazuh-indexer-json",
    scanner="Wazuh",
    title="Wazuh indexer",
    docs="https://documentation.wazuh.com/current/user-manual/capabilities/vulnerability-detection/querying-vulnerabilities.html",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("hits.hits.item._source.vulnerability", "hits.hits.item._source.agent"),
        sdk.JsonKeys("took", "timed_out", "_shards", empty=("hits.hits",)),
    ),
    items=sdk.JsonItems("hits.hits.item"),
    versions="4.8 and later: `GET /wazuh-states-vulnerabilities-*/_search`",
)
def wazuh_indexer(hit: sdk.Json) -> sdk.Findings:
    """`curl -u "$USER" "https://indexer.example:9200/wazuh-states-vulnerabilities-*/_search?size=10000" -o wazuh.json`"""
    said = hit["_source"]
    known, package, agent = said["vulnerability"], said.get("package") or {}, said.get("agent") or {}
    name, version = sdk.text(package.get("name")), sdk.text(package.get("version"))
    ecosystem = _ECOSYSTEMS.get(sdk.text(package.get("type")) or "")
    system = sdk.text(sdk.pick(said, "host.os.platform")) if ecosystem in sdk.OPERATING_SYSTEM_TYPES else None
    carrier = sdk.Component(
        name=name or "",
        version=version,
        purl=sdk.purl(ecosystem, name, version, namespace=system) if name else None,
        fixed_versions=wazuh.fixed(sdk.text(sdk.pick(known, "scanner.condition"))),
        path=sdk.text(package.get("path")),
    )
    yield wazuh.finding(
        known["id"],
        sdk.text(known.get("severity")),
        host=sdk.text(agent.get("name")),
        ids=sdk.machine([agent.get("ip"), *sdk.texts(sdk.pick(said, "host.ip") or ())]),
        carrier=carrier if name else None,
        description=sdk.text(known.get("description")),
        cvss=[(None, sdk.pick(known, "score.base"), "Wazuh", sdk.text(sdk.pick(known, "score.version")))],
        references=sdk.links(known.get("reference"), sdk.pick(known, "scanner.reference")),
        tags=sdk.texts([known.get("category"), sdk.pick(known, "scanner.source")]),
        found_at=sdk.timestamp(known.get("detected_at")),
    )
