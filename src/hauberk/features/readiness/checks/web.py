"""What is seen by requests to the running site, beside what `hauberk.api.checks` looks at: its lists."""

import math
from typing import Any, Final

from hauberk.infra.readiness import Answer, Probe, failed, passed, readiness

MOST: Final = 200
"""Items of one page, as the contract has it."""
LOOKED_INTO: Final = 8
_OFTEN_FILLED: Final = ("/api/v1/audit", "/api/v1/scans", "/api/v1/assets", "/api/v1/tokens")
"""Where the probe tenant has more than one item as soon as anything was looked at."""
_FAULT = "Report this; it is a fault of the product."


@readiness("PERF-3", timeout=15)
async def lists_are_bounded(probe: Probe) -> Answer:
    """Every answer that is a list takes limit (with a maximum), cursor and offset; too much is refused for real."""
    document = await probe.document()
    schemas = document["components"]["schemas"]
    lists, unbounded = [], []
    for path, operations in document["paths"].items():
        operation = operations.get("get", {})
        if not _is_list(operation, schemas) or "x-fixed-list" in operation:
            continue
        parameters = {each["name"]: each["schema"] for each in operation.get("parameters", [])}
        most = parameters.get("limit", {}).get("maximum", math.inf)
        if most <= MOST and {"cursor", "offset"} <= set(parameters):
            lists.append(path)
        else:
            unbounded.append(path)
    if unbounded or not lists:
        return failed(f"Without bound: {', '.join(unbounded) or 'no list was found'}.", _FAULT)
    headers = (await probe.tenant()).headers
    plain = [path for path in lists if "{" not in path]
    for path in plain:
        answer = await probe.site.http.get(path, params={"limit": MOST + 1}, headers=headers)
        if answer.status_code not in (404, 422):  # the operator's own lists are not there for a tenant
            return failed(f"{path} answered {answer.status_code} to a limit of {MOST + 1}.", _FAULT)
    found = await _turned(probe, plain)
    if isinstance(found, Answer):
        return found
    turned = f" {found} gave one item when asked for one, and another one on the next page." if found else ""
    return passed(
        f"All {len(lists)} lists take limit, cursor and offset; {len(plain)} refused {MOST + 1} items.{turned}"
    )


async def _turned(probe: Probe, paths: list[str]) -> Answer | str:
    """What a document promises, tried: the first list of the probe tenant that has two pages; empty where none has."""
    headers = (await probe.tenant()).headers
    for path in sorted(paths, key=lambda each: each not in _OFTEN_FILLED)[:LOOKED_INTO]:
        first = (await probe.site.http.get(path, params={"limit": 1}, headers=headers)).json()
        items = first.get("items", [])
        if len(items) > 1:
            return failed(f"{path} gave {len(items)} items when asked for one.", _FAULT)
        if cursor := first.get("next_cursor"):
            asked = {"limit": 1, "cursor": cursor}
            other = (await probe.site.http.get(path, params=asked, headers=headers)).json().get("items", [])
            if len(other) != 1 or other == items:
                again = "the first again" if other == items else f"{len(other)} items"
                return failed(f"{path} gave {again} on the page after the first.", _FAULT)
            return path
    return ""


def _is_list(operation: dict[str, Any], schemas: dict[str, Any]) -> bool:
    answers = operation.get("responses", {}).get("200", {}).get("content", {})
    schema = answers.get("application/json", {}).get("schema", {})
    shown = schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)
    items = shown.get("properties", {}).get("items", {})
    return "array" in (shown.get("type"), items.get("type")) or "next_cursor" in shown.get("properties", {})
