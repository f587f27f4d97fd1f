"""Reads of the changes of many findings: those that were made, and what is left of one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Row, Select, and_, cast, exists, func, not_, or_, select, text
from sqlalchemy.dialects.postgresql import JSONB

from hauberk.db.models.bulk_change import BulkChange
from hauberk.db.models.identity import User
from hauberk.db.models.job import IS_BULK_CHANGE, Job
from hauberk.db.repository import DbSession, Order, PageRequest, fetch_page
from hauberk.domain.permissions import Actor
from hauberk.features.findings.change import Change
from hauberk.features.findings.selection import finding, visible_to
from hauberk.features.findings.writing import SET_BY_PEOPLE
from hauberk.kit.page import Page

_UNDOES = cast(Job.arguments["of_job"].astext, BigInteger)
_UNENDED = ("accepted", "running")


@dataclass(frozen=True)
class Made:
    id: int
    state: str
    created_at: datetime
    finished_at: datetime | None
    actor_name: str | None
    change: Change | None
    assignee_name: str | None
    query: str | None
    result: dict[str, Any] | None
    undoes: int | None
    undone_by: int | None
    can_undo: bool


class Standing(NamedTuple):
    would_undo: int
    changed_since: int


class BulkChangeRepository:
    def __init__(self, session: DbSession) -> None:
        self.session = session

    async def page(self, actor: Actor, request: PageRequest) -> Page[Made]:
        kept = exists().where(BulkChange.organization_id == Job.organization_id, BulkChange.job_id == Job.id)
        columns = (Job.id, Job.state, Job.created_at, Job.finished_at, Job.arguments, Job.result)
        statement = _made(actor, *columns, kept.label("is_kept"))
        found = await fetch_page(self.session, statement, Order.by(Job.id, descending=True), request)
        undone = await self._undone(actor, [row.id for row in found.items])
        names = await self._names(row.arguments.get("change", {}).get("assignee_id") for row in found.items)
        return found.map(lambda row: _told(row, undone, names))

    async def standing(self, actor: Actor, job_id: int) -> Standing | None:
        """None where the job is no change of many findings."""
        if (await self.session.execute(_made(actor, Job.id).where(Job.id == job_id))).one_or_none() is None:
            return None
        now = func.jsonb_build_object(
            *(part for name in SET_BY_PEOPLE for part in (text(f"'{name}'"), finding.c[name])),
            type_=JSONB,
        )
        # Of a list, jsonb contains also a part.
        tags = BulkChange.after["tags"]
        has_its_tags = or_(tags.is_(None), tags == func.to_jsonb(finding.c.tags))
        is_as_left = and_(now.contains(BulkChange.after), has_its_tags)
        counted = (
            visible_to(actor, also_joined=True)
            .join(
                BulkChange,
                (BulkChange.organization_id == finding.c.organization_id)
                & (BulkChange.finding_id == finding.c.id),
            )
            .where(BulkChange.job_id == job_id)
            .with_only_columns(func.count().filter(is_as_left), func.count().filter(not_(is_as_left)))
        )
        return Standing(*(await self.session.execute(counted)).one())

    async def _undone(self, actor: Actor, jobs: list[int]) -> dict[int, int]:
        statement = (
            _made(actor, _UNDOES.label("undoes"), func.max(Job.id).label("by"))
            .where(_UNDOES.in_(jobs))
            .group_by(_UNDOES)
        )
        return {row.undoes: row.by for row in await self.session.execute(statement)}

    async def _names(self, people: Iterable[int | None]) -> dict[int | None, str]:
        wanted = select(User.id, User.name).where(User.id.in_(set(people) - {None}))
        return {row.id: row.name for row in await self.session.execute(wanted)}


def _made(actor: Actor, *columns: Any) -> Select[Any]:
    return select(*columns).where(Job.organization_id == actor.organization_id, text(IS_BULK_CHANGE))


def _told(row: Row[Any], undone: dict[int, int], names: dict[int | None, str]) -> Made:
    arguments = row.arguments
    change = arguments.get("change")
    return Made(
        id=row.id,
        state=row.state,
        created_at=row.created_at,
        finished_at=row.finished_at,
        actor_name=arguments.get("actor_name"),
        change=None if change is None else Change.of_json(change),
        assignee_name=names.get(change and change.get("assignee_id")),
        query=None if change is None or arguments.get("numbers") is not None else arguments.get("query", ""),
        result=row.result,
        undoes=arguments.get("of_job"),
        undone_by=undone.get(row.id),
        can_undo=row.is_kept and row.state not in _UNENDED,
    )
