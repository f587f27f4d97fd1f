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
    attack, tags = sdk.text(alert.get("attack")), alert.get("tags") or {}
    place = sdk.at_url(
        alert["url"],
        method=sdk.text(alert.get("method")),
        parameter=sdk.text(alert.get("param")),
        evidence=sdk.paragraphs(
            f"Attack: {attack}" if attack else None, alert.get("evidence"), alert.get("other")
        ),
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
        suppression=sdk.Suppression(justification="marked as a false positive in ZAP")
        if confidence == "false positive"
        else None,
        target=place.host,
    )
