"""What a kind of channel is: what has to be known of one, and how a notice is told to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from hauberk.domain.alert import Notice
from hauberk.features.identity.serving import Payload
from hauberk.infra.http import Answer, BlockingOutbound
from hauberk.infra.settings import Settings

MAX_REPLY_CHARS: Final = 300
_LATER: Final = frozenset({408, 409, 425, 429})


class NotAccepted(Exception):
    """The receiver did not take it. `is_final`: trying again is of no use; `is_gone`: nor is any other notice."""

    def __init__(
        self,
        detail: str,
        *,
        code: int | None = None,
        is_final: bool = False,
        is_gone: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.is_final = is_final
        self.is_gone = is_gone
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Accepted:
    """The receiver took it; `reference` is what it calls it."""

    code: int | None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """From where things are sent: the outgoing client, the settings, and the id that a repeated attempt keeps."""

    http: BlockingOutbound
    settings: Settings
    delivery: str
    acknowledge_url: str | None = None
    """Signed for the person that it is sent to."""


@dataclass(frozen=True)
class ChannelKind:
    """`configuration` and `secret` are schemas of what an administrator gives; the second is never shown again."""

    name: str
    title: str
    configuration: type[Payload]
    secret: type[Payload]
    deliver: Callable[[Any, Any, Notice, Desk], Accepted]
    tells_acknowledgements: bool = False
    make_secret: Callable[[], dict[str, str]] | None = None
    """When none is given."""
    address: Callable[[Any, Any], str] = lambda configuration, secret: ""  # noqa: ARG005
    """The address that it calls, checked when it is set; empty when the settings say it."""
    sends_secret: bool = False
    """Whoever answers at the address gets to know the secret, so it is given anew for another one."""


class Nothing(Payload):
    """No values."""


def _check_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError("must be an address that begins with https://")
    return url


HttpsUrl = Annotated[str, Field(max_length=2_000), AfterValidator(_check_url)]


def judge(answer: Answer, *, accepted: Callable[[Answer], bool] = lambda answer: answer.is_success) -> Answer:
    """The answer when it means yes; raises `NotAccepted` with what the other side said when not."""
    if accepted(answer):
        return answer
    said = " ".join(answer.body[:2_000].decode("utf-8", "replace").split())[:MAX_REPLY_CHARS]
    after = answer.headers.get("retry-after", "")
    raise NotAccepted(
        f"It answered {answer.status}{f': {said}' if said else ''}.",
        code=answer.status,
        is_final=300 <= answer.status < 500 and answer.status not in _LATER,
        is_gone=answer.status == 410,
        retry_after=float(after) if after.isdecimal() and len(after) < 6 else None,
    )


def cut(text: str, limit: int) -> str:
    """At most so many characters, and it shows when something is missing."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def host_of(url: str) -> str:
    return urlsplit(url).hostname or ""
