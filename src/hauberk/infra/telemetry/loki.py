"""The Loki that keeps the logs: whether a record arrived there, and for how long its rule keeps it."""

import json
from typing import Any, Final
from urllib.parse import urlencode

import yaml

from hauberk.infra.http import Answer, Destination, Outbound, Trust, register

LOKI: Final = register(
    Destination("loki", "Asking whether log records arrived (readiness)", Trust.OPERATOR, attempts=1)
)
_ENDLESS: Final = {"", "0", "0s", "None"}


async def query(http: Outbound, url: str, text: str) -> Answer:
    asked = urlencode({"query": f'{{service_name=~"hauberk.*"}} |= "{text}"', "since": "15m"})
    return await http.send(LOKI, "GET", f"{url}/loki/api/v1/query_range?{asked}")


def records_of(answer: Answer) -> list[str] | None:
    """The lines of a Loki's answer, and never the question, which a page of errors may repeat; None of anybody else's."""
    try:
        streams = json.loads(answer.body)["data"]["result"] if answer.status == 200 else None
        return None if streams is None else [str(line) for each in streams for _, line, *_ in each["values"]]
    except (ValueError, KeyError, TypeError):
        return None


async def retention(http: Outbound, url: str) -> str | None:
    """How long records are kept, as the Loki says it; empty when for ever, None when it does not tell."""
    answer = await http.send(LOKI, "GET", f"{url}/config")
    try:
        told = yaml.safe_load(answer.body) if answer.status == 200 else None
    except (yaml.YAMLError, ValueError):
        return None
    if not isinstance(told, dict) or "limits_config" not in told:
        return None
    by_compactor = _of(told, "compactor", "retention_enabled") is True
    by_tables = _of(told, "table_manager", "retention_deletes_enabled") is True
    period = _of(told, "limits_config" if by_compactor else "table_manager", "retention_period")
    return "" if str(period or "") in _ENDLESS or not (by_compactor or by_tables) else str(period)


def _of(told: dict[str, Any], section: str, name: str) -> Any:
    found = told.get(section)
    return found.get(name) if isinstance(found, dict) else None
