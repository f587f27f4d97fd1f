"""Whether the audit trail is whole, as far as it can be said while somebody waits.

The newest links are walked now; of older ones counts what the unending round of looks found (`invariants.py`), which is
walked again so that the link is named.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select

from hauberk.db.models.event import Event
from hauberk.db.models.invariant import InvariantLook, InvariantViolation
from hauberk.features.audit import chain
from hauberk.features.audit.invariants import LINKS_AT_ONCE, UNBROKEN

NEWEST: Final = 500


@dataclass(frozen=True, slots=True)
class Proof:
    """How long the chain is, its newest hash, what waits for its seal, and the first link that is known not to fit."""

    length: int
    head: bytes
    waiting: int
    broken_at: int | None
    looked_at: datetime | None


def prove(connection: Connection, organization_id: int) -> Proof:
    of_organization = Event.organization_id == organization_id
    newest = connection.execute(
        select(Event.chain_position, Event.chain_hash)
        .where(of_organization, Event.chain_position.is_not(None))
        .order_by(Event.chain_position.desc())
        .limit(1)
    ).one_or_none()
    length, head = (newest.chain_position or 0, newest.chain_hash or b"") if newest else (0, b"")
    waiting = select(Event.id).where(of_organization, Event.chain_position.is_(None)).limit(chain.BATCH)
    doubted = connection.scalar(
        select(func.min(InvariantViolation.subject)).where(
            InvariantViolation.organization_id == organization_id, InvariantViolation.invariant == UNBROKEN
        )
    )
    broken_at = None
    if doubted is not None:
        broken_at = chain.verify(
            connection, organization_id, after=doubted - 1, at_most=LINKS_AT_ONCE
        ).broken_at
    if broken_at is None:
        broken_at = chain.verify(connection, organization_id, after=max(0, length - NEWEST)).broken_at
    return Proof(
        length=length,
        head=head,
        waiting=connection.scalar(select(func.count()).select_from(waiting.subquery())) or 0,
        broken_at=broken_at,
        looked_at=connection.scalar(
            select(InvariantLook.looked_at).where(InvariantLook.organization_id == organization_id)
        ),
    )
