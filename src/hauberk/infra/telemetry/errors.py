"""Errors that nobody foresaw, reported to Sentry or a server that speaks like it: where, in which release and request.

Whatever logs an error with its exception reports it; nothing has to call this. A report holds code and ids. It holds no
local variable, no request, no person, and of the exception's words only what cannot be anybody's data.
"""

import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

import hauberk
from hauberk.infra.settings import Settings
from hauberk.infra.telemetry.correlation import request_id, trace_id, traceparent
from hauberk.infra.telemetry.redaction import impersonal

MAX_WORDS: Final = 200
TAGS: Final = ("request_id", "trace_id", "route", "kind", "job_id", "attempt", "logger", "tick", "handler")
_KEPT: Final = (
    "event_id",
    "timestamp",
    "platform",
    "level",
    "exception",
    "release",
    "environment",
    "tags",
    "sdk",
)
_QUOTED = re.compile(r"(['\"“‘`]).*?(['\"”’`])")
_LEVELS = frozenset({"error", "exception", "critical"})

_is_on = False


def configure(settings: Settings) -> None:
    global _is_on  # noqa: PLW0603 - the process's one client, which the log's processor must find
    _is_on = settings.sentry.dsn is not None
    if not _is_on:
        return
    import sentry_sdk  # noqa: PLC0415

    sentry_sdk.init(**options(settings))


def options(settings: Settings) -> dict[str, Any]:
    """What the client is told: above all, what not to collect."""
    assert settings.sentry.dsn is not None
    return {
        "dsn": settings.sentry.dsn.get_secret_value(),
        "release": f"hauberk@{hauberk.__version__}",
        "environment": settings.environment.value,
        "default_integrations": False,
        "auto_enabling_integrations": False,
        "include_local_variables": False,
        "max_breadcrumbs": 0,
        "max_request_body_size": "never",
        "auto_session_tracking": False,
        "send_client_reports": False,
        "server_name": "",
        "_experiments": {"transport_compression_algo": "gzip"},  # servers other than Sentry know no Brotli
        "before_send": scrub,
    }


def report(_logger: Any, method: str, record: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A processor of the log, before exceptions become text."""
    if _is_on and method in _LEVELS and record.get("exc_info"):
        _capture(record["exc_info"], record)
    return record


def scrub(event: dict[str, Any], _hint: dict[str, Any]) -> dict[str, Any]:
    """Only what is known to be harmless goes; a field that a later client adds does not."""
    kept: dict[str, Any] = {name: event[name] for name in _KEPT if name in event}
    for each in kept.get("exception", {}).get("values", ()):
        each["value"] = words(str(each.get("value") or ""))
        for frame in each.get("stacktrace", {}).get("frames", ()):
            frame.pop("vars", None)
    return kept


def words(message: str) -> str:
    """The first line of what an exception says, without what it quotes: that may be anybody's."""
    first = message.strip().partition("\n")[0]
    return _QUOTED.sub(r"\1…\2", impersonal(first))[:MAX_WORDS]


def flush() -> None:
    if _is_on:
        import sentry_sdk  # noqa: PLC0415

        sentry_sdk.flush(timeout=2)


def _capture(given: Any, record: Mapping[str, Any]) -> None:
    import sentry_sdk  # noqa: PLC0415

    error = given if isinstance(given, BaseException | tuple) else sys.exc_info()
    with sentry_sdk.new_scope() as scope:
        scope.set_tag("event", str(record.get("event", ""))[:MAX_WORDS])
        found = {"request_id": request_id.get(), "trace_id": trace_id(traceparent.get()), **record}
        for name in TAGS:
            if found.get(name) is not None:
                scope.set_tag(name, str(found[name])[:MAX_WORDS])
        sentry_sdk.capture_exception(error)
