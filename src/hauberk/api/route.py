"""Which route a request was for, as logs, metrics and traces name it."""

from starlette.types import Scope


def template(scope: Scope) -> str:
    """The route's own path, never the raw one: every unknown path is one name."""
    inner = scope.get("fastapi") or {}
    chosen = inner.get("effective_route_context") or scope.get("route")
    found: str | None = getattr(chosen, "path_format", None)
    return found or ("/api/{unknown}" if scope["path"].startswith("/api/") else "/{page}")
