"""What the OpenAPI document says of the route that a request is for, looked up before a route is chosen."""

from re import Pattern
from typing import Any

from starlette.routing import compile_path
from starlette.types import Scope

Operation = dict[str, Any]


class Operations:
    """By method and path, from the document, which has every route however its routers are nested."""

    def __init__(self) -> None:
        self._all: list[tuple[str, Pattern[str], Operation]] = []
        self._transfers: list[tuple[str, Pattern[str], Operation]] = []

    def read(self, document: dict[str, Any]) -> None:
        self._all = [
            (method.upper(), compile_path(path)[0], operation)
            for path, operations in document["paths"].items()
            for method, operation in operations.items()
        ]
        self._transfers = [each for each in self._all if "x-transfer" in each[2]]

    def find(self, scope: Scope) -> Operation | None:
        return _find(self._all, scope)

    def transfer(self, scope: Scope) -> str | None:
        """`upload` or `stream` for routes that move bytes for longer than a request may take, and say so."""
        state = scope["state"]
        if "transfer" not in state:
            found = _find(self._transfers, scope)
            state["transfer"] = found["x-transfer"] if found is not None else None
        kind: str | None = state["transfer"]
        return kind


def _find(among: list[tuple[str, Pattern[str], Operation]], scope: Scope) -> Operation | None:
    for method, path, operation in among:
        if scope["method"] == method and path.match(scope["path"]):
            return operation
    return None
