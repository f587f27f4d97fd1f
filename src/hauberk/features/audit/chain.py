"""The hash chain of the audit trail: each sealed event carries the hash of itself and of all before it.

Whoever changes, removes or adds a sealed row afterwards breaks the chain from there on. That the newest links are
missing altogether shows only against a hash noted elsewhere, which is why each sealing writes its newest to the log.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, select, text

from hauberk.db import hash_chain
from hauberk.db.models.event import Event

BATCH = 5_000
_LOCK = 0x6175_6469  # any constant, beside the organization


@dataclass(frozen=True, slots=True)
class Chain:
    """How far the chain goes, its newest hash and, where it is broken, at which link."""

    length: int
    head: bytes
    broken_at: int | None = None


def seal(connection: Connection, organization_id: int) -> Chain:
    """Chains what was committed since, in order of id; one sealer at a time."""
    connection.execute(
        text("select pg_advisory_xact_lock(:lock, :organization)"),
        {"lock": _LOCK, "organization": organization_id},
    )
    newest = connection.execute(
        select(Event.chain_position, Event.chain_hash)
        .where(Event.organization_id == organization_id, Event.chain_position.is_not(None))
        .order_by(Event.chain_position.desc())
        .limit(1)
    ).one_or_none()
    position, head = (newest.chain_position, newest.chain_hash) if newest else (0, b"")
    unsealed = connection.execute(
        select(Event.__table__)
        .where(Event.organization_id == organization_id, Event.chain_position.is_(None))
        .order_by(Event.id)
        .limit(BATCH)
    ).all()
    for event in unsealed:
        position += 1
        head = link(head, event, position)
        connection.execute(
            text("select seal_event(:organization, :event, :position, :hash)"),
            {"organization": organization_id, "event": event.id, "position": position, "hash": head},
        )
    return Chain(position, head)


def verify(
    connection: Connection, organization_id: int, *, after: int = 0, at_most: int | None = None
) -> Chain:
    """Walks the chain from its beginning, or so many links after one; stops at the first that does not fit."""
    position, head = after, _hash_at(connection, organization_id, after)
    for event in islice(_sealed(connection, organization_id, after), at_most):
        if event.chain_position != position + 1 or link(head, event, position + 1) != event.chain_hash:
            return Chain(position, head, broken_at=position + 1)
        position, head = event.chain_position, event.chain_hash
    return Chain(position, head)


def _hash_at(connection: Connection, organization_id: int, position: int) -> bytes:
    found: bytes | None = connection.scalar(
        select(Event.chain_hash).where(
            Event.organization_id == organization_id, Event.chain_position == position
        )
    )
    return found or b""


def _sealed(connection: Connection, organization_id: int, reached: int) -> Iterator[Row[Any]]:
    while True:
        rows = connection.execute(
            select(Event.__table__)
            .where(Event.organization_id == organization_id, Event.chain_position > reached)
            .order_by(Event.chain_position)
            .limit(BATCH)
        ).all()
        yield from rows
        if len(rows) < BATCH:
            return
        reached = rows[-1].chain_position


def link(previous: bytes, event: Any, position: int) -> bytes:
    """The hash of an event at its place in the chain."""
    content = {
        "position": position,
        "organization_id": event.organization_id,
        "id": event.id,
        "at": event.at.astimezone(UTC).isoformat(),
        "actor": [event.actor_type, event.actor_id, event.actor_name],
        "action": event.action,
        "subject": [event.subject_type, event.subject_id],
        "detail": event.detail,
        "request_id": event.request_id,
    }
    return hash_chain.link(previous, content)
