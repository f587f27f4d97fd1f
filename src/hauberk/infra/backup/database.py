"""The database's part of a backup: PostgreSQL's own tools, with the password in their environment only."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from hauberk.infra.backup.contents import Contents, contents
from hauberk.infra.embedded.providers import postgres_tool
from hauberk.infra.settings import Settings
from hauberk.kit.errors import Unavailable

_EXTENSION: Final = re.compile(r"\d+; \d+ \d+ (COMMENT - EXTENSION|EXTENSION -) ")
_SYSTEM: Final = "hauberk_system"
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


def backup_url(settings: Settings) -> str:
    url = settings.database.backup_url or settings.database.migration_url
    if not url:
        raise Unavailable("There is no database: start 'hauberk up', or set HAUBERK_DATABASE_URL.")
    return url


@contextmanager
def connected(url: str, *, to_server: bool = False) -> Iterator[psycopg.Connection]:
    """To the database or, for what is asked of the server, to one that is always there: ours may be dropped."""
    options: dict[str, Any] = {"options": "-c timezone=UTC -c datestyle=ISO", "connect_timeout": 10}
    if to_server:
        options["dbname"] = "postgres"
    try:
        connection = psycopg.connect(url, **options)
    except psycopg.OperationalError as error:
        raise Unavailable(f"The database does not answer: {error}") from error
    with connection:
        yield connection


def dump(url: str, target: Path) -> Contents:
    """In PostgreSQL's own format, past row-level security: all tenants, or an error. What is in it, of the same
    instant: by this a restore is compared.
    """
    with connected(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        _run(url, "pg_dump", "--format=custom", "--no-sync", f"--snapshot={snapshot}", f"--file={target}")
        return contents(connection)


def restore(url: str, source: Path) -> None:
    """All or nothing, but for extensions: they are the administrator's of each server, and the owner may make none."""
    name = conninfo_to_dict(url)["dbname"]
    listed = source.with_name(f"{source.name}.list")
    listed.write_text(
        "".join(f"{line}\n" for line in check_dump(source).splitlines() if not _EXTENSION.match(line))
    )
    once = ("--exit-on-error", "--single-transaction", f"--use-list={listed}")
    try:
        with _owning_functions(url):
            _run(url, "pg_restore", *once, f"--dbname={name}", str(source))
    finally:
        listed.unlink()


@contextmanager
def _owning_functions(url: str) -> Iterator[None]:
    """Functions are given to the role that they act as, which may for that moment make something in the schema."""
    with connected(url) as connection:
        connection.execute(f"GRANT CREATE ON SCHEMA public TO {_SYSTEM}")
    try:
        yield
    finally:
        with connected(url) as connection:
            connection.execute(f"REVOKE CREATE ON SCHEMA public FROM {_SYSTEM}")


def check_dump(source: Path) -> str:
    """The dump's table of contents, which PostgreSQL can read; needs no server."""
    return _run_tool(postgres_tool("pg_restore"), {}, "--list", str(source))


def copy_files(url: str, folder: Path) -> None:
    """All of the server's files and the changes made meanwhile, as `base.tar.gz` and `pg_wal.tar.gz`."""
    arguments = ("--format=tar", "--gzip", "--wal-method=stream", "--checkpoint=fast", "--no-password")
    _run(url, "pg_basebackup", f"--pgdata={folder}", *arguments)


def tool(url: str, name: str) -> tuple[str, dict[str, str]]:
    """The program for that server, and the environment that leads it there."""
    parts = conninfo_to_dict(url)
    given = {_VARIABLES[each]: str(value) for each, value in parts.items() if each in _VARIABLES and value}
    is_embedded = str(parts.get("host") or "").startswith("/")
    return postgres_tool(name) if is_embedded else fitting_tool(url, name), given


def fitting_tool(url: str, name: str) -> str:
    """The system's, else the wheel's, which fits the embedded server and cannot speak TLS. None older than the server."""
    with connected(url) as connection:
        major = connection.info.server_version // 10_000
    newest = Path(f"/usr/lib/postgresql/{major}/bin") / name
    found = (shutil.which(name), str(newest) if newest.exists() else None, postgres_tool(name))
    for program in found:
        if program is not None and _major(program) >= major:
            return program
    raise Unavailable(
        f"The server is PostgreSQL {major}, and {name} must not be older: install postgresql-client-{major}."
    )


@cache
def _major(program: str) -> int:
    told = subprocess.run([program, "--version"], check=True, capture_output=True, text=True)  # noqa: S603
    return int(told.stdout.split()[2].partition(".")[0])


def schema_revision(url: str) -> str | None:
    with connected(url) as connection:
        if connection.execute("SELECT to_regclass('alembic_version') IS NULL").fetchone() == (True,):
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def is_empty(url: str) -> bool:
    with connected(url) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        ).fetchone()
    return found == (0,)


def _run(url: str, name: str, *arguments: str) -> None:
    program, environment = tool(url, name)
    _run_tool(program, environment, *arguments)


def _run_tool(program: str, environment: Mapping[str, str], *arguments: str) -> str:
    ended = subprocess.run(  # noqa: S603
        [program, *arguments], check=False, capture_output=True, text=True, env={**os.environ, **environment}
    )
    if ended.returncode != 0:
        raise Unavailable(f"{Path(program).name} failed: {ended.stderr.strip()[-2000:]}")
    return ended.stdout
