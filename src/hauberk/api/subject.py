"""The routes of one file of endpoints, which are gone through only for an address that begins as one of them does."""

from fastapi import APIRouter
from fastapi.routing import iter_route_contexts
from starlette.routing import Match
from starlette.types import Scope

from hauberk.api.openapi import PREFIX


class Subject(APIRouter):
    """The framework tries one route after the other: of a hundred and fifty that costs more than many an answer."""

    def __init__(self, routes: APIRouter) -> None:
        super().__init__(redirect_slashes=False)
        self.include_router(routes, prefix=PREFIX)
        self._heads = frozenset(_head(each.path_format or "") for each in iter_route_contexts(self.routes))
        assert not any("{" in head for head in self._heads), "a route begins with a word"

    def may_have(self, path: str) -> bool:
        return _head(path) in self._heads

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return super().matches(scope) if self.may_have(scope["path"]) else (Match.NONE, {})


def _head(path: str) -> str:
    """`/api/v1/findings/fnd_…` is `/api/v1/findings`."""
    return "/".join(path.split("/", 4)[:4])
