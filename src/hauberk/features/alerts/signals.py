"""Signals: what the evaluator sees of the installation at one moment, for every rule at once.

From tables and statistics alone: what serving processes counted comes with their presence, so that no process has to
be asked, and one that is gone is still heard for its last minutes.
"""

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, Engine, text

from hauberk.db.session import transaction
from hauberk.infra.settings import Settings
from hauberk.infra.tally import EVERYBODY, PROBE, Requests, add_up
from hauberk.jobs import depth
from hauberk.kit import clock

WINDOW_SECONDS: Final = 300
JOBS_MINUTES: Final = 15

_PRESENT = text(
    "select name, detail from process_heartbeat"
    " where role = 'api' and seen_at > clock_timestamp() - interval '10 minutes'"
)
_CONNECTIONS = text(
    "select (select coalesce(sum(numbackends), 0) from pg_stat_database) as in_use,"
    " current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as allowed"
)
_JOBS = text("select kind, ended, failed from job_outcomes(make_interval(mins => :minutes))")
_SIGN_INS = text("select failures, addresses, worst from sign_in_pressure(interval '15 minutes')")
_INVARIANTS = text("select coalesce(sum(violations), 0) from invariant_state()")
# Organization 0 is the installation, whose jobs these are.
_BACKUP = text(
    "select greatest((select max(finished_at) from job where organization_id = 0 and kind = 'readiness.back_up'"
    " and state = 'done'), (select created_at from installation))"
)


@dataclass(frozen=True, slots=True)
class Disk:
    """One file system of this machine that the product writes to."""

    path: str
    free: int
    total: int

    @property
    def share(self) -> float:
        return self.free / self.total if self.total else 1.0


@dataclass(frozen=True, slots=True)
class Pool:
    """The connections of one serving process."""

    process: str
    in_use: int
    limit: int


@dataclass(frozen=True, slots=True)
class JobOutcomes:
    kind: str
    ended: int
    failed: int


@dataclass(frozen=True, slots=True)
class Signals:
    requests: Requests
    probe: Requests
    connections: tuple[int, int]
    """In use, allowed."""
    pools: tuple[Pool, ...]
    disks: tuple[Disk, ...]
    jobs: tuple[JobOutcomes, ...]
    queues: Mapping[str, Mapping[str, Any]]
    failed_sign_ins: int
    addresses: int
    worst_address: int
    violations: int
    backed_up_at: datetime
    """Or the installation's beginning, when there is no backup yet."""
    seen_at: datetime


def gather(engine: Engine, settings: Settings) -> Signals:
    """Reads only; what cannot be read is raised, so that nothing passes for quiet."""
    queues = depth.measure(engine)
    with transaction(engine, 0) as connection:
        present = connection.execute(_PRESENT).all()
        in_use, allowed = connection.execute(_CONNECTIONS).one()
        sign_ins = connection.execute(_SIGN_INS).one()
        since = time.time() - WINDOW_SECONDS - 60  # the minute in which the window begins counts whole
        tallies = [row.detail.get("requests", {}) for row in present]
        return Signals(
            requests=add_up(tallies, EVERYBODY, since),
            probe=add_up(tallies, PROBE, since),
            connections=(int(in_use), int(allowed)),
            pools=tuple(_pools(present)),
            disks=tuple(_disks(settings)),
            jobs=_jobs(connection),
            queues=queues,
            failed_sign_ins=sign_ins.failures,
            addresses=sign_ins.addresses,
            worst_address=sign_ins.worst,
            violations=int(connection.execute(_INVARIANTS).scalar_one()),
            backed_up_at=connection.execute(_BACKUP).scalar_one(),
            seen_at=clock.now(),
        )


def _jobs(connection: Connection) -> tuple[JobOutcomes, ...]:
    rows = connection.execute(_JOBS, {"minutes": JOBS_MINUTES})
    return tuple(JobOutcomes(row.kind, row.ended, row.failed) for row in rows)


def _pools(present: Any) -> list[Pool]:
    found = []
    for row in present:
        pool = row.detail.get("database_pool", {})
        if pool.get("size"):
            limit = int(pool["size"] + pool.get("max_overflow", 0))
            found.append(Pool(row.name, int(pool.get("in_use", 0)), limit))
    return found


def _disks(settings: Settings) -> list[Disk]:
    """Each file system once: state, storage and backups are often on one."""
    wanted = [settings.home, settings.backup_folder]
    storage = urlsplit(settings.storage_url)
    if storage.scheme == "file":
        wanted.append(Path(unquote(storage.path)))
    found: dict[int, Disk] = {}
    for path in wanted:
        there = next((each for each in (path, *path.parents) if each.exists()), None)
        if there is None:
            continue
        device = there.stat().st_dev
        if device not in found:
            usage = shutil.disk_usage(there)
            found[device] = Disk(str(path), usage.free, usage.total)
    return list(found.values())
