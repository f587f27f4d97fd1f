"""Queues, outbox and processes, over all organizations and machines, as the tables know them."""

from collections import defaultdict
from typing import Final

from sqlalchemy import select, text

from hauberk.db.metrics import looking
from hauberk.db.models.job import ProcessHeartbeat
from hauberk.infra.metrics.observing import Samples, look, observed
from hauberk.infra.readiness import Installation
from hauberk.jobs import invariant
from hauberk.jobs.depth import DEPTHS
from hauberk.jobs.job import kinds

AUDIT_CHAIN: Final = "audit_chain_is_unbroken"
ALIVE_SECONDS: Final = 60

DEPTH = observed("job_queue_depth", "Jobs that wait (accepted) or run", "queue", "kind", "state")
OLDEST = observed(
    "job_queue_oldest_seconds", "How long the oldest job that is due has waited", "queue", "kind"
)
LONGEST_WAIT = observed(
    "tenant_oldest_job_seconds",
    "How long the oldest due job waits, of the organization that waits longest and of the one in the middle",
    "queue",
    "which",
)
EXPIRED = observed("job_running_expired_lease", "Running jobs whose worker did not say in time that it lives")
OUTBOX_WAITING = observed("outbox_waiting", "Events that are due to be handled")
OUTBOX_OLDEST = observed("outbox_oldest_seconds", "How long the oldest of them has been due")
OUTBOX_DEAD = observed("outbox_dead_letters", "Events that no retry is left for")
ALIVE = observed("background_processes", "Workers and schedulers that reported within a minute", "role")
TICKED = observed("scheduler_last_tick_timestamp", "When a leading scheduler last reported; 0 for never")
VIOLATIONS = observed(
    "invariant_violations", "Things that are not as they must always be; anything but 0 is a bug", "rule"
)
CHECKED = observed(
    "invariants_checked_timestamp_seconds",
    "When the invariants were last looked at, of the organization where that is longest ago",
)
CHAIN_OK = observed("audit_chain_ok", "Whether the audit trail's chain is whole, as far as it was looked at")

_FAIRNESS = text("select * from job_fairness()")
_BACKGROUND = text("select * from background_state()")
_INVARIANTS = text("select invariant, violations, looked_at from invariant_state()")
_PROCESSES = select(
    ProcessHeartbeat.role,
    ProcessHeartbeat.seen_at,
    ProcessHeartbeat.detail["leads"].as_boolean().label("leads"),
    (ProcessHeartbeat.seen_at > text(f"now() - interval '{ALIVE_SECONDS} seconds'")).label("is_alive"),
)


@look()
async def queues(installation: Installation) -> Samples:
    async with looking(installation) as session:
        depths = {(row.queue, row.kind): row for row in (await session.execute(DEPTHS)).all()}
        fairness = (await session.execute(_FAIRNESS)).all()
        background = (await session.execute(_BACKGROUND)).one()
    samples = [
        EXPIRED(background.expired_leases),
        OUTBOX_WAITING(background.outbox_waiting),
        OUTBOX_OLDEST(background.outbox_oldest_seconds),
        OUTBOX_DEAD(background.outbox_dead),
    ]
    for row in fairness:
        samples += [
            LONGEST_WAIT(row.longest_seconds, row.queue, "longest"),
            LONGEST_WAIT(row.median_seconds, row.queue, "median"),
        ]
    for queue, kind in sorted({*depths, *((job.queue.value, job.kind) for job in kinds())}):
        found = depths.get((queue, kind))
        samples += [
            DEPTH(found.waiting if found else 0, queue, kind, "accepted"),
            DEPTH(found.running if found else 0, queue, kind, "running"),
            OLDEST(found.oldest_seconds if found else 0, queue, kind),
        ]
    return samples


@look()
async def processes(installation: Installation) -> Samples:
    async with looking(installation) as session:
        rows = (await session.execute(_PROCESSES)).all()
    alive: dict[str, int] = defaultdict(int, worker=0, scheduler=0)
    for row in rows:
        alive[row.role] += row.is_alive
    ticks = [row.seen_at.timestamp() for row in rows if row.leads]
    return [*(ALIVE(n, role) for role, n in alive.items()), TICKED(max(ticks, default=0))]


@look()
async def invariants(installation: Installation) -> Samples:
    async with looking(installation) as session:
        rows = (await session.execute(_INVARIANTS)).all()
    found = {row.invariant: row.violations for row in rows}
    samples = [VIOLATIONS(found.get(each.name, 0), each.name) for each in invariant.registered()]
    looked_at = [row.looked_at.timestamp() for row in rows if row.looked_at is not None]
    if looked_at:
        samples += [CHECKED(min(looked_at)), CHAIN_OK(not found.get(AUDIT_CHAIN))]
    return samples
