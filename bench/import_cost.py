"""What an import costs: the first one against a bare parse and a COPY of the same final rows into the same tables, the
same findings in another file and the same file again against 8 CPU microseconds a finding, and the parser's process
against 60 MB.

Everything runs as it does in a worker, the child in its sandbox; CPU is the child's, this process's and the backend's.
"""

import gc
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from bench.dataset.cost import on_cpu
from bench.dataset.reports import write_sarif
from bench.dataset.server import Database, databases, home
from psycopg import sql
from sqlalchemy import Connection, Engine, insert, text
from structlog.testing import capture_logs

from hauberk.db.models.organization import Organization
from hauberk.db.models.scan import Scan
from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.infra.envelope import Sealed
from hauberk.ingest import pipeline, reading
from hauberk.ingest.large import max_new_keys
from hauberk.ingest.sandbox.sandbox import Sandbox
from hauberk.ingest.scope import Requested
from hauberk.ingest.spool import SpoolFolder
from hauberk.parsers.sdk.json_walk import JsonWalker

NAME = "import-cost"
SIZE = 650_000
UNIT = "CPU microseconds a finding (memory: MiB)"
LIMIT_AGAIN = 8.0
LIMIT_MIB = 60.0
BYTES_A_KEY = 120
TIDIED_WITHIN_SECONDS = 300
PARENTS = ("organization", "asset", "asset_ref", "scope", "scan")
WRITTEN = (
    "rule_text", "vulnerability", "finding", "finding_vulnerability", "finding_key", "occurrence", "count_delta",
)  # fmt: skip


def parts(size: int) -> Iterator[tuple[str, list[tuple[float, float, dict[str, Any]]]]]:
    report = home() / f"report-{size}.sarif"
    report.parent.mkdir(parents=True, exist_ok=True)
    if not report.exists():
        write_sarif(report, size)
    with databases(0) as (empty,):
        first, again, same_file = _imported(empty, report, size)
        floor = _floor(empty, report, size)
    yield "first", [(first["cpu"], floor["cpu"], {"limit": 1.5, **first, "floor": floor})]
    yield "the same findings again", [(again["cpu"], LIMIT_AGAIN, {"limit": 1.0, **again})]
    yield "the same file again", [(same_file["cpu"], LIMIT_AGAIN, {"limit": 1.0, **same_file})]
    allowed = LIMIT_MIB + size * BYTES_A_KEY / 2**20
    yield (
        "memory of the parser",
        [(first["child_peak_mib"], allowed, {"report_bytes": report.stat().st_size})],
    )


class _Reader:
    """The sandboxed child, with what it used."""

    def __init__(self, sandbox: Sandbox, report: Path) -> None:
        self._sandbox, self._report = sandbox, report
        self.cpu, self.peak = 0.0, 0.0

    def identify(self, format: str | None) -> reading.Outcome:  # noqa: A002
        return self._call({}, format, {"step": "identify"})

    def room_beside(self, known: int) -> int | None:
        return max_new_keys(known, 256 * 2**20)

    def read(
        self,
        spool: SpoolFolder,
        format: str,  # noqa: A002
        scanner: str,
        room: int | None,
    ) -> reading.Outcome:
        matching = reading.Matching(element_key=bytes(32), max_new_keys=room, is_unmatched=room is None)
        files = {name: file.fileno() for name, file in spool.files().items()}
        return self._call(
            files, format, {"step": "read", "scanner": scanner, "matching": msgspec.to_builtins(matching)}
        )

    def _call(
        self,
        files: dict[str, int],
        format: str | None,  # noqa: A002
        arguments: dict[str, Any],
    ) -> reading.Outcome:
        arguments = {**arguments, "what": {"format": format}}
        with self._report.open("rb") as report, capture_logs() as logs:
            answer = self._sandbox.run(
                "hauberk.ingest.reading:run", files={"report": report.fileno()} | files, arguments=arguments
            )
        ended = next(each for each in logs if each["event"] == "child_ended")
        self.cpu += ended["cpu_seconds"]
        self.peak = max(self.peak, ended["peak_mib"])
        return msgspec.convert(answer, reading.Outcome)


def _imported(database: Database, report: Path, size: int) -> Iterator[dict[str, Any]]:
    settings = database.settings
    organization = _organization(database)
    engine = sync_engine(settings.database.url, pool=Pool(size=1))
    sandbox = Sandbox(settings)
    try:
        at = _Workplace(engine, organization, sandbox, settings.home)
        _import(at, _small(report), 1, asset="warm")  # what happens once is not measured
        yield _import(at, report, size, sha256="one")
        _wait_until_tidied(engine, organization)
        yield _import(at, report, size, sha256="another")
        yield _import(at, report, size, sha256="another")
    finally:
        sandbox.close()
        engine.dispose()


def _wait_until_tidied(engine: Engine, organization: int) -> None:
    """A scanner runs again long after the server has looked at what it found the first time."""
    ends = time.monotonic() + TIDIED_WITHIN_SECONDS
    while time.monotonic() < ends:
        with transaction(engine, organization) as connection:
            if connection.scalar(
                text("select autovacuum_count from pg_stat_user_tables where relname = 'occurrence'")
            ):
                return
        time.sleep(1)
    raise TimeoutError(f"The server has not tidied up within {TIDIED_WITHIN_SECONDS} seconds of the import.")


def _small(report: Path) -> Path:
    small = report.with_name("report-100.sarif")
    write_sarif(small, 100)
    return small


