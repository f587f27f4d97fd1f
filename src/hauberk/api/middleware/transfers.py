"""Which routes move bytes for longer than a request may take: those that say so with `openapi_extra=UPLOAD` or `STREAM`."""

from collections.abc import Iterable
from re import Pattern

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, compile_path
from starlette.types import Scope


class Transfers:
    """Found by method and path, because limits apply before a route is chosen."""

    def __init__(self) -> None:
        self._routes: list[tuple[str, Pattern[str], frozenset[str]]] = []

    def add(self, prefix: str, routes: Iterable[BaseRoute]) -> None:
        for route in routes:
            if isinstance(route, APIRoute) and (kind := (route.openapi_extra or {}).get("x-transfer")):
                self._routes.append(
                    (kind, compile_path(prefix + route.path)[0], frozenset(route.methods or ()))
                )

    def kind_of(self, scope: Scope) -> str | None:
        """`upload`, `stream` or None."""
        for kind, path, methods in self._routes:
            if scope["method"] in methods and path.match(scope["path"]):
                return kind
        return None
