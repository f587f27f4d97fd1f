"""Reads of findings: pages of the stream, one of them, and who may be named in a change."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Executable, Result, Row, Select, exists, func, select

from hauberk.db.driver import Kept, fetch
from hauberk.db.facet_counts import is_counted
from hauberk.db.models.bulk_change import BulkChange
from hauberk.db.models.finding import Comment
from hauberk.db.models.identity import Membership, User
from hauberk.db.models.job import Job
from hauberk.db.query import MANY_PLACES, MAX_PLACES, Asker, By, FindingQuery, Ids, parameters_of
from hauberk.db.repository import DbSession, PageRequest
from hauberk.domain.permissions import Actor
from hauberk.domain.query import Node, parse
from hauberk.features.findings import cutting, listing
from hauberk.features.findings.facets import (
    Facets,
    facet_statements,
    is_among_largest,
    more_than_ranked,
    read_facets,
    sums_of_facets,
)
from hauberk.features.findings.selection import finding, visible_to
from hauberk.features.findings.shape import ORDERS, SHOWN
from hauberk.kit.errors import NotFound
from hauberk.kit.ids import PublicIds
from hauberk.kit.page import MAX_TOTAL, Page, capped_total, encode_cursor

_ASSET = Kept(
    b"select f.asset_id from finding f join asset a on a.organization_id = f.organization_id and a.id = f.asset_id"
    b" where f.organization_id = %(organization)s and f.id = %(finding)s"
    b" and f.joined_into_id is null and a.deleted_at is null",
    {},
    prepares=True,
)


class FindingRepository:
    """A page takes two statements: which findings and how many, then what is shown; one more when words are looked up."""

    def __init__(self, session: DbSession, public_ids: PublicIds) -> None:
        self.session = session
        self._public_ids = public_ids

    async def page(self, actor: Actor, query: str, request: PageRequest) -> Page[Any]:
        order = ORDERS[request.sort]
        at = cutting.position(request)
        found = await self._cut(actor, query, request, at)
        ids, has_more = (found.ids or [])[: request.limit], len(found.ids or []) > request.limit
        page = await self._shown(actor, ids)
        counted = len(ids) if found.counted is None else found.counted
        last = [getattr(page[-1], key.column.name) for key in order.keys] if has_more and page else []
        cursor = encode_cursor(request.sort, last) if last else None
        return Page(page, cursor, *capped_total(counted))

    async def _cut(self, actor: Actor, query: str, request: PageRequest, at: dict[str, Any]) -> Any:
        asked = listing.asked(actor, self._public_ids, query)
        found = await fetch(self.session, asked.look_up) if asked.look_up is not None else []
        ids = asked.query.ids(found)
        if asked.first is None:
            return await self._row(listing.whole, asked, ids, request, at)
        found = await self._row(listing.tried, asked, ids, request, at)
        if found.is_whole:
            return found
        make = listing.page_alone if found.counted > MAX_TOTAL else listing.whole
        return await self._row(make, asked, ids, request, at)

    async def _row(
        self, make: listing.Make, asked: listing.Asked, ids: Ids, request: PageRequest, at: dict[str, Any]
    ) -> Any:
        sort, limit = request.sort, request.limit
        kept = listing.kept(make, asked, ids, sort=sort, limit=limit, at=at)
        if kept is not None:
            return (await fetch(self.session, kept, **parameters_of(ids), **at))[0]
        return (await self._rows(make(asked, ids, sort, limit, at))).one()

    async def _shown(self, actor: Actor, ids: Sequence[int]) -> Sequence[Any]:
        if not ids:
            return []
        return await fetch(self.session, SHOWN, ids=ids, organization=actor.organization_id)

    async def all(self, actor: Actor, query: str, *, at_once: int) -> AsyncGenerator[Sequence[Any]]:
        """Every one of them, the most urgent first, as rows of a page and so many at once: found by one statement."""
        matching = visible_to(actor).where(await self.condition(actor, parse(query)))
        keys = ORDERS["-priority"].keys
        ids = matching.with_only_columns(finding.c.id).order_by(*(key.ordering for key in keys))
        connection = await self.session.connection()
        async with connection.stream(
            self._then(actor, ids), execution_options={"yield_per": at_once}
        ) as found:
            async for part in found.scalars().partitions():
                yield await self._shown(actor, part)

    def _then(self, actor: Actor, statement: Select[Any]) -> Select[Any]:  # noqa: ARG002 - it is for the past
        """The statement as of the moment that this reads."""
        return statement

    async def facets(self, actor: Actor, query: str) -> Facets:
        """What choosing each value would give, with the other facets' filters kept."""
        found: list[Row[Any]] = []
        is_ranking_cut = False
        for facets, node in facet_statements(parse(query)):
            if not is_counted(node):
                matching = visible_to(actor).where(await self.condition(actor, node))
                found += (await self._rows(read_facets(matching, facets, actor.organization_id))).all()
                continue
            condition = await self._compiled(node, replace(self._asker(actor), is_unordered=True))
            matching = visible_to(actor).where(condition)
            for statement in sums_of_facets(matching, facets, node, actor.organization_id):
                found += (await self._rows(statement)).all()
            if "asset" in facets and is_among_largest(node):
                is_ranking_cut = bool(await self.session.scalar(more_than_ranked(actor.organization_id)))
        return Facets(found, is_ranking_cut=is_ranking_cut)

    async def condition(self, actor: Actor, node: Node | None) -> ColumnElement[bool]:
        return await self._compiled(node, self._asker(actor))

    def _asker(self, actor: Actor) -> Asker:
        return Asker.now_as(actor, self._public_ids)

    async def _compiled(self, node: Node | None, asker: Asker) -> ColumnElement[bool]:
        query = FindingQuery(node, asker)
        found = (await self._rows(query.look_up)).all() if query.look_up is not None else []
        ids = query.ids(found)
        if query.has_many_places(ids):
            return await self._of_many_places(query, ids)
        return query.of_ids(ids, By.NUMBERS)

    async def _of_many_places(self, query: FindingQuery, ids: Ids) -> ColumnElement[bool]:
        """Held by the statement itself; found from there, or where they are most, looked for among them."""
        driving = query.with_places(MAX_PLACES)
        if (await self._rows(select(driving.is_within_places))).scalar_one():
            return driving.of_ids(ids, By.PLACES)
        return query.with_places(MANY_PLACES).of_ids(ids, By.SETS)

    async def count(self, actor: Actor, query: str) -> int:
        """All of them: a bulk act compares the number with what its caller saw."""
        matching = visible_to(actor).where(await self.condition(actor, parse(query)))
        counted = matching.with_only_columns(func.count(), maintain_column_froms=True)
        return int((await self._rows(counted)).scalar_one())

    async def bulk_change(self, actor: Actor, job_id: int, kinds: Sequence[str]) -> Row[Any] | None:
        """The job's (state, is_kept: whether there is something to take back); None where it is none of these kinds."""
        kept = exists().where(
            BulkChange.organization_id == actor.organization_id, BulkChange.job_id == job_id
        )
        made: Executable = select(Job.state, kept.label("is_kept")).where(
            Job.organization_id == actor.organization_id, Job.id == job_id, Job.kind.in_(kinds)
        )
        return (await self._rows(made)).one_or_none()

    async def get(self, actor: Actor, number: int) -> Any:
        """As in a list. Raises NotFound for what does not exist and for what the actor may not see, alike."""
        found = await self._shown(actor, [number])
        if not found:
            raise NotFound("finding")
        return found[0]

    async def asset_of(self, actor: Actor, number: int) -> int:
        """The asset of a visible finding: what has to be locked before it is changed."""
        found = await fetch(self.session, _ASSET, finding=number, organization=actor.organization_id)
        if not found:
            raise NotFound("finding")
        return int(found[0].asset_id)

    async def is_member(self, actor: Actor, user_id: int) -> bool:
        statement = select(Membership.user_id).where(
            Membership.organization_id == actor.organization_id,
            Membership.user_id == user_id,
            Membership.is_disabled.is_(False),
        )
        return (await self._rows(statement)).first() is not None

    async def add_comment(self, actor: Actor, number: int, body: str) -> Row[Any]:
        comment = Comment(
            organization_id=actor.organization_id, finding_id=number, author_id=actor.user_id, body=body
        )
        self.session.add(comment)
        await self.session.flush()  # the answer shows its id and time
        statement = select(
            Comment.id, Comment.author_id, User.name.label("author_name"), Comment.body, Comment.created_at
        ).outerjoin(User, User.id == Comment.author_id)
        return (await self._rows(statement.where(Comment.id == comment.id))).one()

    async def _rows(self, statement: Executable) -> Result[Any]:
        """Past the ORM, whose part in a page would cost more than the page."""
        return await (await self.session.connection()).execute(statement)
