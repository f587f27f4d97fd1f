"""The ledger: what is to be told to whom is written down in the transaction of what it tells of, and sent afterwards.

A row is the queue of record: it waits, is claimed by a sender for a while, and ends as delivered, dead (tried to the
end, or refused for good) or dropped (there was nothing left to tell).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from hauberk.db.models.identity import Membership, User
from hauberk.db.models.notification import NotificationChannel as Channel
from hauberk.db.models.notification import NotificationDelivery as Delivery
from hauberk.domain.alert import AlertSeverity, Notice, NoticeEvent
from hauberk.features.notifications.channels import kinds
from hauberk.features.notifications.quiet_hours import QuietHours
from hauberk.kit import clock

PERSON: Final = "person"


def tell_channels(connection: Connection, organization_id: int, notice: Notice) -> list[int]:
    """Every channel that listens to such alerts; answers the deliveries. What follows a trigger goes where that went."""
    if notice.event is not NoticeEvent.TRIGGERED:
        return _follow_up(connection, organization_id, notice)
    return [
        _write(connection, organization_id, notice, channel)
        for channel in _channels(connection, organization_id)
        if notice.severity.reaches(AlertSeverity(channel.least_severity))
        and (not channel.rules or notice.rule in channel.rules)
    ]


def tell_channel(connection: Connection, organization_id: int, notice: Notice, channel_id: int) -> int | None:
    """This one, whatever it listens to; None when it is gone or disabled."""
    for channel in _channels(connection, organization_id):
        if channel.id == channel_id:
            return _write(connection, organization_id, notice, channel)
    return None


def tell_person(connection: Connection, organization_id: int, notice: Notice, user_id: int) -> int | None:
    """By e-mail, with a link that acknowledges; None for whoever is no member any more."""
    person = connection.execute(
        select(User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organization_id == organization_id,
            User.id == user_id,
            ~Membership.is_disabled,
            ~User.is_disabled,
        )
    ).one_or_none()
    if person is None:
        return None
    return _insert(connection, organization_id, notice, user_id=user_id, recipient=person.name, kind=PERSON)


def _channels(connection: Connection, organization_id: int) -> Iterable[Row[Any]]:
    return connection.execute(
        select(Channel.__table__)
        .where(Channel.organization_id == organization_id, Channel.is_enabled)
        .order_by(Channel.id)
    ).all()


def _follow_up(connection: Connection, organization_id: int, notice: Notice) -> list[int]:
    """Of receivers that were not told of the trigger yet, it is dropped instead; else the two might change places."""
    triggers = connection.execute(
        select(Delivery.id, Delivery.channel_id, Delivery.user_id, Delivery.state, Delivery.attempts)
        .where(
            Delivery.organization_id == organization_id,
            Delivery.dedup_key == notice.dedup_key,
            Delivery.event == NoticeEvent.TRIGGERED.value,
            Delivery.state.in_(("waiting", "delivered")),
        )
        .order_by(Delivery.id)
        .with_for_update()
    ).all()
    is_over = notice.event is NoticeEvent.RESOLVED
    told = [each for each in triggers if each.state == "delivered" or each.attempts]
    for trigger in triggers:
        if is_over and trigger.state == "waiting":
            _drop(connection, organization_id, trigger.id)
    rooms, people = {each.channel_id for each in told}, {each.user_id for each in told if each.user_id}
    written = [
        _write(connection, organization_id, notice, channel)
        for channel in _channels(connection, organization_id)
        if channel.id in rooms and (is_over or kinds()[channel.kind].tells_acknowledgements)
    ]
    for user_id in sorted(people) if is_over else ():
        made = tell_person(connection, organization_id, notice, user_id)
        written += [made] if made is not None else []
    return written


def _drop(connection: Connection, organization_id: int, delivery_id: int) -> None:
    connection.execute(
        update(Delivery)
        .where(Delivery.organization_id == organization_id, Delivery.id == delivery_id)
        .values(state="dropped", error="The alert was over before this was told.", ended_at=clock.now())
    )


def _write(connection: Connection, organization_id: int, notice: Notice, channel: Row[Any]) -> int:
    held_until = None
    if channel.quiet_hours and notice.event is NoticeEvent.TRIGGERED and not notice.is_test:
        held_until = QuietHours.from_json(channel.quiet_hours).held_until(notice.severity, clock.now())
    return _insert(
        connection,
        organization_id,
        notice,
        channel_id=channel.id,
        recipient=channel.name,
        kind=channel.kind,
        held_until=held_until,
    )


def _insert(
    connection: Connection,
    organization_id: int,
    notice: Notice,
    *,
    recipient: str,
    kind: str,
    channel_id: int | None = None,
    user_id: int | None = None,
    held_until: datetime | None = None,
) -> int:
    made: int = connection.execute(
        insert(Delivery)
        .values(
            organization_id=organization_id,
            channel_id=channel_id,
            user_id=user_id,
            recipient=recipient,
            kind=kind,
            event=notice.event.value,
            dedup_key=notice.dedup_key,
            notice=notice.to_json(),
            is_test=notice.is_test,
            next_attempt_at=held_until or clock.now(),
            held_for_quiet_hours=held_until is not None,
        )
        .returning(Delivery.id)
    ).scalar_one()
    return made
