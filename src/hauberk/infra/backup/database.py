"""The database's part of a backup: `pg_dump` and `pg_restore`, with the password in their environment only."""

import os
import shutil
import subprocess
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from hauberk.infra.embedded.providers import postgres_tool
from hauberk.infra.settings import Settings
from hauberk.kit.errors import Unavailable

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


def dump(settings: Settings, target: Path) -> None:
    """In PostgreSQL's own format, past row-level security: all tenants, or an error."""
    _run(settings, "pg_dump", "--format=custom", "--no-sync", f"--file={target}")


def restore(settings: Settings, source: Path) -> None:
    """All or nothing."""
    _run(settings, "pg_restore", "--exit-on-error", "--single-transaction", "--dbname=", str(source))


def check_dump(source: Path) -> None:
    """Whether PostgreSQL can read the dump's table of contents; needs no server."""
    _run_tool(postgres_tool("pg_restore"), {}, "--list", str(source))


def schema_revision(settings: Settings) -> str | None:
    with _connect(settings) as connection:
        if connection.execute("SELECT to_regclass('alembic_version') IS NULL").fetchone() == (True,):
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def is_empty(settings: Settings) -> bool:
    with _connect(settings) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        ).fetchone()
    return found == (0,)


def _connect(settings: Settings) -> psycopg.Connection:
    try:
        return psycopg.connect(_url(settings), connect_timeout=10)
    except psycopg.OperationalError as error:
        raise Unavailable(f"The database does not answer: {error}") from error


def _url(settings: Settings) -> str:
    url = settings.database.backup_url or settings.database.migration_url
    if not url:
        raise Unavailable("There is no database: start 'hauberk up', or set HAUBERK_DATABASE_URL.")
    return url


def _run(settings: Settings, tool: str, *arguments: str) -> None:
    parts = conninfo_to_dict(_url(settings))
    given = {_VARIABLES[name]: str(value) for name, value in parts.items() if name in _VARIABLES and value}
    # the wheel's tools fit the embedded server, whose socket has a path; they cannot speak TLS to another one
    is_embedded = str(parts.get("host") or "").startswith("/")
    program = postgres_tool(tool) if is_embedded else shutil.which(tool) or postgres_tool(tool)
    _run_tool(
        program,
        given,
        *(f"--dbname={parts['dbname']}" if each == "--dbname=" else each for each in arguments),
    )


def _run_tool(program: str, environment: dict[str, str], *arguments: str) -> None:
    ended = subprocess.run(  # noqa: S603
        [program, *arguments], check=False, capture_output=True, text=True, env={**os.environ, **environment}
    )
    if ended.returncode != 0:
        raise Unavailable(f"{Path(program).name} failed: {ended.stderr.strip()[-2000:]}")
