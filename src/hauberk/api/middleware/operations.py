"""What a route says of itself that its request has to know before it is chosen: what it takes, answers, and for how long."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from re import Pattern
from typing import Any

from fastapi.datastructures import DefaultPlaceholder
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from fastapi.utils import is_body_allowed_for_status_code
from starlette.routing import BaseRoute, compile_path
from starlette.types import Scope


@dataclass(frozen=True)
class Operation:
    """Kinds of content are media types; `transfer`: see `Operations.transfer`."""

    takes: tuple[str, ...]
    gives: tuple[str, ...]
    transfer: str | None


class Operations:
    """By method and path, of every route that is described, however its routers are nested.

    From the routes: the document says the same, but making it takes half a second of every process that starts.
    """

    def __init__(self) -> None:
        self._all: list[tuple[str, Pattern[str], Operation]] = []
        self._transfers: list[tuple[str, Pattern[str], Operation]] = []

    def read(self, routes: list[BaseRoute]) -> None:
        self._all = [
            (method, compile_path(path)[0], operation) for method, path, operation in operations_of(routes)
        ]
        self._transfers = [each for each in self._all if each[2].transfer is not None]

    def find(self, scope: Scope) -> Operation | None:
        return _find(self._all, scope)

    def transfer(self, scope: Scope) -> str | None:
        """`upload` or `stream` for routes that move bytes for longer than a request may take, and say so."""
        state = scope["state"]
        if "transfer" not in state:
            found = _find(self._transfers, scope)
            state["transfer"] = found.transfer if found is not None else None
        kind: str | None = state["transfer"]
        return kind


def operations_of(routes: list[BaseRoute]) -> Iterator[tuple[str, str, Operation]]:
    """Method, path and what is said of it."""
    for route in iter_route_contexts(routes):
        if isinstance(route.original_route, APIRoute) and route.include_in_schema:
            extra = route.openapi_extra or {}
            body = route.body_field
            takes = [] if body is None else [body.field_info.media_type]
            operation = Operation(
                takes=_once(takes, extra.get("requestBody", {}).get("content", ())),
                gives=_once(*_answers(route)),
                transfer=extra.get("x-transfer"),
            )
            for method in sorted(route.methods or ()):
                yield method, route.path_format or "", operation


def _answers(route: RouteContext) -> Iterator[Iterable[str]]:
    answer = route.response_class
    if isinstance(answer, DefaultPlaceholder):
        answer = answer.value
    if answer.media_type and is_body_allowed_for_status_code(route.status_code or HTTPStatus.OK):
        yield (answer.media_type,)
    for code, described in (route.responses or {}).items():
        if str(code) < "400":
            yield described.get("content", ())


def _once(*kinds: Iterable[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(kind for some in kinds for kind in some))


def _find(among: list[tuple[str, Pattern[str], Operation]], scope: Scope) -> Operation | None:
    for method, path, operation in among:
        if scope["method"] == method and path.match(scope["path"]):
            return operation
    return None
