"""What people say about rows: that one is waived, attested, or seen to by somebody. Each act is in the audit trail."""

from datetime import date
from typing import Final

from hauberk.db.audit import record
from hauberk.db.repository import DbSession
from hauberk.domain.permissions import Actor
from hauberk.features.readiness.reporting import by_date
from hauberk.features.readiness.repository import ReadinessRepository
from hauberk.features.readiness.rows import ROWS
from hauberk.kit import clock
from hauberk.kit.errors import Invalid, NotFound

MAX_DAYS: Final = 366


async def waive(db: DbSession, actor: Actor, row: str, *, reason: str, owner: str, until: date) -> None:
    """A newer waiver of the same row takes the place of the older one."""
    _check(row, until)
    repository = ReadinessRepository(db)
    await repository.withdraw_waiver(row)
    await repository.add_waiver(row_name=row, reason=reason, owner=owner, expires_at=by_date(until))
    detail = {"row": row, "reason": reason, "owner": owner, "until": until.isoformat()}
    await record(db, actor, "readiness.waived", "readiness_row", None, detail)


async def withdraw(db: DbSession, actor: Actor, row: str) -> None:
    if not await ReadinessRepository(db).withdraw_waiver(row):
        raise NotFound("waiver of row", row)
    await record(db, actor, "readiness.waiver_withdrawn", "readiness_row", None, {"row": row})


async def attest(db: DbSession, actor: Actor, row: str, *, person: str, statement: str, until: date) -> None:
    _check(row, until)
    await ReadinessRepository(db).add_attestation(
        row_name=row, person=person, statement=statement, expires_at=by_date(until)
    )
    detail = {"row": row, "person": person, "statement": statement, "until": until.isoformat()}
    await record(db, actor, "readiness.attested", "readiness_row", None, detail)


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
