"""ZAP's API: the alerts of a session, one for each request that raised it."""

from hauberk.parsers import sdk


@sdk.parser(
    id="zap-alerts-json",
    scanner="ZAP",
    title="ZAP alerts (API)",
    docs="https://www.zaproxy.org/docs/api/#alerts",
    kinds=[sdk.DAST],
    sniff=sdk.JsonKeys("alerts.item.pluginId", "alerts.item.risk", "alerts.item.url"),
    items=sdk.JsonItems("alerts.item"),
    versions="2.4 and later",
)
def zap_alerts(alert: sdk.Json) -> sdk.Findings:
    """`curl "http://localhost:8080/JSON/alert/view/alerts/?apikey=…" -o alerts.json`"""
    confidence = (sdk.text(alert.get("confidence")) or "").lower()
    is_false = confidence == "false positive"
    tags = alert.get("tags") or {}
    attack = f"Attack: {alert['attack']}" if alert.get("attack") else None
    place = sdk.at_url(
        alert["url"],
        method=sdk.text(alert.get("method")),
        parameter=sdk.text(alert.get("param")),
        evidence=sdk.paragraphs(attack, alert.get("evidence"), alert.get("other")),
    )
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=sdk.text(alert.get("name")) or alert["alert"],
        severity=sdk.severity(alert.get("risk")),
        severity_reported=sdk.text(alert.get("risk")),
        rule_id=sdk.text(alert.get("alertRef")) or sdk.text(alert["pluginId"]),
        description=sdk.text(alert.get("description")),
        remediation=sdk.text(alert.get("solution")),
        identifiers=sdk.identifiers(list(tags)),
        cwes=sdk.cwes(alert.get("cweid")),
        locations=(place,),
        references=sdk.links(alert.get("reference")),
        tags=sdk.texts(list(tags)),
        confidence=confidence or None,
        suppression=sdk.suppression(is_false, justification="marked as a false positive in ZAP"),
        target=place.host,
    )
