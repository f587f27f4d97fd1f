"""Reads and rows of channels and of the ledger."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError

from hauberk.db.models.notification import NotificationAttempt, NotificationChannel, NotificationDelivery
from hauberk.db.repository import Order, Repository
from hauberk.domain.alert import Notice
from hauberk.domain.permissions import Actor
from hauberk.features.notifications import ledger
from hauberk.features.notifications.schemas import Seen
from hauberk.kit import clock
from hauberk.kit.errors import Conflict

LOOKED_AT: Final = 500


class ChannelRepository(Repository[NotificationChannel]):
    model = NotificationChannel
    kind = "channel"
    orders: ClassVar[dict[str, Order]] = {
        "id": Order.by(NotificationChannel.id),
        "-id": Order.by(NotificationChannel.id, descending=True),
    }

    async def save(self) -> None:
        """What was changed is written now, so that a name that is taken is told to whoever chose it."""
        try:
            await self.session.flush()
        except IntegrityError as error:
            raise Conflict("There is a channel of this name already.", code="name_taken") from error

    async def insert(self, channel: NotificationChannel) -> None:
        self.session.add(channel)
        await self.save()

    async def seen(self, actor: Actor, channel_ids: Sequence[int]) -> dict[int, Seen]:
        """What the ledger says of these: when each was last accepted, and what went wrong since."""
        delivery = NotificationDelivery
        rows = await self.session.execute(
            select(
                delivery.channel_id,
                func.max(delivery.ended_at).filter(delivery.state == "delivered").label("accepted_at"),
                func.max(delivery.created_at).filter(delivery.error.is_not(None)).label("failed_at"),
                func.max(delivery.id).filter(delivery.error.is_not(None)).label("failed"),
            )
            .where(
                delivery.organization_id == actor.organization_id,
                delivery.channel_id.in_(channel_ids),
                delivery.state != "dropped",
            )
            .group_by(delivery.channel_id)
        )
        found = rows.all()
        errors = await self._errors(actor, [row.failed for row in found if row.failed])
        return {
            row.channel_id: Seen(
                accepted_at=row.accepted_at, failed_at=row.failed_at, error=errors.get(row.failed)
            )
            for row in found
        }

    async def _errors(self, actor: Actor, deliveries: Sequence[int]) -> dict[int, str]:
        delivery = NotificationDelivery
        rows = await self.session.execute(
            select(delivery.id, delivery.error).where(
                delivery.organization_id == actor.organization_id, delivery.id.in_(deliveries)
            )
        )
        return {row.id: row.error or "" for row in rows}

    async def tell(self, channel: NotificationChannel, notice: Notice) -> int | None:
        connection = await self.session.connection()
        return await connection.run_sync(ledger.tell_channel, channel.organization_id, notice, channel.id)


class DeliveryRepository(Repository[NotificationDelivery]):
    model = NotificationDelivery
    kind = "delivery"
    orders: ClassVar[dict[str, Order]] = {
        "-id": Order.by(NotificationDelivery.id, descending=True),
        "id": Order.by(NotificationDelivery.id),
    }

    async def attempts(self, actor: Actor, delivery_id: int) -> list[NotificationAttempt]:
        found = await self.session.scalars(
            select(NotificationAttempt)
            .where(
                NotificationAttempt.organization_id == actor.organization_id,
                NotificationAttempt.delivery_id == delivery_id,
            )
            .order_by(NotificationAttempt.id)
        )
        return list(found)

    async def tests_of_late(self, actor: Actor) -> int:
        """How many were sent within an hour to try whether somebody is reached; only the newest are looked at."""
        delivery = NotificationDelivery
        newest = (
            select(delivery.is_test, delivery.created_at)
            .where(delivery.organization_id == actor.organization_id)
            .order_by(delivery.id.desc())
            .limit(LOOKED_AT)
            .subquery()
        )
        since = clock.now() - timedelta(hours=1)
        found = select(func.count()).where(newest.c.is_test, newest.c.created_at > since)
        return await self.session.scalar(found) or 0

    async def send_again(self, delivery: NotificationDelivery) -> None:
        """From the beginning: all attempts are before it again; those that were made stay on record."""
        delivery.state = "waiting"
        delivery.attempts = 0
        delivery.next_attempt_at = clock.now()
        delivery.held_for_quiet_hours = False
        delivery.ended_at = None
        await self.session.flush()


def matching(
    *, state: str | None, channel_id: int | None, dedup_key: str | None
) -> list[ColumnElement[bool]]:
    """What the list of deliveries is narrowed to."""
    delivery = NotificationDelivery
    where: list[ColumnElement[bool]] = []
    if state is not None:
        where.append(delivery.state == state)
    if channel_id is not None:
        where.append(delivery.channel_id == channel_id)
    if dedup_key is not None:
        where.append(delivery.dedup_key == dedup_key)
    return where
