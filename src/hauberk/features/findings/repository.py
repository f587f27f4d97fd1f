"""Reads of findings: pages of the stream, one finding with its history, and who may be named in a change."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Executable, Result, Row, func, literal, not_, or_, select, text
from sqlalchemy.orm import aliased

from hauberk.db.driver import fetch
from hauberk.db.facet_counts import is_counted
from hauberk.db.models.asset import AssetRef, Scope
from hauberk.db.models.event import Event
from hauberk.db.models.finding import Comment, Decision, Occurrence, RuleText
from hauberk.db.models.identity import Membership, User
from hauberk.db.models.scan import Scan
from hauberk.db.models.vex import VexStatement
from hauberk.db.query import Asker, By, FindingQuery, is_far
from hauberk.db.repository import DbSession, PageRequest
from hauberk.domain.permissions import Actor
from hauberk.domain.query import Node, parse
from hauberk.features.findings import listing
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
from hauberk.kit import clock
from hauberk.kit.errors import NotFound
from hauberk.kit.ids import PublicIds
from hauberk.kit.page import Page, capped_total, encode_cursor

MAX_OCCURRENCES = 500
MAX_HISTORY = 200
MAX_COMMENTS = 500

event = Event.__table__.c
occurrence = Occurrence.__table__.c

_OCCURRENCE = (
    "id",
    "severity",
    "location",
    "component",
    "first_seen_at",
    "opened_at",
    "closed_at",
    "close_reason",
)

PARTS = text("""
with recursive part as (
    select cast(:finding as int8) as id
    union
    select r.other_id from part
    join regrouping r on r.organization_id = :organization and r.finding_id = part.id and r.other_id is not null
        and (r.act = 'join') = (r.undone_at is null))
