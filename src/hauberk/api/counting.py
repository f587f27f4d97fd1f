"""What is counted of every request: rate, errors and duration by route, and what was refused."""

from functools import cache
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

REQUESTS: Final = Counter("http_requests_total", "Requests", ["route", "method", "code"])
DURATION: Final = Histogram(
    "http_request_duration_seconds",
    "Time from the first byte in to the last byte out",
    ["route", "method"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10, 30),
)
IN_FLIGHT: Final = Gauge("http_requests_in_flight", "Requests being answered", multiprocess_mode="livesum")
LIMIT: Final = Gauge(
    "http_requests_limit", "Requests that can have a database connection at once", multiprocess_mode="livesum"
)
RATE_LIMITED: Final = Counter("rate_limited_total", "Requests refused by a rate limit", ["zone"])
DENIED: Final = Counter("authz_denied_total", "Requests for which the caller has no right", ["route"])
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

for _zone in ("address", "token", "browser", "sign_in", "upload", "unknown", "user", "reports", "probe"):
    RATE_LIMITED.labels(_zone)


def answered(route: str, method: str, code: int, seconds: float) -> None:
    """A method that somebody invented is no label of its own."""
    requests, duration = _children(route, method if method in METHODS else "other", code)
    requests.inc()
    duration.observe(seconds)


@cache
def _children(route: str, method: str, code: int) -> tuple[Counter, Histogram]:
    """Finding a child by its labels costs more than counting; there are no more of them than routes and codes."""
    return REQUESTS.labels(route, method, str(code)), DURATION.labels(route, method)
