"""Microsoft Teams: a card to a channel, by the webhook of a workflow."""

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

TEAMS: Final = register(Destination("teams", "Cards to channels of Microsoft Teams"))
MAX_BYTES: Final = 28 * 1024
MAX_TEXT: Final = 4_000
_COLOURS: Final = {
    AlertSeverity.CRITICAL: "Attention",
    AlertSeverity.WARNING: "Warning",
    AlertSeverity.INFO: "Accent",
}


class TeamsSecret(Payload):
    url: HttpsUrl = Field(
        description="The address of the workflow “Post to a channel when a webhook request is received”",
        examples=["https://example.westeurope.logic.azure.com/workflows/x/triggers/manual/paths/invoke"],
    )


def card(notice: Notice) -> dict[str, Any]:
    """An adaptive card of text runs only: those know no markup, so nothing in them can become a link."""
    colour = "Good" if notice.event is NoticeEvent.RESOLVED else _COLOURS[notice.severity]
    body = [
        _line(cut(notice.headline, 200), weight="Bolder", size="Medium", color=colour),
        _line(cut(notice.text, MAX_TEXT)),
        *(
            {
                "type": "RichTextBlock",
                "spacing": "Small",
                "inlines": [
                    {"type": "TextRun", "text": f"{cut(name, 60)}: ", "weight": "Bolder"},
                    {"type": "TextRun", "text": cut(value, 500)},
                ],
            }
            for name, value in notice.facts[:20]
        ),
    ]
    actions = [{"type": "Action.OpenUrl", "title": "Open in Hauberk", "url": notice.url}]
    if notice.runbook_url:
        actions.append({"type": "Action.OpenUrl", "title": "Runbook", "url": notice.runbook_url})
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "actions": actions,
    }
    return {
        "type": "message",
        "attachments": [
            {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": content}
        ],
    }


def _line(text: str, **style: str) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **style}]}


def deliver(_configuration: Nothing, secret: TeamsSecret, notice: Notice, desk: Desk) -> Accepted:
    answer = judge(desk.http.send(TEAMS, "POST", secret.url, json=card(notice)))
    return Accepted(answer.status, answer.headers.get("x-ms-workflow-run-id"))


KIND = ChannelKind(
    "teams",
    "Microsoft Teams",
    Nothing,
    TeamsSecret,
    deliver,
    address=lambda _configuration, secret: secret.url,
)
