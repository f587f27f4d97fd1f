"""Problem documents: every refusal and every failure, from whatever layer, as RFC 9457 has it, and nothing of the inside."""

import http
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from hauberk.api import counting
from hauberk.api.route import template
from hauberk.infra import telemetry
from hauberk.kit import errors

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:hauberk:problem:"
MAX_ERRORS = 50

_STATUS: dict[type[errors.Refusal], int] = {
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.Conflict: 409,
    errors.Forbidden: 403,
    errors.Unauthenticated: 401,
    errors.Invalid: 422,
    errors.TooLarge: 413,
    errors.UnsupportedMedia: 415,
    errors.RateLimited: 429,
    errors.Unavailable: 503,
    errors.StorageFull: 507,
}
_TITLES = {
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    413: "Too large",
    422: "Some values cannot be accepted",
    500: "Something went wrong here",
    460: "Checksum mismatch",
    503: "Not available just now",
    504: "Took too long",
}
_KNOWN = frozenset(http.HTTPStatus)
_QUERY_CANCELLED = "57014"
_LOCK_NOT_AVAILABLE = "55P03"
_NO_TEXT = ("22021", "22P05")  # a NUL in text, or escaped in JSON
_TRY_AGAIN = frozenset({"40001", "40P01", "53300", "57P01", "57P03"})

_log = structlog.get_logger("hauberk.api")


def problem(
    status: int,
    detail: str,
    *,
    path: str,
    code: str | None = None,
    headers: dict[str, str] | None = None,
    wrong: list[dict[str, str]] | None = None,
) -> JSONResponse:
    """The answer itself; its request id is the one that the logs carry."""
    phrase = _TITLES[status] if status not in _KNOWN else http.HTTPStatus(status).phrase
    body: dict[str, Any] = {
        "type": TYPE + (code or phrase.lower().replace(" ", "_").replace("-", "_")),
        "title": _TITLES.get(status, phrase.capitalize()),
        "status": status,
        "detail": detail,
        "instance": path,
        "request_id": telemetry.request_id.get() or "",
    }
    if wrong is not None:
        body["errors"] = wrong
    return JSONResponse(body, status_code=status, headers=headers, media_type=MEDIA_TYPE)


def refusal_status(error: errors.Refusal) -> int:
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 400)


async def _on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.Refusal)
    headers = {}
    if isinstance(error, errors.Forbidden):
        counting.DENIED.labels(template(request.scope)).inc()
    if isinstance(error, errors.RateLimited | errors.Unavailable):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, errors.Unauthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="hauberk"'
    wrong = [each._asdict() for each in error.errors] if isinstance(error, errors.Invalid) else None
    return problem(
        refusal_status(error),
        error.message,
        path=request.url.path,
        code=error.code,
        headers=headers,
        wrong=wrong,
    )


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    wrong = [
        {"pointer": pointer_of(each["loc"]), "message": sentence(each)}
        for each in error.errors()[:MAX_ERRORS]
    ]
    detail = " ".join(f"{each['pointer'].lstrip('/') or 'The body'}: {each['message']}" for each in wrong[:3])
    return problem(422, detail, path=request.url.path, code="invalid", wrong=wrong)


def pointer_of(location: tuple[int | str, ...]) -> str:
    """`("body", "tags", 0)` is `/tags/0`: where a value came in says its request, not its pointer."""
    parts = [str(part).replace("~", "~0").replace("/", "~1") for part in location[1:]]
    return "/" + "/".join(parts) if parts else ""


def sentence(error: dict[str, Any]) -> str:
    """Pydantic's message as a sentence, without the value that was sent."""
    if error["type"] == "missing":
        return "This is needed."
    if error["type"] == "extra_forbidden":
        return "There is no such field."
    if error["type"] == "json_invalid":
        return "This is not JSON."
    if error["type"].startswith("date_from_datetime"):
        return "Give a day such as 2026-01-31, without a time."
    message = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input ").rstrip(".")
    return message[:1].upper() + message[1:] + "."


async def _on_http(request: Request, error: Exception) -> Response:
    """What the framework itself refuses: unknown routes, methods, bodies that are too large or cannot be read."""
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, UnicodeDecodeError | RecursionError):  # JSON that its reader stumbles over
        wrong = [{"pointer": "", "message": "This is not JSON in UTF-8, or is nested too deeply."}]
        return problem(422, wrong[0]["message"], path=request.url.path, code="invalid", wrong=wrong)
    details = {
        404: "There is nothing at this address.",
        405: f"{request.method} is not possible here.",
        413: "The body is larger than this address takes.",
    }
    detail = details.get(error.status_code) or (
        error.detail if isinstance(error.detail, str) else "The request cannot be read."
    )
    return problem(error.status_code, detail, path=request.url.path, headers=dict(error.headers or {}))


async def _on_pool_timeout(request: Request, _error: Exception) -> Response:
    return problem(
        503,
        "All database connections are in use; try again.",
        path=request.url.path,
        code="overloaded",
        headers={"Retry-After": "2"},
    )


async def _on_database(request: Request, error: Exception) -> Response:
    """A server that is gone or busy is 503, a statement over its time limit 504; anything else is a fault of ours."""
    assert isinstance(error, DBAPIError)
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(error, DataError) and (state in _NO_TEXT or "NUL" in str(error.orig)):
        wrong = [{"pointer": "", "message": "Text cannot hold the character NUL."}]
        return problem(422, wrong[0]["message"], path=request.url.path, code="invalid", wrong=wrong)
    if state == _QUERY_CANCELLED:
        return problem(
            504, "The database took too long; narrow the filter.", path=request.url.path, code="timeout"
        )
    if state == _LOCK_NOT_AVAILABLE:
        return problem(
            503,
            "Something else is changing this just now; nothing was changed. Try again.",
            path=request.url.path,
            code="busy",
            headers={"Retry-After": "2"},
        )
    if state in _TRY_AGAIN or (
        isinstance(error, OperationalError | InterfaceError) and (state is None or state.startswith("08"))
    ):
        _log.warning("database_unavailable", sqlstate=state, error=type(error.orig).__name__)
        return problem(
            503,
            "The database cannot be reached just now; nothing was changed. Try again.",
            path=request.url.path,
            code="unavailable",
            headers={"Retry-After": "5"},
        )
    return failure(request.url.path, error)


def failure(path: str, error: Exception) -> Response:
    """An error that nobody foresaw: told to the logs in full, to the caller only by its request id."""
    _log.error("request_failed", path=path, exc_info=error)
    return problem(
        500,
        "The error was noted. If it happens again, tell your administrator the request id.",
        path=path,
        code="internal",
    )


def install(app: FastAPI) -> None:
    app.add_exception_handler(errors.Refusal, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(PoolTimeoutError, _on_pool_timeout)
    app.add_exception_handler(DBAPIError, _on_database)
