"""PostgreSQL as the product sees it, by the names that its usual exporter uses, so that rules fit either."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from hauberk.db.session import Sessions, TimeLimits
from hauberk.infra.metrics.observing import Sample, Samples, look, observed
from hauberk.infra.readiness import Installation

LIMITS: Final = TimeLimits(statement="20s", lock="1s", idle_in_transaction="30s")
TABLES: Final = 20
STATEMENTS: Final = 20
STATES: Final = ("active", "idle", "idle in transaction", "idle in transaction (aborted)")

UP = observed("pg_up", "Whether the database answers")
CONNECTIONS = observed("pg_stat_activity_count", "Connections by what they do", "state")
MAX_CONNECTIONS = observed("pg_settings_max_connections", "Connections that the server accepts")
LONGEST = observed(
    "pg_stat_activity_max_tx_duration",
    "Seconds of the oldest transaction, by what its connection does",
    "state",
)
LOCKS = observed("pg_locks_waiting", "Connections that wait for a lock")
REPLICA = observed("pg_replication_is_replica", "Whether the database that is written to is a replica")
REPLICAS = observed("pg_replication_replicas", "Streaming replicas that are connected")
LAG = observed("pg_replication_lag_seconds", "How far the slowest replica is behind; 0 without one")
LAG_BYTES = observed("pg_replication_lag_bytes", "The same in bytes of log, by replica", "replica")
SLOT = observed("pg_replication_slot_wal_bytes", "Log that a replication slot keeps", "slot")
ARCHIVED = observed("pg_stat_archiver_archived_count", "Segments of log archived", is_counter=True)
FAILED = observed("pg_stat_archiver_failed_count", "Segments that could not be archived", is_counter=True)
ARCHIVED_AT = observed("pg_stat_archiver_last_archive_time", "When the last one was; 0 for never")
XID_AGE = observed(
    "pg_database_xid_age", "Transactions since the oldest row was frozen; 2,000,000,000 is the end"
)
SIZE = observed("pg_database_size_bytes", "Size of the database")
WAL = observed("pg_wal_written_bytes", "Log written since the server's statistics began", is_counter=True)
TABLE_SIZE = observed("pg_table_size_bytes", "Size of a table with its indexes, the largest ones", "table")
LIVE = observed("pg_table_live_rows", "Rows of a table", "table")
DEAD = observed("pg_table_dead_rows", "Rows that are gone and still take room", "table")
DEAD_RATIO = observed("pg_table_dead_ratio", "Part of a table's rows that is dead", "table")
VACUUMED = observed("pg_table_last_vacuum_timestamp", "When a table was last vacuumed; 0 for never", "table")
CALLS = observed(
    "pg_stat_statements_calls", "Calls of the costliest statements", "id", "statement", is_counter=True
)
STATEMENT_SECONDS = observed(
    "pg_stat_statements_seconds", "Time that they took", "id", "statement", is_counter=True
)
SLOWEST = observed("pg_stat_statements_longest_seconds", "The longest call", "id", "statement")
ROWS = observed("pg_stat_statements_rows", "Rows that they read or wrote", "id", "statement", is_counter=True)

_DATABASE = {
    "xact_commit": "Transactions committed",
    "xact_rollback": "Transactions rolled back",
    "blks_read": "Blocks read from disk",
    "blks_hit": "Blocks found in memory",
    "tup_returned": "Rows read",
    "tup_fetched": "Rows fetched",
    "tup_inserted": "Rows inserted",
    "tup_updated": "Rows updated",
    "tup_deleted": "Rows deleted",
    "conflicts": "Statements ended by recovery",
    "temp_files": "Temporary files",
    "temp_bytes": "Bytes in temporary files",
    "deadlocks": "Deadlocks",
}
_COUNTERS = {
    field: observed(f"pg_stat_database_{field}", title, is_counter=True) for field, title in _DATABASE.items()
}

_SERVER = text(f"""
select {", ".join(f"d.{each}" for each in _DATABASE)}, current_setting('max_connections')::int as max_connections,
    pg_is_in_recovery() as is_replica, a.archived_count, a.failed_count,
    coalesce(extract(epoch from a.last_archived_time), 0)::float8 as archived_at,
    (select max(age(b.datfrozenxid)) from pg_database b) as xid_age, (select w.wal_bytes from pg_stat_wal w) as wal_bytes
