"""What people say about rows: that one is waived, attested, or seen to by somebody. Each act is in the audit trail."""

from datetime import date
from typing import Final

from hauberk.db.audit import record
from hauberk.db.models.readiness import Attestation, Waiver
from hauberk.db.repository import DbSession
from hauberk.domain.permissions import Actor
from hauberk.features.readiness import book
from hauberk.features.readiness.book import Book
from hauberk.features.readiness.reporting import by_date
from hauberk.features.readiness.repository import ReadinessRepository
from hauberk.features.readiness.rows import ROWS
from hauberk.infra.crypto import KeyRing
from hauberk.kit import clock
from hauberk.kit.errors import Invalid, NotFound

MAX_DAYS: Final = 366


async def waive(
    db: DbSession, actor: Actor, key_ring: KeyRing, row: str, *, reason: str, owner: str, until: date
) -> None:
    """A newer waiver of the same row takes the place of the older one."""
    _check(row, until)
    kept = await book.opened(db, key_ring, actor)
    await _end(db, kept, row)
    made = Waiver(row_name=row, reason=reason, owner=owner, waived_at=clock.now(), expires_at=by_date(until))
    detail = {"row": row, "reason": reason, "owner": owner, "until": until.isoformat()}
    await kept.keep(made, "readiness.waived", detail)


async def withdraw(db: DbSession, actor: Actor, key_ring: KeyRing, row: str) -> None:
    if not await _end(db, await book.opened(db, key_ring, actor), row):
        raise NotFound("waiver of row", row)


async def _end(db: DbSession, kept: Book, row: str) -> bool:
    ended = await ReadinessRepository(db).withdraw_waiver(row)
    if ended is not None:
        await kept.end(ended, "readiness.waiver_withdrawn", {"row": row})
    return ended is not None


async def attest(
    db: DbSession, actor: Actor, key_ring: KeyRing, row: str, *, person: str, statement: str, until: date
) -> None:
    _check(row, until)
    kept = await book.opened(db, key_ring, actor)
    made = Attestation(
        row_name=row, person=person, statement=statement, attested_at=clock.now(), expires_at=by_date(until)
    )
    detail = {"row": row, "person": person, "statement": statement, "until": until.isoformat()}
    await kept.keep(made, "readiness.attested", detail)


async def assign(db: DbSession, actor: Actor, row: str, *, owner: str | None, due_on: date | None) -> None:
    """Nobody and no day clears it."""
    _row(row)
    await ReadinessRepository(db).assign(row, owner=owner, due_on=due_on)
    detail = {"row": row, "owner": owner, "due_on": due_on.isoformat() if due_on else None}
    await record(db, actor, "readiness.assigned", "readiness_row", None, detail)


def _check(row: str, until: date) -> None:
    _row(row)
    days = (until - clock.now().date()).days
    if not 0 <= days <= MAX_DAYS:
        raise Invalid([("/until", "It ends within a year, and not in the past.")])


def _row(row: str) -> None:
    if row not in ROWS:
        raise NotFound("row of the checklist", row[:20])
