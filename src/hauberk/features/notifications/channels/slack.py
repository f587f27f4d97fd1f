"""Slack, and what understands Slack's incoming webhooks (Mattermost, Rocket.Chat)."""

from typing import Any, Final

from pydantic import Field

from hauberk.domain.alert import AlertSeverity, Notice, NoticeEvent
from hauberk.features.identity.serving import Payload
from hauberk.features.notifications.channel import (
    Accepted,
    ChannelKind,
    Desk,
    HttpsUrl,
    Nothing,
    cut,
    judge,
)
from hauberk.infra.http import Destination, register

SLACK: Final = register(Destination("slack", "Messages to rooms of Slack"))
MAX_HEADER: Final = 150
MAX_TEXT: Final = 3_000
MAX_FIELD: Final = 2_000
MAX_FIELDS: Final = 10
_MARKS: Final = {
    AlertSeverity.CRITICAL: ":red_circle:",
    AlertSeverity.WARNING: ":large_orange_diamond:",
    AlertSeverity.INFO: ":large_blue_circle:",
}


class SlackSecret(Payload):
    url: HttpsUrl = Field(
        description="The incoming webhook's address", examples=["https://hooks.slack.com/services/T0/B0/x"]
    )


def message(notice: Notice) -> dict[str, Any]:
    """`text` is what a phone shows; the blocks are what a room shows."""
    mark = ":white_check_mark:" if notice.event is NoticeEvent.RESOLVED else _MARKS[notice.severity]
    blocks: list[dict[str, Any]] = [
        {
            "type": "header",
            "text": {"type": "plain_text", "text": cut(notice.headline, MAX_HEADER), "emoji": False},
        },
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": cut(f"{mark} {_plain(notice.text)}", MAX_TEXT)},
        },
    ]
    if notice.facts:
        blocks.append(
            {
                "type": "section",
                "fields": [
                    {"type": "mrkdwn", "text": cut(f"*{_plain(name)}*\n{_plain(value)}", MAX_FIELD)}
                    for name, value in notice.facts[:MAX_FIELDS]
                ],
            }
        )
    links = [f"<{notice.url}|Open in Hauberk>"]
    if notice.runbook_url:
        links.append(f"<{notice.runbook_url}|Runbook>")
    blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": " · ".join(links)}]})
    return {"text": _plain(notice.headline), "blocks": blocks}


def _plain(text: str) -> str:
    """The three characters that Slack's markup is made of; without them nothing becomes a link or a mention."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def deliver(_configuration: Nothing, secret: SlackSecret, notice: Notice, desk: Desk) -> Accepted:
    answer = judge(desk.http.send(SLACK, "POST", secret.url, json=message(notice)))
    return Accepted(answer.status)


KIND = ChannelKind(
    "slack", "Slack", Nothing, SlackSecret, deliver, address=lambda _configuration, secret: secret.url
)
