"""The relay: delivers the events that wait in the outbox, in order, until every handler has had each of them.

Handler and note of delivery commit together, so what a handler writes happens once. One that fails is tried again
with growing pauses and does not hold up the events behind it; in the end the event stays, dead, with its error.
"""

import random
from collections.abc import Sequence

import structlog
from sqlalchemy import Connection, Engine, Row, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from hauberk.db.models.job import Outbox
from hauberk.db.session import transaction
from hauberk.jobs.events import handlers_after, read_event
from hauberk.jobs.retries import retried

MAX_ATTEMPTS = 12
BATCH = 200
MAX_DELAY_SECONDS = 600
MAX_ERROR_CHARS = 500

_DUE = text("select organization_id, id from outbox_due(:at_most)")

log = structlog.get_logger(__name__)


def relay(engine: Engine, at_most: int = BATCH) -> int:
    """Delivers what is due; answers how many events were taken up, so that a full batch is followed by another."""
    with transaction(engine) as connection:
        due = connection.execute(_DUE, {"at_most": at_most}).all()
    for organization_id, event_id in due:
        with transaction(engine, organization_id) as connection:
            _deliver(connection, event_id)
    return len(due)


async def replay(session: AsyncSession, organization_id: int, event_ids: Sequence[int]) -> None:
    """Dead ones are due again, with all their tries; who has had them already is left out as before."""
    await session.execute(
        update(Outbox)
        .where(
            Outbox.organization_id == organization_id, Outbox.id.in_(event_ids), Outbox.dead_at.is_not(None)
        )
        .values(dead_at=None, attempts=0, error=None, run_after=func.clock_timestamp())
    )


def _deliver(connection: Connection, event_id: int) -> None:
    row = connection.execute(
        select(Outbox.__table__)
        .where(Outbox.id == event_id, Outbox.dead_at.is_(None), Outbox.run_after <= func.clock_timestamp())
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return
    delivered, error = _call_handlers(connection, row)
    if error is None:
        connection.execute(delete(Outbox).where(Outbox.id == event_id))
        return
    attempts = row.attempts + 1
    connection.execute(
        update(Outbox)
        .where(Outbox.id == event_id)
        .values(
            attempts=attempts,
            delivered=delivered,
            error=error[:MAX_ERROR_CHARS],
            run_after=func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, pause(attempts)),
            dead_at=func.clock_timestamp() if attempts >= MAX_ATTEMPTS else None,
        )
    )


def _call_handlers(connection: Connection, row: Row[tuple[object, ...]]) -> tuple[list[str], str | None]:
    delivered = list(row.delivered)
    problem = None
    for name, handler in handlers_after(row.topic).items():
        if name in delivered:
            continue
        try:
            with connection.begin_nested():
                handler(connection, read_event(row.topic, row.organization_id, row.payload))
            delivered.append(name)
        except Exception as error:
            log.exception("event_handler_failed", handler=name, topic=row.topic, event_id=row.id)
            problem = f"{name}: {type(error).__name__}: {error}"
    return delivered, problem


@retried("events", attempts=MAX_ATTEMPTS, most_seconds=1.5 * MAX_DELAY_SECONDS)
def pause(attempts: int) -> float:
    """1, 2, 4 … seconds, up to ten minutes, each by half either way so that retries do not come together."""
    return float(min(MAX_DELAY_SECONDS, 2 ** (attempts - 1))) * random.uniform(0.5, 1.5)  # noqa: S311
