"""A PostgreSQL of the benchmarks' own, as `hauberk up` configures it, with one database for each size of the data set.

It lives under `HAUBERK_BENCH_HOME`, by default a folder beside other temporary ones, and is kept there so that the next
run finds its data; `python -m bench.dataset.server remove` takes it away.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from bench.dataset.filling import fill
from psycopg import sql

from hauberk.db import migrate
from hauberk.infra.embedded.postgres import create_database, drop_database
from hauberk.infra.embedded.servers import EmbeddedServers, running
from hauberk.infra.settings import Settings
from hauberk.infra.settings.loading import read_settings

ORGANIZATIONS = 50
# While it is filled nothing has to survive a crash: what is half filled is dropped.
_FILLING = {
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "maintenance_work_mem": "1GB",
    "autovacuum": "off",
}


@dataclass(frozen=True)
class Database:
    """One filled database: its addresses, and settings that point to it."""

    findings: int
    superuser_url: str
    settings: Settings


def home() -> Path:
    return Path(os.environ.get("HAUBERK_BENCH_HOME") or Path(tempfile.gettempdir()) / "hauberk-bench")


@contextmanager
def databases(*sizes: int) -> Iterator[list[Database]]:
    """Databases of these many findings (0: only migrated), filled first where they are not there yet."""
    settings = read_settings({"HAUBERK_ENVIRONMENT": "test", "HAUBERK_HOME": str(home())}, servers=False)
    with running(settings) as servers:
        missing = [size for size in sizes if not _is_filled(servers, size)]
    if missing:
        _make(settings, missing)
    with running(settings) as servers:
        yield [_database(settings, servers, size) for size in sizes]


def _make(settings: Settings, sizes: list[int]) -> None:
    with running(settings, is_throwaway=True) as servers:
        _configure(servers, _FILLING)
    with running(settings, is_throwaway=True) as servers:
        for size in sizes:
            began = time.monotonic()
            name = _name(size)
            create_database(_superuser_url(servers), name)
            migrate.upgrade(_named(_postgres(servers).owner_url, name), environment="test")
            if size:
                fill(
                    _named(_superuser_url(servers), name),
                    size,
                    organizations=min(ORGANIZATIONS, max(1, size // 2000)),
                    key_ring=settings.key_ring,
                )
            with psycopg.connect(_superuser_url(servers), autocommit=True) as connection:
                connection.execute(sql.SQL("comment on database {} is 'filled'").format(sql.Identifier(name)))
            print(f"{size:,} findings in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        _configure(servers, dict.fromkeys(_FILLING))


def _configure(servers: EmbeddedServers, values: dict[str, str | None] | dict[str, str]) -> None:
    with psycopg.connect(_superuser_url(servers), autocommit=True) as connection:
        for name, value in values.items():
            if value is None:
                connection.execute(sql.SQL("alter system reset {}").format(sql.Identifier(name)))
            else:
                connection.execute(
                    sql.SQL("alter system set {} = {}").format(sql.Identifier(name), sql.Literal(value))
                )


def _is_filled(servers: EmbeddedServers, size: int) -> bool:
    with psycopg.connect(_superuser_url(servers)) as connection:
        found = connection.execute(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", (_name(size),)
        ).fetchone()
    return found == ("filled",)


def _database(settings: Settings, servers: EmbeddedServers, size: int) -> Database:
    postgres = _postgres(servers)
    name = _name(size)
    migrate.upgrade(_named(postgres.owner_url, name), environment="test")
    addresses = {"url": _named(postgres.app_url, name), "owner_url": _named(postgres.owner_url, name)}
    changes: dict[str, object] = {"database": settings.database.model_copy(update=addresses)}
    for section, address in servers.addresses.items():
        if section != "database":
            changes[section] = getattr(settings, section).model_copy(update=address)
    return Database(size, _named(postgres.superuser_url, name), settings.model_copy(update=changes))


def _postgres(servers: EmbeddedServers):  # noqa: ANN202
    assert servers.postgres is not None
    return servers.postgres


def _superuser_url(servers: EmbeddedServers) -> str:
    return _postgres(servers).superuser_url


def _name(size: int) -> str:
    return f"findings_{size}"


def _named(url: str, database: str) -> str:
    head, _, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{database}?{query}"


def remove(*sizes: int) -> None:
    """All of it, or the databases of these sizes."""
    if not sizes:
        shutil.rmtree(home(), ignore_errors=True)
        return
    settings = read_settings({"HAUBERK_ENVIRONMENT": "test", "HAUBERK_HOME": str(home())}, servers=False)
    with running(settings) as servers:
        for size in sizes:
            drop_database(_superuser_url(servers), _name(size))


if __name__ == "__main__":
    act, *numbers = sys.argv[1:] or ["fill", "100000"]
    if act == "remove":
        remove(*map(int, numbers))
    else:
        with databases(*map(int, numbers)):
            pass
