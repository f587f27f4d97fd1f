"""Reads of findings as they were at an instant: the list, its counts and its facets, by the statements of the present."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import Query
from sqlalchemy import ColumnElement, Row, Select, func

from hauberk.db.as_of import kept_looking_back, looking_back
from hauberk.db.driver import fetch
from hauberk.db.query import Asker, By, FindingQuery, Ids
from hauberk.db.repository import DbSession, PageRequest
from hauberk.domain.permissions import Actor
from hauberk.domain.query import parse
from hauberk.features.findings import cutting
from hauberk.features.findings.facets import Facets, facet_statements, read_facets
from hauberk.features.findings.repository import FindingRepository
from hauberk.features.findings.selection import visible_to
from hauberk.features.findings.shape import SHOWN
from hauberk.kit import clock
from hauberk.kit.errors import Invalid
from hauberk.kit.ids import PublicIds

MAX_FACETED = 20_000
"""Each finding is computed as it was: beyond, counts are said not to be exact."""
AsOf = Annotated[
    str | None,
    Query(
        max_length=40,
        description="As it was at this instant: `2026-01-31T12:00:00Z`, or a day for its end (UTC)",
        examples=["2026-01-31"],
    ),
]


class PastFindingRepository(FindingRepository):
    """As `FindingRepository`, at an instant. The order is today's priority."""

    def __init__(self, session: DbSession, public_ids: PublicIds, at: datetime) -> None:
        super().__init__(session, public_ids)
        self._at = at

    async def _cut(self, actor: Actor, query: str, request: PageRequest, at: dict[str, Any]) -> Any:
        matching = visible_to(actor).where(await self.condition(actor, parse(query)))
        statement = cutting.cut([cutting.Way(matching, matching)], request.sort, request.limit, at)
        return (await self._rows(self._then(actor, statement))).one()

    async def _shown(self, actor: Actor, ids: Sequence[int]) -> Sequence[Any]:
        if not ids:
            return []
        return await fetch(self.session, kept_looking_back(SHOWN, actor.organization_id, self._at), ids=ids)

    async def count(self, actor: Actor, query: str) -> int:
        matching = visible_to(actor).where(await self.condition(actor, parse(query)))
        counted = matching.with_only_columns(func.count(), maintain_column_froms=True)
        return int((await self._rows(self._then(actor, counted))).scalar_one())

    async def facets(self, actor: Actor, query: str) -> Facets:
        found: list[Row[Any]] = []
        for facets, node in facet_statements(parse(query)):
            matching = visible_to(actor).where(await self.condition(actor, node))
            statement = read_facets(matching, facets, actor.organization_id, at_most=MAX_FACETED)
            found += (await self._rows(self._then(actor, statement))).all()
        return Facets(found, at_most=MAX_FACETED)

    async def _of_many_places(self, query: FindingQuery, ids: Ids) -> ColumnElement[bool]:
        """What an index knows of claims is whether they stand today."""
        return query.of_ids(ids, By.NUMBERS)

    def _then(self, actor: Actor, statement: Select[Any]) -> Select[Any]:
        return looking_back(statement, actor.organization_id, self._at)

    def _asker(self, actor: Actor) -> Asker:
        return Asker(actor.organization_id, actor.user_id, self._public_ids, self._at, is_unordered=True)


def repository_at(session: DbSession, public_ids: PublicIds, as_of: str | None) -> FindingRepository:
    """Of the present, unless a past instant is asked for."""
    if as_of is None:
        return FindingRepository(session, public_ids)
    return PastFindingRepository(session, public_ids, instant_of(as_of))


def instant_of(spelled: str) -> datetime:
    """A day counts to its end; without a zone it is UTC. What has not happened yet is refused."""
    try:
        at = datetime.fromisoformat(spelled)
        if len(spelled) <= len("2026-01-31"):
            at = datetime.combine(at.date(), time(), UTC) + timedelta(days=1, microseconds=-1)
            return min(at, clock.now()) if at.date() == clock.now().date() else _past(at)
    except ValueError:
        raise Invalid([("/as_of", "Give an instant such as 2026-01-31T12:00:00Z, or a day.")]) from None
    return _past(at if at.tzinfo else at.replace(tzinfo=UTC))


def _past(at: datetime) -> datetime:
    if at > clock.now():
        raise Invalid([("/as_of", "This instant is still to come.")])
    return at