from pg_stat_database d cross join pg_stat_archiver a where d.datname = current_database()
""")  # noqa: S608
_TABLES = text("""
select s.relname, s.n_live_tup, s.n_dead_tup, pg_total_relation_size(s.relid) as size,
    coalesce(extract(epoch from greatest(s.last_vacuum, s.last_autovacuum)), 0)::float8 as vacuumed_at
from pg_stat_user_tables s order by size desc limit :at_most
""")
_SIZE = text("select pg_database_size(current_database())")
_ACTIVITY = text("select * from server_activity()")
_REPLICAS = text("select * from server_replicas()")
_SLOTS = text("select * from server_slots()")
_STATEMENTS = text("select * from server_statements(:at_most)")


@asynccontextmanager
async def looking(installation: Installation) -> AsyncIterator[AsyncSession]:
    """A transaction that sees no tenant's rows, only what the system functions tell of all."""
    async with Sessions(installation.engine, limits=LIMITS).transaction() as session:
        yield session


@look()
async def database(installation: Installation) -> Samples:
    try:
        async with looking(installation) as session:
            server = (await session.execute(_SERVER)).one()
            activity = (await session.execute(_ACTIVITY)).all()
            replicas = (await session.execute(_REPLICAS)).all()
            slots = (await session.execute(_SLOTS)).all()
    except (SQLAlchemyError, OSError):
        return [UP(0)]
    return [
        UP(1),
        *_server(server),
        *_activity(activity),
        REPLICAS(len(replicas)),
        LAG(max((row.lag_seconds for row in replicas), default=0)),
        *(LAG_BYTES(row.lag_bytes, row.name) for row in replicas),
        *(SLOT(row.kept_bytes, row.name) for row in slots),
    ]


@look(every=60)
async def tables(installation: Installation) -> Samples:
    async with looking(installation) as session:
        rows = (await session.execute(_TABLES, {"at_most": TABLES})).all()
        size = (await session.execute(_SIZE)).scalar_one()
    samples = [SIZE(size)]
    for row in rows:
        total = row.n_live_tup + row.n_dead_tup
        samples += [
            TABLE_SIZE(row.size, row.relname),
            LIVE(row.n_live_tup, row.relname),
            DEAD(row.n_dead_tup, row.relname),
            DEAD_RATIO(row.n_dead_tup / total if total else 0, row.relname),
            VACUUMED(row.vacuumed_at, row.relname),
        ]
    return samples


@look(every=60)
async def statements(installation: Installation) -> Samples:
    """Nothing where the extension pg_stat_statements is not installed."""
    async with looking(installation) as session:
        rows = (await session.execute(_STATEMENTS, {"at_most": STATEMENTS})).all()
    return [
        sample
        for row in rows
        for sample in (
            CALLS(row.calls, row.id, row.statement),
            STATEMENT_SECONDS(row.seconds, row.id, row.statement),
            SLOWEST(row.longest_seconds, row.id, row.statement),
            ROWS(row.rows_read, row.id, row.statement),
        )
    ]


def _server(row: Row[Any]) -> Iterator[Sample]:
    yield MAX_CONNECTIONS(row.max_connections)
    yield REPLICA(row.is_replica)
    yield ARCHIVED(row.archived_count)
    yield FAILED(row.failed_count)
    yield ARCHIVED_AT(row.archived_at)
    yield XID_AGE(row.xid_age)
    yield WAL(row.wal_bytes)
    for field, series in _COUNTERS.items():
        yield series(getattr(row, field))


def _activity(rows: "list[Row[Any]] | Any") -> Iterator[Sample]:
    found = {row.state: row for row in rows}
    for state in sorted({*STATES, *found}):
        row = found.get(state)
        yield CONNECTIONS(row.n if row else 0, state)
        yield LONGEST(row.longest_transaction if row else 0, state)
    yield LOCKS(sum(row.waiting_for_locks for row in rows))
