"""How much waits in each queue, and for how long: what the scheduler tells and autoscaling goes by."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Engine, text

from hauberk.db.session import transaction
from hauberk.jobs.lease import SHORT
from hauberk.jobs.queues import Queue

DEPTHS = text("select queue, kind, waiting, running, oldest_seconds from job_depths()")


@dataclass
class Depth:
    """One queue, over all organizations."""

    waiting: int = 0
    running: int = 0
    oldest_seconds: float = 0.0


def measure(engine: Engine) -> dict[str, dict[str, Any]]:
    """By queue."""
    with transaction(engine, limits=SHORT) as connection:
        rows = connection.execute(DEPTHS).all()
    found = {queue.value: Depth() for queue in Queue}
    for row in rows:
        depth = found.setdefault(row.queue, Depth())
        depth.waiting += row.waiting
        depth.running += row.running
        depth.oldest_seconds = max(depth.oldest_seconds, row.oldest_seconds)
    return {name: asdict(depth) for name, depth in found.items()}
