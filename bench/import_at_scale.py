"""Importing a report of 10,000 findings into a database that holds ten million, and into an empty one.

The whole job runs as a worker runs it, without the sandboxed child's own CPU, which knows nothing of the database. Its
statements run in PostgreSQL's backends, whose CPU counts; `wal_bytes` is what each import wrote to the log.
"""

import json
import secrets
from collections.abc import Iterator
from typing import Any, Self

import msgspec
import psycopg
from bench.dataset.cost import Cost, on_cpu
from bench.dataset.server import Database, databases
from sqlalchemy import insert, text

from hauberk.db.models.organization import Organization
from hauberk.db.models.scan import Scan
from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.infra import identity_key
from hauberk.infra.storage import open_storage
from hauberk.ingest.jobs import import_scan
from hauberk.ingest.sandbox.sandbox import shared
from hauberk.ingest.scope import Requested
from hauberk.jobs import lease
from hauberk.jobs.enqueue import enqueue
from hauberk.jobs.execute import execute
from hauberk.jobs.heart import Heart
from hauberk.jobs.progress import Progress
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import Workplace

NAME = "import-at-scale"
UNIT = "CPU microseconds of worker and database a finding"
SIZE = 10_000_000
FINDINGS = 10_000
ROUNDS = 3
ORGANIZATION = 1


def parts(size: int) -> Iterator[tuple[str, list[tuple[float, float, dict[str, object]]]]]:
    with databases(0, size) as [empty, big]:
        _organization(empty)
        with Importing(empty) as into_empty, Importing(big) as into_big:
            measured = [(into_big.round(), into_empty.round()) for _ in range(ROUNDS)]
    for name in ("first import", "the same again", "one per cent changed"):
        pairs = [(ours[name], baseline[name]) for ours, baseline in measured]
        mine, theirs = (min((pair[n] for pair in pairs), key=lambda run: run[0].cpu) for n in (0, 1))
        detail = {
            "server_us": [round(run[0].server / FINDINGS * 1e6, 1) for run in (mine, theirs)],
            "wal_bytes_a_finding": [round(run[1] / FINDINGS) for run in (mine, theirs)],
            "wall_s": [round(run[0].wall, 2) for run in (mine, theirs)],
        }
        yield name, [(mine[0].cpu / FINDINGS * 1e6, theirs[0].cpu / FINDINGS * 1e6, detail)]


def _organization(database: Database) -> None:
    """The empty database's only tenant."""
    sealed = identity_key.make(database.settings.key_ring, ORGANIZATION)
    engine = sync_engine(database.settings.database.owner_url, pool=Pool(size=1))
    with engine.begin() as connection:
        connection.execute(text("set local role hauberk_system"))
        if not connection.scalar(text("select count(*) from organization")):
            connection.execute(
                insert(Organization).values(id=ORGANIZATION, name="Bench", identity_key=sealed)
            )
    engine.dispose()


class Importing:
    """A worker on one connection, so that one backend does what is measured."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._settings = database.settings
        self.engine = sync_engine(self._settings.database.url, pool=Pool(size=1, max_overflow=0))
        self._side = sync_engine(self._settings.database.url, pool=Pool(size=2))

    def __enter__(self) -> Self:
        self._settings.home.mkdir(parents=True, exist_ok=True)
        self._heart = Heart(self._side)
        progress = Progress(self._settings, self._side)
        self._workplace = Workplace(self._settings, self.engine, self._side, progress)
        return self

    def __exit__(self, *_: object) -> None:
        self._heart.stop()
        shared(self._settings).close()
        self.engine.dispose()
        self._side.dispose()

    def round(self) -> dict[str, tuple[Cost, int]]:
        """Each round into a new asset: cost and bytes of log by kind of import."""
        asset = f"bench-{secrets.token_hex(6)}"
        return {
            "first import": self._run(asset, _report(0)),
            "the same again": self._run(asset, _report(0)),
            "one per cent changed": self._run(asset, _report(FINDINGS // 100)),
        }

    def _run(self, asset: str, report: bytes) -> tuple[Cost, int]:
        from time import perf_counter, process_time  # noqa: PLC0415

        scan_id = self._accept(asset, report)
        with psycopg.connect(self._database.superuser_url, autocommit=True) as connection:
            connection.execute("checkpoint")
            before = connection.execute("select pg_current_wal_insert_lsn()").fetchone()
            backend = self._backend()
            server, client, wall = on_cpu(backend), process_time(), perf_counter()
            self._work()
            cost = Cost(process_time() - client, on_cpu(backend) - server, perf_counter() - wall)
            written = connection.execute(
                "select pg_current_wal_insert_lsn() - %s::pg_lsn", before or ()
            ).fetchone()
        with transaction(self.engine, ORGANIZATION) as opened:
            state = opened.scalar(text("select state from scan where id = :id"), {"id": scan_id})
        assert state == "done", state
        return cost, int((written or (0,))[0])

    def _backend(self) -> int:
        with transaction(self.engine) as connection:
            return int(connection.scalar(text("select pg_backend_pid()")) or 0)

    def _accept(self, asset: str, report: bytes) -> int:
        draft = self._settings.home / f"draft-{secrets.token_hex(4)}"
        draft.write_bytes(report)
        stored = open_storage(self._settings).write_file(draft)
        with transaction(self.engine, ORGANIZATION) as connection:
            scan_id = connection.execute(
                insert(Scan)
                .values(
                    organization_id=ORGANIZATION,
                    requested=msgspec.to_builtins(Requested(asset=asset)),
                    file_name="report.sarif",
                    storage_key=stored.key,
                    size_bytes=stored.size_bytes,
                    sha256=stored.sha256,
                )
                .returning(Scan.id)
            ).scalar_one()
            enqueue(connection, import_scan, organization_id=ORGANIZATION, scan_id=scan_id)
        return int(scan_id)

    def _work(self) -> None:
        while claimed := lease.claim(
            self.engine, worker="bench", queues=[Queue.IMPORT], per_organization=4, lease=60
        ):
            execute(claimed, self._workplace, self._heart)


def _report(moved: int) -> bytes:
    """SARIF; the first `moved` results are about other code than before."""
    results: list[dict[str, Any]] = [
        {
            "ruleId": f"bench-{n % 100}",
            "level": ("error", "warning", "note")[n % 3],
            "message": {"text": f"Input reaches the sink of rule {n % 100}."},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": f"src/module{n % 500}/file{n}.py"},
                        "region": {
                            "startLine": n % 900 + 1,
                            "snippet": {
                                "text": f"{'other' if n < moved else 'sink'}(source_{n}, {n * 7919})"
                            },
                        },
                    }
                }
            ],
        }
        for n in range(FINDINGS)
    ]
    tool = {"driver": {"name": "Bench", "version": "1.0"}}
    return json.dumps({"version": "2.1.0", "runs": [{"tool": tool, "results": results}]}).encode()
