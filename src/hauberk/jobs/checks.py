"""What becomes of work that fails: it is tried again with growing, scattered pauses, and in the end it is kept, to be replayed."""

from collections import defaultdict
from typing import Final

from sqlalchemy import text

from hauberk.infra.readiness import Answer, Probe, failed, passed, readiness, warned
from hauberk.jobs import discovery
from hauberk.jobs.execute import BASE_SECONDS, MAX_SECONDS, backoff
from hauberk.jobs.job import Job, all_kinds
from hauberk.jobs.outbox import MAX_ATTEMPTS as EVENT_ATTEMPTS

MOST_ATTEMPTS: Final = 20
LOOKS: Final = 30
OURS: Final = frozenset({"internal_error", "worker_lost", "time_limit"})
"""Ends that say something about us, not about what was sent."""

_DEAD = text("select queue, kind, code, failed from dead_letters()")
_STATE = text("select outbox_dead from background_state()")


@readiness("ERR-3")
async def work_is_retried_and_never_lost(probe: Probe) -> Answer:
    discovery.load()
    kinds = all_kinds()
    endless = [job.kind for job in kinds if not 1 <= job.max_attempts <= MOST_ATTEMPTS or job.time_limit <= 0]
    if endless:
        return failed(f"Retried without an end: {', '.join(sorted(endless))}.", "Give it max_attempts.")
    if fault := _backoff_fault():
        return failed(fault, "Report this; it is a fault of the product.")
    async with probe.inside.engine.connect() as connection:
        dead = (await connection.execute(_DEAD)).all()
        events = (await connection.execute(_STATE)).scalar_one()
    total, ours = sum(row.failed for row in dead), sum(row.failed for row in dead if row.code in OURS)
    seen = (
        f"{_policy(kinds)}; events {EVENT_ATTEMPTS} attempts. Pauses from {BASE_SECONDS:g} s, doubled up to"
        f" {MAX_SECONDS:g} s, scattered by half. Dead letters of 30 days: {total} jobs ({ours} by faults of ours),"
        f" {events} events."
    )
    if ours or events:
        return warned(seen, "Look at them with 'hauberk jobs', mend the cause, and replay them.")
    return passed(seen)


def _policy(kinds: list[Job]) -> str:
    queues: defaultdict[str, list[int]] = defaultdict(list)
    for job in kinds:
        queues[job.queue.value].append(job.max_attempts)
    return ", ".join(f"{name} {_range(found)} attempts" for name, found in sorted(queues.items()))


def _range(found: list[int]) -> str:
    return str(min(found)) if min(found) == max(found) else f"{min(found)}-{max(found)}"


def _backoff_fault() -> str | None:
    """The very pauses that jobs get: longer each time, never twice the same, with a bound."""
    pauses = [[backoff(attempt) for _ in range(LOOKS)] for attempt in (1, 4, 20)]
    means = [sum(each) / LOOKS for each in pauses]
    if not means[0] < means[1] < means[2] or max(pauses[2]) > 2 * MAX_SECONDS:
        return "The pauses between attempts do not grow to a bound."
    if any(len(set(each)) < LOOKS // 2 for each in pauses):
        return "The pauses between attempts are not scattered: retries would come together."
    return None
