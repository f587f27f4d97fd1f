"""What every endpoint stands on: the transaction of its request, public ids, pages and documented refusals."""

import http
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)
from sqlalchemy.ext.asyncio import AsyncSession

from hauberk.db.repository import DEFAULT_LIMIT, MAX_LIMIT, PageRequest
from hauberk.db.session import pause
from hauberk.features.identity.context import Context
from hauberk.kit import page
from hauberk.kit.errors import Invalid, NotFound
from hauberk.kit.ids import PublicIds

Item = TypeVar("Item")
Source = TypeVar("Source")

# Marks of routes that move bytes for longer than the 30 s of a request: `openapi_extra=UPLOAD`.
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
UPLOAD: dict[str, Any] = {"x-transfer": "upload"}
STREAM: dict[str, Any] = {"x-transfer": "stream"}
# Marks of routes that take something away, as every DELETE does: pages ask before, or offer to undo.
DESTROYS: dict[str, Any] = {"x-destroys": True}
# Marks of routes whose list has a bound of its own and is shown whole: the formats, a person's sessions (200).
FIXED: dict[str, Any] = {"x-fixed-list": True}

_KINDS = {
    "alr": "alert",
    "ast": "asset",
    "chn": "channel",
    "cmp": "component",
    "cmt": "comment",
    "dlv": "delivery",
    "esc": "escalation policy",
    "evt": "event",
    "fnd": "finding",
    "inv": "invitation",
    "job": "job",
    "map": "mapping",
    "occ": "occurrence",
    "org": "organization",
    "out": "undelivered event",
    "ovr": "override",
    "pol": "policy",
    "qtn": "quarantined file",
    "ref": "ref",
    "rgp": "regrouping",
    "sch": "schedule",
    "scn": "scan",
    "sec": "client secret",
    "ses": "session",
    "svc": "service account",
    "tok": "token",
    "upl": "upload",
    "usr": "user",
    "viw": "saved view",
    "vul": "vulnerability",
}


# Dependencies are `async`, also those that wait for nothing: the framework calls others in a thread of its pool.
async def context(request: Request) -> Context:
    found: Context = request.app.state.context
    return found


ContextDep = Annotated[Context, Depends(context)]


# A dependency that several ask for is made once, but what it depends on is gone through for each: so these take the
# request and nothing else.
async def session(request: Request) -> AsyncIterator[AsyncSession]:
    context: Context = request.app.state.context
    try:
        async with context.sessions.transaction(is_snapshot=_only_reads(request)) as opened:
            yield opened
    finally:
        reading: AsyncExitStack | None = getattr(request.state, "reading", None)
        if reading is not None:
            await reading.aclose()
    actor = getattr(request.state, "actor", None)
    if context.replica is not None and actor is not None and request.method not in SAFE_METHODS:
        await context.replica.wrote(actor.user_id)


# `scope="function"`: committed after the endpoint and before the answer is sent, so a failing commit is a 500.
SessionDep = Annotated[AsyncSession, Depends(session, scope="function")]


async def read_session(request: Request, primary: SessionDep) -> AsyncSession:
    """On the replica, where there is one that knows what the caller wrote; who he is, the primary has said before."""
    context: Context = request.app.state.context
    actor = getattr(request.state, "actor", None)
    if context.replica is None or actor is None or request.method not in SAFE_METHODS:
        return primary
    await pause(primary)
    request.state.reading = AsyncExitStack()
    reading = context.replica.reading(actor.organization_id, actor.user_id)
    return await request.state.reading.enter_async_context(reading) or primary


ReadSessionDep = Annotated[AsyncSession, Depends(read_session)]
_ONLY_READING: dict[Any, bool] = {}


def _only_reads(request: Request) -> bool:
    """What may go to the replica is of one moment also where there is none: no answer shows half of an import."""
    endpoint, route = request.scope.get("endpoint"), request.scope.get("route")
    if not isinstance(route, APIRoute) or request.method not in SAFE_METHODS:
        return False
    found = _ONLY_READING.get(endpoint)
    if found is None:
        found = _ONLY_READING[endpoint] = _is_asked_for(read_session, route.dependant)
    return found


def _is_asked_for(dependency: Callable[..., Any], by: Dependant) -> bool:
    return any(each.call is dependency or _is_asked_for(dependency, each) for each in by.dependencies)


class Ids:
    """Row numbers to public ids and back: `ids.encode("fnd", 7)`, `ids.decode("fnd", text)`."""

    def __init__(self, public_ids: PublicIds) -> None:
        self._public_ids = public_ids

    def encode(self, prefix: str, number: int) -> str:
        return self._public_ids.encode(prefix, number)

    def encode_or_none(self, prefix: str, number: int | None) -> str | None:
        return None if number is None else self._public_ids.encode(prefix, number)

    def decode(self, prefix: str, text: str) -> int:
        """Raises `NotFound` for anything that is not a public id of this kind."""
        try:
            return self._public_ids.decode(prefix, text)
        except NotFound as error:
            raise NotFound(_KINDS[prefix], text[:80]) from error


async def _ids(context: ContextDep) -> Ids:
    return Ids(context.public_ids)


IdsDep = Annotated[Ids, Depends(_ids)]


def _utc(value: datetime) -> str:
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")


Instant = Annotated[AwareDatetime, PlainSerializer(_utc, return_type=str, when_used="json")]


