"""Which routes move bytes for longer than a request may take: those that say so with `openapi_extra=UPLOAD` or `STREAM`."""

from re import Pattern
from typing import Any

from starlette.routing import compile_path
from starlette.types import Scope


class Transfers:
    """Found by method and path, because limits apply before a route is chosen."""

    def __init__(self) -> None:
        self._routes: list[tuple[str, Pattern[str], str]] = []

    def read(self, document: dict[str, Any]) -> None:
        """From the OpenAPI document, which has every route however its routers are nested."""
        self._routes = [
            (method.upper(), compile_path(path)[0], operation["x-transfer"])
            for path, operations in document["paths"].items()
            for method, operation in operations.items()
            if "x-transfer" in operation
        ]

    def kind_of(self, scope: Scope) -> str | None:
        """`upload`, `stream` or None."""
        for method, path, kind in self._routes:
            if scope["method"] == method and path.match(scope["path"]):
                return kind
        return None
