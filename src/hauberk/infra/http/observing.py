"""What is counted of the calls that leave the installation."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from prometheus_client import Counter, Histogram

from hauberk.infra.http.destinations import Destination
from hauberk.infra.http.errors import CircuitOpen, DestinationRefused

CALLS = Counter("outgoing_calls_total", "Attempts to call a service", ["destination", "outcome"])
RETRIES = Counter("outgoing_retries_total", "Attempts after the first", ["destination"])
REFUSED = Counter(
    "ssrf_blocked_total", "Calls refused because their address must not be called", ["destination", "reason"]
)
SECONDS = Histogram(
    "outgoing_call_duration_seconds",
    "Time of one attempt",
    ["destination"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120),
)


@dataclass
class Seen:
    outcome: str = "cancelled"


@contextmanager
def outcome(to: Destination) -> Iterator[Seen]:
    seen, began = Seen(), monotonic()
    try:
        yield seen
    except CircuitOpen:
        seen.outcome = "circuit_open"
        raise
    except DestinationRefused:
        seen.outcome = "refused"
        raise
    finally:
        CALLS.labels(to.name, seen.outcome).inc()
        SECONDS.labels(to.name).observe(monotonic() - began)


@contextmanager
def refusals(to: Destination) -> Iterator[None]:
    try:
        yield
    except DestinationRefused as error:
        REFUSED.labels(to.name, error.reason).inc()
        raise
