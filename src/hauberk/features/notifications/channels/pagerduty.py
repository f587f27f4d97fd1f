"""PagerDuty, by its Events API v2."""

from typing import Any, Final

from pydantic import Field

from hauberk.domain.alert import AlertSeverity, Notice, NoticeEvent
from hauberk.features.identity.serving import Payload
from hauberk.features.notifications.channel import Accepted, ChannelKind, Desk, HttpsUrl, cut, judge
from hauberk.infra.http import Destination, register

PAGERDUTY: Final = register(Destination("pagerduty", "Calls to whoever is on duty, by PagerDuty"))
MAX_SUMMARY: Final = 1_024
MAX_DEDUP_KEY: Final = 255
_ACTIONS: Final = {
    NoticeEvent.TRIGGERED: "trigger",
    NoticeEvent.ACKNOWLEDGED: "acknowledge",
    NoticeEvent.RESOLVED: "resolve",
}
_SEVERITIES: Final = {
    AlertSeverity.CRITICAL: "critical",
    AlertSeverity.WARNING: "warning",
    AlertSeverity.INFO: "info",
}


class PagerDutyConfiguration(Payload):
    api_url: HttpsUrl = Field(
        default="https://events.pagerduty.com/v2/enqueue",
        description="In the EU: https://events.eu.pagerduty.com/v2/enqueue",
        examples=["https://events.pagerduty.com/v2/enqueue"],
    )


class PagerDutySecret(Payload):
    routing_key: str = Field(
        min_length=32, max_length=32, pattern=r"^[A-Za-z0-9]+$", description="Of an Events API v2 integration"
    )


def event(routing_key: str, notice: Notice) -> dict[str, Any]:
    sent: dict[str, Any] = {
        "routing_key": routing_key,
        "event_action": _ACTIONS[notice.event],
        "dedup_key": cut(notice.dedup_key, MAX_DEDUP_KEY),
    }
    if notice.event is not NoticeEvent.TRIGGERED:
        return sent
    links = [{"href": notice.url, "text": "Open in Hauberk"}]
    if notice.runbook_url:
        links.append({"href": notice.runbook_url, "text": "Runbook"})
    return {
        **sent,
        "client": "Hauberk",
        "client_url": notice.url,
        "links": links,
        "payload": {
            "summary": cut(f"[Test] {notice.title}" if notice.is_test else notice.title, MAX_SUMMARY),
            "source": notice.source,
            "severity": _SEVERITIES[notice.severity],
            "timestamp": notice.started_at.isoformat(),
            "component": "hauberk",
            "class": notice.rule,
            "custom_details": {"what": notice.text, **dict(notice.facts), "is_test": notice.is_test},
        },
    }


def deliver(
    configuration: PagerDutyConfiguration, secret: PagerDutySecret, notice: Notice, desk: Desk
) -> Accepted:
    """Repeating does no harm: events of one dedup key are one incident."""
    sent = event(secret.routing_key, notice)
    answer = judge(
        desk.http.send(PAGERDUTY, "POST", configuration.api_url, json=sent, is_repeatable=True),
        accepted=lambda answer: answer.status == 202,
    )
    return Accepted(answer.status, str(answer.json().get("dedup_key") or "") or None)


KIND = ChannelKind(
    "pagerduty",
    "PagerDuty",
    PagerDutyConfiguration,
    PagerDutySecret,
    deliver,
    tells_acknowledgements=True,
    address=lambda configuration, _secret: configuration.api_url,
    sends_secret=True,
)
