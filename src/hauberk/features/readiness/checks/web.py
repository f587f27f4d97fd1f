"""What is seen by requests to the running site, beside what `hauberk.api.checks` looks at: its lists."""

import math
from typing import Any, Final

from hauberk.infra.readiness import Answer, Probe, failed, passed, readiness

MOST: Final = 200
"""Items of one page, as the contract has it."""
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
    return passed(
        f"All {len(lists)} lists take limit, cursor and offset; {len(plain)} refused {MOST + 1} items."
    )


def _is_list(operation: dict[str, Any], schemas: dict[str, Any]) -> bool:
    answers = operation.get("responses", {}).get("200", {}).get("content", {})
    schema = answers.get("application/json", {}).get("schema", {})
    shown = schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)
    items = shown.get("properties", {}).get("items", {})
    return "array" in (shown.get("type"), items.get("type")) or "next_cursor" in shown.get("properties", {})