YEARS = range(1970, 3000)


def of_these_times(moment: datetime) -> datetime:
    """Near the ends of the calendar no other time zone can say it, and the driver cannot read it back."""
    if moment.year not in YEARS:
        raise ValueError(f"must be of the years {YEARS[0]} to {YEARS[-1]}")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(of_these_times)]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
"""One that people give."""


class Schema(BaseModel):
    """Base of every answer; no defaults, so that each field is always there."""

    model_config = ConfigDict(from_attributes=True)


class Named(Schema):
    """A thing that is called something: what it is shown as, and what it is asked for by."""

    id: str
    name: str

    @classmethod
    def person(cls, ids: "Ids", number: int | None, name: str | None) -> "Named | None":
        """Who did something; of whom is no longer there only that."""
        return None if number is None else cls(id=ids.encode("usr", number), name=name or "?")


class Payload(BaseModel):
    """Base of every request body: an unknown field is an error that names it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class PageSchema(Schema, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next_cursor: str | None = Field(description="Give it as `cursor` for the next page; null on the last one")
    total: int = Field(description="What the caller may see in all, counted up to 10,000")
    total_is_exact: bool

    @classmethod
    def of(cls, found: page.Page[Source], show: Callable[[Source], Item]) -> "PageSchema[Item]":
        return cls(
            items=[show(item) for item in found.items],
            next_cursor=found.next_cursor,
            total=found.total,
            total_is_exact=found.total_is_exact,
        )


def paging(*sorts: str) -> Callable[..., Awaitable[PageRequest]]:
    """The paging parameters of a list that offers these sorts, the first being its default."""
    offered: dict[str, Any] = {"enum": list(sorts)}

    async def requested(
        limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Items on the page")] = DEFAULT_LIMIT,
        cursor: Annotated[str | None, Query(description="`next_cursor` of the page before")] = None,
        offset: Annotated[
            int | None, Query(ge=0, le=page.MAX_OFFSET, description="Items to skip; not with `cursor`")
        ] = None,
        sort: Annotated[str, Query(description="Order of the list", json_schema_extra=offered)] = sorts[0],
    ) -> PageRequest:
        if cursor is not None and offset is not None:
            raise Invalid([("/offset", "Give `cursor` or `offset`, not both.")])
        if sort not in sorts:
            raise Invalid([("/sort", f"This list can be sorted by {', '.join(sorts)}.")])
        return PageRequest(sort=sort, limit=limit, cursor=cursor, offset=offset)

    return requested


class ProblemError(Schema):
    """One wrong value of a request."""

    pointer: str = Field(examples=["/severity"])
    message: str


class Problem(Schema):
    """A refusal, as RFC 9457 has it."""

    type: str = Field(examples=["urn:hauberk:problem:not_found"])
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no finding fnd_0000000000000."])
    instance: str = Field(examples=["/api/v1/findings/fnd_0000000000000"])
    request_id: str = Field(examples=["0193f2c8e1a07c4e9b1d2f3a4b5c6d7e"])
    errors: list[ProblemError] | None = Field(default=None, description="On 422: every wrong value")


_MEANINGS = {
    400: "The request cannot be read.",
    401: "Nobody, or nobody any more, is signed in.",
    403: "The caller may not do this.",
    404: "There is none, or the caller may not know of it.",
    406: "`Accept` leaves out what this address answers.",
    409: "It collides with what is there already, or comes at the wrong moment.",
    410: "It was here, and is gone.",
    412: "It does not meet what this address asks for first, as a version of the protocol.",
    413: "More bytes than the limit allows.",
    414: "The address is longer than 8,192 bytes; a route that takes a body takes more.",
    415: "The content is of no kind that is understood here.",
    422: "Values that cannot be accepted, all of them named.",
    429: "Too many requests; `Retry-After` says when to come back.",
    500: "Something went wrong here; the request id finds it in the logs.",
    503: "Something needed is down or overloaded; try again after `Retry-After`.",
    504: "It took longer than 30 seconds and was given up.",
    507: "The storage is full; nothing was kept.",
}
_WAITING = {429, 503}


def _example(code: int) -> dict[str, Any]:
    phrase = http.HTTPStatus(code).phrase
    found: dict[str, Any] = {
        "type": f"urn:hauberk:problem:{phrase.lower().replace(' ', '_').replace('-', '_')}",
        "title": phrase.capitalize(),
        "status": code,
        "detail": _MEANINGS[code].replace("`", ""),
        "instance": "/api/v1/findings/fnd_0000000000000",
        "request_id": "0193f2c8e1a07c4e9b1d2f3a4b5c6d7e",
    }
    if code == 422:
        found["errors"] = [{"pointer": "/severity", "message": "There is no such severity."}]
    return found


def refusals(*codes: int) -> dict[int | str, dict[str, Any]]:
    """`responses=refusals(404, 409)`: the problem documents that a route may answer with."""
    schema = {"$ref": "#/components/schemas/Problem"}
    found: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        content = {"application/problem+json": {"schema": schema, "example": _example(code)}}
        found[code] = {"description": _MEANINGS[code], "content": content}
        if code in _WAITING:
            wait = {"description": "Seconds to wait", "schema": {"type": "integer"}}
            found[code]["headers"] = {"Retry-After": wait}
    return found


EVERYWHERE = (401, 403, 406, 422, 429, 500, 503, 504)
