"""Opsgenie and Jira Service Management, by the Alert API."""

from typing import Any, Final
from urllib.parse import quote

from pydantic import Field

from hauberk.domain.alert import AlertSeverity, Notice, NoticeEvent
from hauberk.features.identity.serving import Payload
from hauberk.features.notifications.channel import Accepted, ChannelKind, Desk, HttpsUrl, cut, judge
from hauberk.infra.http import Destination, register

OPSGENIE: Final = register(Destination("opsgenie", "Calls to whoever is on duty, by Opsgenie"))
MAX_MESSAGE: Final = 130
MAX_ALIAS: Final = 512
MAX_DESCRIPTION: Final = 15_000
MAX_SOURCE: Final = 100
MAX_TAG: Final = 50
_PRIORITIES: Final = {AlertSeverity.CRITICAL: "P1", AlertSeverity.WARNING: "P3", AlertSeverity.INFO: "P5"}
_ACTS: Final = {NoticeEvent.ACKNOWLEDGED: "acknowledge", NoticeEvent.RESOLVED: "close"}


class OpsgenieConfiguration(Payload):
    api_url: HttpsUrl = Field(
        default="https://api.opsgenie.com/v2/alerts",
        description="In the EU: https://api.eu.opsgenie.com/v2/alerts",
        examples=["https://api.opsgenie.com/v2/alerts"],
    )


class OpsgenieSecret(Payload):
    api_key: str = Field(
        min_length=20, max_length=120, pattern=r"^[\w-]+$", description="Of an API integration"
    )


def alert(notice: Notice) -> dict[str, Any]:
    description = f"{notice.text}\n\n{notice.url}"
    if notice.runbook_url:
        description += f"\nRunbook: {notice.runbook_url}"
    return {
        "message": cut(f"[Test] {notice.title}" if notice.is_test else notice.title, MAX_MESSAGE),
        "alias": cut(notice.dedup_key, MAX_ALIAS),
        "description": cut(description, MAX_DESCRIPTION),
        "tags": ["hauberk", cut(notice.rule, MAX_TAG), *(["test"] if notice.is_test else [])],
        "details": {**dict(notice.facts), "severity": notice.severity.value},
        "entity": cut(notice.rule, MAX_ALIAS),
        "source": cut(notice.source, MAX_SOURCE),
        "priority": _PRIORITIES[notice.severity],
    }


def deliver(
    configuration: OpsgenieConfiguration, secret: OpsgenieSecret, notice: Notice, desk: Desk
) -> Accepted:
    """Repeating does no harm: alerts of one alias are one. Closing what is not open is accepted like anything else."""
    if notice.event is NoticeEvent.TRIGGERED:
        url, sent = configuration.api_url, alert(notice)
    else:
        alias = quote(cut(notice.dedup_key, MAX_ALIAS), safe="")
        url = f"{configuration.api_url.rstrip('/')}/{alias}/{_ACTS[notice.event]}?identifierType=alias"
        sent = {"source": cut(notice.source, MAX_SOURCE), "note": cut(notice.text, 25_000)}
    answer = judge(
        desk.http.send(
            OPSGENIE,
            "POST",
            url,
            json=sent,
            headers={"authorization": f"GenieKey {secret.api_key}"},
            is_repeatable=True,
        ),
        accepted=lambda answer: answer.status == 202,
    )
    return Accepted(answer.status, str(answer.json().get("requestId") or "") or None)


KIND = ChannelKind(
    "opsgenie",
    "Opsgenie",
    OpsgenieConfiguration,
    OpsgenieSecret,
    deliver,
    tells_acknowledgements=True,
    address=lambda configuration, _secret: configuration.api_url,
    sends_secret=True,
)
