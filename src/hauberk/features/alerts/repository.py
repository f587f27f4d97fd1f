"""Rows of alerts and rules."""

from collections.abc import Iterable
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from hauberk.db.models.alert import Alert, AlertRule
from hauberk.db.models.identity import Membership, User
from hauberk.db.repository import DbSession, Order, Repository
from hauberk.domain.permissions import Actor
from hauberk.features.alerts import lifecycle
from hauberk.features.on_call.repository import people
from hauberk.kit.errors import NotFound


class AlertRepository(Repository[Alert]):
    model = Alert
    kind = "alert"
    orders: ClassVar[dict[str, Order]] = {
        "-id": Order.by(Alert.id, descending=True),
        "id": Order.by(Alert.id),
    }

    def visible_to(self, actor: Actor) -> Select[Alert]:
        """What only might become one is nobody's business yet."""
        return super().visible_to(actor).where(Alert.state != "pending")

    async def names(self, actor: Actor, alerts: Iterable[Alert]) -> dict[int, str]:
        """Of everybody who acknowledged or ended one of these."""
        numbers = {
            number
            for alert in alerts
            for number in (alert.acknowledged_by, alert.resolved_by)
            if number is not None
        }
        found = await self.in_transaction(
            lambda connection: people(connection, actor.organization_id, numbers)
        )
        return {number: person.name for number, person in found.items()}

    async def in_transaction(self, work: Any) -> Any:
        """Work of the scheduler's kind, in the transaction of this request."""
        connection = await self.session.connection()
        return await connection.run_sync(work)

    async def made(self, values: dict[str, Any]) -> Alert:
        alert = Alert(**values)
        await self.add(alert)
        await self.session.refresh(alert)
        return alert

    async def reread(self, alert: Alert) -> Alert:
        await self.session.refresh(alert)
        return alert

    async def of_link(self, organization_id: int, number: int) -> Alert:
        found = await self.session.scalar(
            select(Alert)
            .where(Alert.organization_id == organization_id, Alert.id == number)
            .with_for_update()
        )
        if found is None:
            raise NotFound("such link", code="link_over")
        return found

    async def member(self, organization_id: int, user_id: int) -> Any:
        """Whoever left, or was disabled, acknowledges nothing any more."""
        found = await self.session.execute(
            select(User.id, User.name, Membership.role)
            .join(Membership, Membership.user_id == User.id)
            .where(
                Membership.organization_id == organization_id,
                User.id == user_id,
                ~Membership.is_disabled,
                ~User.is_disabled,
            )
        )
        member = found.one_or_none()
        if member is None:
            raise NotFound("such link", code="link_over")
        return member


class RuleRepository:
    """What an organization changed of rules."""

    def __init__(self, session: DbSession) -> None:
        self.session = session

    async def is_operator(self, actor: Actor) -> bool:
        """Rules about the installation are its operator's."""
        found = await self.session.scalar(text("select operating_organization()"))
        return bool(found == actor.organization_id)

    async def kept(self, actor: Actor) -> dict[str, Row[Any]]:
        connection = await self.session.connection()
        return await connection.run_sync(_kept, actor.organization_id)

    async def change(self, actor: Actor, name: str, values: dict[str, Any]) -> None:
        await self.session.execute(
            upsert(AlertRule)
            .values(organization_id=actor.organization_id, name=name, **values)
            .on_conflict_do_update(index_elements=["organization_id", "name"], set_=values)
        )


def _kept(connection: Connection, organization_id: int) -> dict[str, Row[Any]]:
    return lifecycle.kept_rules(connection, organization_id)


def matching(
    *, state: str | None, rule: str | None, is_acknowledged: bool | None
) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if state is not None:
        where.append(Alert.state == state)
    if rule is not None:
        where.append(Alert.rule == rule)
    if is_acknowledged is not None:
        is_set = Alert.acknowledged_at.is_not(None)
        where.append(is_set if is_acknowledged else ~is_set)
    return where


def last_acknowledged(connection: Connection, organization_id: int) -> dict[int, Any]:
    """By person: when a test page was last acknowledged."""
    rows = connection.execute(
        select(Alert.acknowledged_by, func.max(Alert.acknowledged_at).label("at"))
        .where(
            Alert.organization_id == organization_id,
            Alert.rule == lifecycle.PAGE_TEST,
            Alert.acknowledged_by.is_not(None),
        )
        .group_by(Alert.acknowledged_by)
    )
    return {row.acknowledged_by: row.at for row in rows}
