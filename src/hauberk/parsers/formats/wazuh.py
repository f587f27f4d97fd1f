"""Wazuh: vulnerable packages of its agents' hosts, from the API (before 4.8) and from the indexer (since)."""

import re

from hauberk.parsers import sdk

_FIXED = re.compile(r"less than (?P<version>\S+)")
_ECOSYSTEMS = {"deb": "deb", "rpm": "rpm", "pypi": "pypi", "npm": "npm"}


@sdk.parser(
    id="wazuh-api-json",
    scanner="Wazuh",
    title="Wazuh API",
    docs="https://documentation.wazuh.com/4.7/user-manual/api/reference.html#tag/Vulnerability",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("data.affected_items.item.cve", "data.affected_items.item.condition"),
        sdk.JsonKeys("data.total_affected_items", empty=("data.affected_items",)),
    ),
    items=sdk.JsonItems("data.affected_items.item"),
    versions="4.3 to 4.7: `GET /vulnerability/{agent}`",
)
def wazuh_api(item: sdk.Json) -> sdk.Findings:
    """`curl -H "Authorization: Bearer …" https://wazuh.example:55000/vulnerability/001 -o wazuh.json`"""
    name, version, word = (
        sdk.text(item.get("name")),
        sdk.text(item.get("version")),
        sdk.text(item.get("severity")),
    )
    fixed = _FIXED.search(sdk.text(item.get("condition")) or "")
    host = sdk.text(item.get("agent_name")) or sdk.text(item.get("agent_ip"))
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=sdk.text(item.get("title")) or f"{item['cve']} affects {name}",
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=item["cve"],
        description=sdk.text(item.get("condition")),
        identifiers=sdk.identifiers(item["cve"]),
        cvss=sdk.assessments(
            (None, item.get("cvss3_score") or None, "Wazuh", "3.0"),
            (None, item.get("cvss2_score") or None, "Wazuh", "2.0"),
        ),
        locations=(sdk.Location(host=host),) if host else (),
        components=(
            sdk.Component(name=name, version=version, fixed_versions=(fixed["version"],) if fixed else ()),
        )
        if name
        else (),
        references=sdk.urls(item.get("external_references")),
        suppression=sdk.Suppression(justification="solved") if item.get("status") == "SOLVED" else None,
        target=host,
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
    name, version, word = (
        sdk.text(package.get("name")),
        sdk.text(package.get("version")),
        sdk.text(known.get("severity")),
    )
    fixed = _FIXED.search(sdk.text(sdk.pick(known, "scanner.condition")) or "")
    ecosystem = _ECOSYSTEMS.get(sdk.text(package.get("type")) or "")
    system = sdk.text(sdk.pick(said, "host.os.platform")) if ecosystem in sdk.OPERATING_SYSTEM_TYPES else None
    host = sdk.text(agent.get("name"))
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=f"{known['id']} affects {name}" if name else known["id"],
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=known["id"],
        description=sdk.text(known.get("description")),
        identifiers=sdk.identifiers(known["id"]),
        cvss=sdk.assessments(
            (None, sdk.pick(known, "score.base"), "Wazuh", sdk.text(sdk.pick(known, "score.version")))
        ),
        locations=(sdk.Location(host=host),) if host else (),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl(ecosystem, name, version, namespace=system),
                fixed_versions=(fixed["version"],) if fixed else (),
                path=sdk.text(package.get("path")),
            ),
        )
        if name
        else (),
        references=sdk.links(known.get("reference"), sdk.pick(known, "scanner.reference")),
        tags=sdk.texts([known.get("category"), sdk.pick(known, "scanner.source")]),
        target=host,
        found_at=sdk.timestamp(known.get("detected_at")),
    )
