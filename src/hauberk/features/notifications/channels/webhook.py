"""Any program: a signed JSON document, as Standard Webhooks has it."""

import base64
import binascii
import hmac
import json
import secrets
import time
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from hauberk.domain.alert import Notice
from hauberk.features.identity.serving import Payload
from hauberk.features.notifications.channel import Accepted, ChannelKind, Desk, HttpsUrl, judge
from hauberk.infra.http import Destination, register

WEBHOOK: Final = register(Destination("webhook", "Notices to programs of the organization"))
PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32


def _check_secret(secret: str) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError(f"must be {PREFIX} and base64") from error
    if not secret.startswith(PREFIX) or not 24 <= len(key) <= 64:
        raise ValueError(f"must be {PREFIX} and the base64 of 24 to 64 random bytes")
    return secret


class WebhookConfiguration(Payload):
    url: HttpsUrl = Field(description="Where it is sent to", examples=["https://example.org/hooks/hauberk"])


class WebhookSecret(Payload):
    signing_secret: Annotated[str, Field(max_length=120), AfterValidator(_check_secret)] = Field(
        description="Proves to the receiver that it comes from here; unset: one is made and shown once"
    )


def new_secret() -> dict[str, str]:
    return {"signing_secret": PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}


def document(notice: Notice) -> dict[str, Any]:
    """What is sent: the type says what happened, the data is the whole notice."""
    return {
        "type": f"alert.{notice.event.value}",
        "timestamp": notice.started_at.isoformat(),
        "data": {
            "dedup_key": notice.dedup_key,
            "rule": notice.rule,
            "severity": notice.severity.value,
            "title": notice.title,
            "text": notice.text,
            "source": notice.source,
            "started_at": notice.started_at.isoformat(),
            "url": notice.url,
            "runbook_url": notice.runbook_url,
            "facts": dict(notice.facts),
            "is_test": notice.is_test,
        },
    }


def headers(secret: str, delivery: str, moment: int, body: bytes) -> dict[str, str]:
    """The id stays the same when it is sent again, so that the receiver can tell."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = b"%s.%d.%s" % (delivery.encode(), moment, body)
    signature = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    return {
        "content-type": "application/json",
        "webhook-id": delivery,
        "webhook-timestamp": str(moment),
        "webhook-signature": f"v1,{signature}",
    }


def deliver(
    configuration: WebhookConfiguration, secret: WebhookSecret, notice: Notice, desk: Desk
) -> Accepted:
    body = json.dumps(document(notice), ensure_ascii=False, separators=(",", ":")).encode()
    sent = headers(secret.signing_secret, desk.delivery, int(time.time()), body)
    answer = judge(desk.http.send(WEBHOOK, "POST", configuration.url, headers=sent, content=body))
    return Accepted(answer.status)


KIND = ChannelKind(
    "webhook",
    "Webhook",
    WebhookConfiguration,
    WebhookSecret,
    deliver,
    tells_acknowledgements=True,
    make_secret=new_secret,
    address=lambda configuration, _secret: configuration.url,
)
