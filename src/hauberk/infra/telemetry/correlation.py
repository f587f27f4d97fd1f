"""What everything of one request carries, from its first log line over its jobs to the statements of those."""

import re
import secrets
from contextvars import ContextVar
from typing import Final

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)
"""As W3C's Trace Context has it; kept with every job that is made meanwhile."""

PROBE_TRACES: Final = "ca9a817e"
"""How the ids of traces begin that readiness makes: which kinds of span they have is noted in the cache."""

_TRACEPARENT: Final = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}")
_TRACE_ID: Final = re.compile(r"(?!0{32})[0-9a-f]{32}")


def continued(given: str, own_id: str) -> str:
    """The caller's trace; without one, a new one by the name of the request where that can name a trace."""
    if _TRACEPARENT.fullmatch(given):
        return given
    trace = own_id if _TRACE_ID.fullmatch(own_id) else secrets.token_hex(16)
    return f"00-{trace}-{trace[:15]}1-00"


def trace_id(parent: str | None) -> str | None:
    """The trace in a traceparent, by which logs, traces and error reports find each other."""
    return parent[3:35] if parent else None


def spans_key(trace: str) -> str:
    """Where the cache has them."""
    return f"hauberk:trace:{trace}"
