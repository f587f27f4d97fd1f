"""Media types: a body of a kind that a route does not take is 415, an answer that it cannot give is 406, both in words."""

from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send

from hauberk.api.middleware.operations import Operations
from hauberk.api.middleware.request import header
from hauberk.api.problems import problem

_BODIES = frozenset({"POST", "PUT", "PATCH"})
_PACKED = "Send the body as it is, without Content-Encoding: {}. A report itself may be a gzip or ZIP file."


class NegotiationMiddleware:
    """Almost every request sends JSON and takes anything: only for the others is the route looked up."""

    def __init__(self, app: ASGIApp, *, operations: Operations) -> None:
        self.app = app
        self.operations = operations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = None
        if scope["type"] == "http":
            refused = self._wrong_body(scope) or self._wrong_answer(scope)
        if refused is None:
            await self.app(scope, receive, send)
            return
        status, code, detail = refused
        await problem(status, detail, path=scope["path"], code=code)(scope, receive, send)

    def _wrong_body(self, scope: Scope) -> tuple[int, str, str] | None:
        if scope["method"] not in _BODIES:
            return None
        packed = header(scope, b"content-encoding").strip().lower()
        if packed not in ("", "identity"):
            return 415, "unsupported_encoding", _PACKED.format(packed[:40])
        given = header(scope, b"content-type")
        kind = given.partition(";")[0].strip().lower()
        if _is_json(kind) or not (kind or header(scope, b"content-length") not in ("", "0")):
            return None
        operation = self.operations.find(scope)
        if operation is None or not operation.takes or kind in operation.takes:
            return None
        said = f"not {kind[:80]}" if kind else "and says so in Content-Type"
        return 415, "unsupported_media", f"This address takes {_listed(operation.takes)}, {said}."

    def _wrong_answer(self, scope: Scope) -> tuple[int, str, str] | None:
        accepted = header(scope, b"accept").lower()
        if not accepted or "*/*" in accepted or "json" in accepted:
            return None
        operation = self.operations.find(scope)
        if operation is None:
            return None
        given = [kind.partition(";")[0] for kind in operation.gives]
        if not given or any(_takes(accepted, kind) for kind in given):
            return None
        return 406, "not_acceptable", f"This address answers {_listed(given)}, which Accept leaves out."


def _is_json(kind: str) -> bool:
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _takes(accepted: str, kind: str) -> bool:
    ranges = {each.partition(";")[0].strip() for each in accepted.split(",")}
    return kind in ranges or f"{kind.partition('/')[0]}/*" in ranges


def _listed(kinds: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(kinds))
