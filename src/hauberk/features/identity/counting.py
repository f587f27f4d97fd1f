"""What is counted of people who sign in, and of attempts to."""

from typing import Final, Literal

from prometheus_client import Counter

AUTH: Final = Counter(
    "auth_events_total",
    "Attempts to prove who one is, by way (login, link, token, session, client) and result",
    ["type", "result"],
)
Way = Literal["login", "link", "token", "session", "client"]
Result = Literal["success", "success_new_device", "fail", "throttled"]
for _result in ("success", "success_new_device", "fail", "throttled"):
    AUTH.labels("login", _result)


def count(way: Way, result: Result) -> None:
    AUTH.labels(way, result).inc()
