"""KrakenD: the audit of a gateway's configuration."""

from hauberk.parsers import sdk


@sdk.parser(
    id="krakend-audit-json",
    scanner="KrakenD",
    title="KrakenD audit",
    docs="https://www.krakend.io/docs/configuration/audit/",
    kinds=[sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.JsonKeys(
            "recommendations.item.rule", "recommendations.item.severity", "recommendations.item.message"
        ),
        sdk.JsonKeys("stats", empty=("recommendations",)),
    ),
    items=sdk.JsonItems("recommendations.item"),
)
def krakend_audit(found: sdk.Json) -> sdk.Findings:
    """`krakend audit -c krakend.json -f "{{ marshal . }}" > audit.json`"""
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=found["message"],
        severity=sdk.severity(found.get("severity")),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=found["rule"],
        references=("https://www.krakend.io/docs/configuration/audit/#audit-recommendations",),
    )
