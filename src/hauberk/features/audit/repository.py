"""Reads of the audit trail, newest first."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ColumnElement

from hauberk.db.models.event import Event
from hauberk.db.repository import Order, Repository


class EventRepository(Repository[Event]):
    model = Event
    kind = "event"
    orders: ClassVar[dict[str, Order]] = {
        "-id": Order.by(Event.id, descending=True),
        "id": Order.by(Event.id),
    }


def matching(
    *,
    action: str | None = None,
    actor_type: str | None = None,
    actor_id: int | None = None,
    subject_type: str | None = None,
    subject_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[ColumnElement[bool]]:
    """What a list is narrowed to; `finding.` as an action is everything that is done to findings."""
    where: list[ColumnElement[bool]] = []
    if action is not None:
        by_bytes = Event.action.collate("C")  # as its index is
        if action.endswith("."):  # a slash is the next character
            where += (by_bytes >= action, by_bytes < f"{action[:-1]}/")
        else:
            where.append(by_bytes == action)
    for column, value in (
        (Event.actor_type, actor_type),
        (Event.actor_id, actor_id),
        (Event.subject_type, subject_type),
        (Event.subject_id, subject_id),
    ):
        if value is not None:
            where.append(column == value)
    if since is not None:
        where.append(Event.at >= since)
    if until is not None:
        where.append(Event.at < until)
    return where