select id from part limit 1000
""")


class FindingRepository:
    """A page takes two statements: which findings and how many, then what is shown; one more when words are looked up."""

    def __init__(self, session: DbSession, public_ids: PublicIds) -> None:
        self.session = session
        self._public_ids = public_ids

    async def page(self, actor: Actor, query: str, request: PageRequest) -> Page[Any]:
        order = ORDERS[request.sort]
        at = listing.position(request)
        found = await self._cut(actor, query, request, at)
        ids, has_more = (found.ids or [])[: request.limit], len(found.ids or []) > request.limit
        page = await self._shown(actor, ids)
        counted = len(ids) if found.counted is None else found.counted
        last = [getattr(page[-1], key.column.name) for key in order.keys] if has_more and page else []
        cursor = encode_cursor(request.sort, last) if last else None
        return Page(page, cursor, *capped_total(counted))

    async def _cut(self, actor: Actor, query: str, request: PageRequest, at: dict[str, Any]) -> Any:
        kept = listing.kept(
            actor, self._public_ids, query, sort=request.sort, limit=request.limit, at=tuple(at)
        )
        if kept is not None:
            return (await fetch(self.session, kept, **at))[0]
        ways = await self._ways(actor, parse(query))
        return (await self._rows(listing.cut(ways, request.sort, request.limit, at))).one()

    async def _ways(self, actor: Actor, node: Node | None) -> list[listing.Way]:
        """By the places that its terms are about, unless those are too many; else there is one."""
        query = FindingQuery(node, self._asker(actor), by_places=True)
        found = (await self._rows(query.look_up)).all() if query.look_up is not None else []
        visible = visible_to(actor)
        each = visible.where(query.condition(found, By.EACH))
        is_within = query.is_within_places
        if is_within is None:
            return [listing.Way(each, each, is_far=is_far(node))]
        reached, walked = (visible.where(query.condition(found, by)) for by in (By.PLACES, By.WALK))
        return [
            listing.Way(reached, walked, is_within),
            listing.Way(each, each, not_(is_within), is_far=True),
        ]

    async def _shown(self, actor: Actor, ids: Sequence[int]) -> Sequence[Any]:
        if not ids:
            return []
        return await fetch(self.session, SHOWN, ids=ids, organization=actor.organization_id)

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
        return Asker(actor.organization_id, actor.user_id, self._public_ids, clock.now())

    async def _compiled(self, node: Node | None, asker: Asker) -> ColumnElement[bool]:
        query = FindingQuery(node, asker)
        found = (await self._rows(query.look_up)).all() if query.look_up is not None else []
        return query.condition(found)

    async def count(self, actor: Actor, query: str) -> int:
        """All of them: a bulk act compares the number with what its caller saw."""
        matching = visible_to(actor).where(await self.condition(actor, parse(query)))
        counted = matching.with_only_columns(func.count(), maintain_column_froms=True)
        return int((await self._rows(counted)).scalar_one())

    async def get(self, actor: Actor, number: int) -> Any:
        """As in a list. Raises NotFound for what does not exist and for what the actor may not see, alike."""
        visible = (
            visible_to(actor, also_joined=True).where(finding.c.id == number).with_only_columns(finding.c.id)
        )
        found = await self._shown(actor, (await self._rows(visible)).scalars().all())
        if not found:
            raise NotFound("finding")
        return found[0]

    async def texts(self, row: Row[Any]) -> Row[Any]:
        """The cold part: what the rule says, and the standing override of the severity."""
        overriding = (
            select(
                Decision.reason.label("override_reason"),
                Decision.decided_at.label("override_at"),
                User.id.label("override_by"),
                User.name.label("override_by_name"),
            )
            .outerjoin(User, User.id == Decision.decided_by)
            .where(
                Decision.organization_id == row.organization_id,
                Decision.finding_id == row.id,
                Decision.severity.is_not(None),
            )
            .order_by(Decision.id.desc())
            .limit(1)
            .subquery()
        )
        statement = (
            select(RuleText.description, RuleText.remediation, RuleText.references, overriding)
            .outerjoin(overriding, literal(row.severity_override is not None))
            .where(RuleText.organization_id == row.organization_id, RuleText.id == row.rule_text_id)
        )
        return (await self._rows(statement)).one()

    async def statement(self, row: Row[Any]) -> Row[Any] | None:
        """The supplier's statement that speaks for it."""
        if row.vex_statement_id is None:
            return None
        statement = (
            select(VexStatement.__table__, Scan.file_name)
            .outerjoin(
                Scan,
                (Scan.organization_id == VexStatement.organization_id)
                & (Scan.id == VexStatement.opened_scan_id),
            )
            .where(
                VexStatement.organization_id == row.organization_id, VexStatement.id == row.vex_statement_id
            )
        )
        return (await self._rows(statement)).one_or_none()

    async def occurrences(self, row: Row[Any]) -> Sequence[Row[Any]]:
        """Open ones first, oldest first; then the newest of the closed versions that nothing continues."""
        before = aliased(Occurrence)
        statement = (
            select(
                *(occurrence[name] for name in _OCCURRENCE),
                Scope.scanner,
                func.greatest(Occurrence.opened_at, Scope.last_complete_scan_at).label("seen_at"),
                AssetRef.name.label("ref"),
                AssetRef.is_tracked,
                before.close_reason.label("closed_before"),
            )
            .select_from(Occurrence)
            .outerjoin(
                before,
                (before.organization_id == occurrence.organization_id)
                & (before.id == occurrence.previous_id),
            )
            .join(
                Scope,
                (Scope.organization_id == occurrence.organization_id) & (Scope.id == occurrence.scope_id),
            )
            .join(
                AssetRef, (AssetRef.organization_id == Scope.organization_id) & (AssetRef.id == Scope.ref_id)
            )
            .where(
                occurrence.organization_id == row.organization_id,
                occurrence.finding_id == row.id,
                func.coalesce(occurrence.close_reason, "").not_in(("changed", "moved")),
            )
            .order_by(
                occurrence.closed_at.is_not(None), occurrence.closed_at.desc(), occurrence.first_seen_at
            )
            .order_by(occurrence.id)
            .limit(MAX_OCCURRENCES)
        )
        return (await self._rows(statement)).all()

    async def parts(self, row: Row[Any]) -> list[int]:
        """The finding and all that was joined into it: what was said of them is said of it now."""
        found = await self._rows(PARTS.bindparams(organization=row.organization_id, finding=row.id))
        return list(found.scalars())

    async def history(self, row: Row[Any], parts: Sequence[int]) -> Sequence[Row[Any]]:
        statement = (
            select(event.id, event.at, event.actor_id, event.actor_name, event.action, event.detail)
            .where(
                event.organization_id == row.organization_id,
                event.subject_type == "finding",
                event.subject_id.in_(parts),
                or_(event.subject_id == row.id, not_(event.detail.has_key("regrouping"))),  # told to both
            )
            .order_by(event.id.desc())
            .limit(MAX_HISTORY)
        )
        return (await self._rows(statement)).all()

    async def comments(self, row: Row[Any], parts: Sequence[int]) -> Sequence[Row[Any]]:
        statement = (
            select(
                Comment.id,
                Comment.author_id,
                User.name.label("author_name"),
                Comment.body,
                Comment.created_at,
            )
            .outerjoin(User, User.id == Comment.author_id)
            .where(Comment.organization_id == row.organization_id, Comment.finding_id.in_(parts))
            .order_by(Comment.id)
            .limit(MAX_COMMENTS)
        )
        return (await self._rows(statement)).all()

    async def asset_of(self, actor: Actor, number: int) -> int:
        """The asset of a visible finding: what has to be locked before it is changed."""
        statement = visible_to(actor).where(finding.c.id == number).with_only_columns(finding.c.asset_id)
        found = (await self._rows(statement)).scalar_one_or_none()
        if found is None:
            raise NotFound("finding")
        return int(found)

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
