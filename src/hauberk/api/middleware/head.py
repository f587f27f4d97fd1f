"""The head of a request: an address or headers beyond any honest use are refused before anything is done with them."""

from starlette.responses import Response
from starlette.types import Scope

from hauberk.api.problems import problem

MAX_TARGET_BYTES = 8 * 1024
MAX_HEADERS = 100
MAX_HEADER_BYTES = 32 * 1024


def too_large(scope: Scope) -> Response | None:
    """The refusal, or None for a head of ordinary size."""
    path = scope["path"]
    if len(path) + len(scope["query_string"]) > MAX_TARGET_BYTES:
        detail = f"An address has at most {MAX_TARGET_BYTES:,} bytes; send long queries to a route that takes a body."
        return problem(414, detail, path=path[:200], code="address_too_long")
    headers = scope["headers"]
    if len(headers) > MAX_HEADERS or sum(len(k) + len(v) for k, v in headers) > MAX_HEADER_BYTES:
        detail = f"A request has at most {MAX_HEADERS} headers, together of {MAX_HEADER_BYTES:,} bytes."
        return problem(431, detail, path=path, code="headers_too_large")
    return None
