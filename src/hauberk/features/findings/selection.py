"""Which findings: the root of every read, and the ids that a bulk act goes through."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from hauberk.db.models.asset import Asset
from hauberk.db.models.finding import Finding
from hauberk.db.query import Asker, FindingQuery
from hauberk.domain.permissions import Actor
from hauberk.domain.query import parse
from hauberk.kit.ids import PublicIds

finding = Finding.__table__
asset = Asset.__table__.c


def visible_to(actor: Actor, *, also_joined: bool = False) -> Select[Any]:
    """Findings of an asset that is being deleted are gone already; what was joined into another is none of its own."""
    deleted = select(asset.id).where(
        asset.organization_id == actor.organization_id, asset.deleted_at.is_not(None)
    )
    seen = select(finding).where(
        finding.c.organization_id == actor.organization_id,
        finding.c.asset_id != func.all(func.array(deleted.scalar_subquery())),
    )
    return seen if also_joined else seen.where(finding.c.joined_into_id.is_(None))


def by_query(connection: Connection, actor: Actor, public_ids: PublicIds, query: str) -> Sequence[Row[Any]]:
    """(asset_id, id) of what the query finds now, in the order in which they are locked."""
    asked = FindingQuery(parse(query), Asker.now_as(actor, public_ids))
    found = connection.execute(asked.look_up).all() if asked.look_up is not None else []
    return _ordered(connection, visible_to(actor).where(asked.condition(found)))


def by_number(connection: Connection, actor: Actor, numbers: Sequence[int]) -> Sequence[Row[Any]]:
    return _ordered(connection, visible_to(actor).where(finding.c.id.in_(numbers)))


def _ordered(connection: Connection, matching: Select[Any]) -> Sequence[Row[Any]]:
    narrow: Select[Any] = matching.with_only_columns(finding.c.asset_id, finding.c.id)
    return connection.execute(narrow.order_by(finding.c.asset_id, finding.c.id)).all()