@dataclass(frozen=True)
class _Workplace:
    engine: Engine
    organization: int
    sandbox: Sandbox
    folder: Path


def _import(
    at: _Workplace, report: Path, size: int, asset: str = "shop", sha256: str | None = None
) -> dict[str, Any]:
    engine, organization = at.engine, at.organization
    with transaction(engine, organization) as connection:
        scan_id = connection.execute(
            insert(Scan)
            .values(organization_id=organization, requested={}, storage_key=secrets.token_hex(8), size_bytes=1,
                    sha256="0" * 64)
            .returning(Scan.id)
        ).scalar_one()  # fmt: skip
        backend = connection.scalar(text("select pg_backend_pid()"))
    job = pipeline.Import(
        organization_id=organization,
        scan_id=scan_id,
        requested=Requested(asset=asset),
        file_name=None,
        accepted_at=datetime.now(UTC),
        identity_key=bytes(32),
        sha256=sha256,
    )
    reader = _Reader(at.sandbox, report)
    gc.collect()
    wal, began = _wal(engine, organization), time.monotonic()
    server, client = on_cpu(backend), time.process_time()
    with SpoolFolder(at.folder / "spool") as spool:
        read = pipeline.read_and_compare(job, reader, spool, lambda: transaction(engine, organization))
        with transaction(engine, organization) as connection:
            applied = pipeline.apply(connection, job, read, spool)
    server, client = on_cpu(backend) - server, time.process_time() - client
    a_finding = 1e6 / size
    return {
        "cpu": (server + client + reader.cpu) * a_finding,
        "child": reader.cpu * a_finding,
        "worker": client * a_finding,
        "server": server * a_finding,
        "child_peak_mib": reader.peak,
        "seconds": time.monotonic() - began,
        "wal_bytes_a_finding": (_wal(engine, organization) - wal) / size,
        "counts": {name: n for name, n in applied.counts.items() if isinstance(n, int)},
        "rows_written": _rows_of(engine, organization, scan_id),
    }


def _wal(engine: Engine, organization: int) -> int:
    with transaction(engine, organization) as connection:
        return int(connection.scalar(text("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn")) or 0)


def _rows_of(engine: Engine, organization: int, scan_id: int) -> int:
    with transaction(engine, organization) as connection:
        return _count(
            connection, "occurrence where opened_scan_id = :scan or closed_scan_id = :scan", scan_id
        )


def _count(connection: Connection, what: str, scan_id: int) -> int:
    return int(connection.scalar(text(f"select count(*) from {what}"), {"scan": scan_id}) or 0)


def _organization(database: Database) -> int:
    """A new one in an emptied database."""
    with psycopg.connect(database.superuser_url, autocommit=True) as connection:
        connection.execute(f"truncate {', '.join((*PARENTS, *WRITTEN))} cascade")
    owner = sync_engine(database.settings.database.owner_url, pool=Pool(size=1))
    with owner.begin() as connection:
        connection.execute(text("set local role hauberk_system"))
        made = connection.execute(
            insert(Organization).values(name="Bench", identity_key=Sealed(b"")).returning(Organization.id)
        ).scalar_one()
    owner.dispose()
    return int(made)


def _floor(database: Database, report: Path, size: int) -> dict[str, Any]:
    """A bare parse of the report, and a COPY of what the import wrote into the emptied tables."""
    with psycopg.connect(database.superuser_url) as connection:
        kept = {table: _dumped(connection, table) for table in (*PARENTS, *WRITTEN)}
        connection.execute(f"truncate {', '.join((*PARENTS, *WRITTEN))} cascade")
        connection.execute("set session_replication_role = replica")
        for table in PARENTS:
            _copied(connection, table, *kept[table])
        connection.execute("set session_replication_role = origin")
        connection.commit()
        parse = _parse(report)
        backend = connection.info.backend_pid
        server, client = on_cpu(backend), time.process_time()
        for table in WRITTEN:
            _copied(connection, table, *kept[table])
        connection.commit()
        server, client = on_cpu(backend) - server, time.process_time() - client
    for _, file in kept.values():
        file.unlink()
    cpu = {"parse": parse, "copy_client": client, "copy_server": server}
    return {name: seconds / size * 1e6 for name, seconds in {**cpu, "cpu": sum(cpu.values())}.items()}


def _parse(report: Path) -> float:
    gc.collect()
    began = time.process_time()
    with report.open("rb") as file:
        for _ in JsonWalker(file, ["runs.item.results.item"]):
            pass
    return time.process_time() - began


def _dumped(connection: psycopg.Connection, table: str) -> tuple[str, Path]:
    columns = connection.execute(
        "select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute"
        " where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = ''",
        (table,),
    ).fetchone()
    assert columns is not None
    file = home() / f"{table}.copy"
    # In the order in which they were written, as a COPY from a file would find them.
    query = sql.SQL("copy (select {} from {} order by ctid) to stdout (format binary)").format(
        sql.SQL(columns[0]), sql.Identifier(table)
    )
    with file.open("wb") as out, connection.cursor().copy(query) as copy:
        out.writelines(copy)
    return columns[0], file


def _copied(connection: psycopg.Connection, table: str, columns: str, file: Path) -> None:
    query = sql.SQL("copy {} ({}) from stdin (format binary)").format(sql.Identifier(table), sql.SQL(columns))
    with file.open("rb") as source, connection.cursor().copy(query) as copy:
        while block := source.read(8192):
            copy.write(block)
