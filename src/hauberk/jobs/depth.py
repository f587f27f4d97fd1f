"""How much waits in each queue, and for how long: what autoscaling and alerts go by."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from prometheus_client import Gauge
from sqlalchemy import Engine, Row, text

from hauberk.db.session import transaction
from hauberk.jobs.lease import SHORT
from hauberk.jobs.queues import Queue

WAITING = Gauge("hauberk_jobs_waiting", "Accepted jobs", ["queue"], multiprocess_mode="livemostrecent")
RUNNING = Gauge("hauberk_jobs_running", "Running jobs", ["queue"], multiprocess_mode="livemostrecent")
OLDEST = Gauge(
    "hauberk_jobs_oldest_seconds",
    "How long the oldest job that is due has waited",
    ["queue"],
    multiprocess_mode="livemostrecent",
)

DEPTHS = text("select queue, waiting, running, oldest_seconds from queue_depths()")


@dataclass(frozen=True)
class Depth:
    """One queue, over all organizations."""

    waiting: int = 0
    running: int = 0
    oldest_seconds: float = 0.0


def measure(engine: Engine) -> dict[str, dict[str, Any]]:
    """By queue; also sets the gauges of this process."""
    with transaction(engine, limits=SHORT) as connection:
        return show(connection.execute(DEPTHS).all())


def show(rows: Iterable[Row[Any]]) -> dict[str, dict[str, Any]]:
    """What DEPTHS answered, by queue; sets the gauges of this process."""
    found = {row.queue: Depth(row.waiting, row.running, row.oldest_seconds) for row in rows}
    for queue in Queue:
        depth = found.setdefault(queue.value, Depth())
        WAITING.labels(queue.value).set(depth.waiting)
        RUNNING.labels(queue.value).set(depth.running)
        OLDEST.labels(queue.value).set(depth.oldest_seconds)
    return {name: asdict(depth) for name, depth in found.items()}
