"""Whether the pools of all processes fit the database server, told at start and not at the first busy hour."""

from dataclasses import dataclass

import psycopg

from hauberk.infra.settings import Settings
from hauberk.kit.errors import Conflict, Unavailable

# The least of what the server has, and what this role and this database may (a negative limit is none).
ROOM = """
select least(
  current_setting('max_connections')::int - coalesce(current_setting('reserved_connections', true), '0')::int
    - current_setting('superuser_reserved_connections')::int,
  (select case when rolconnlimit >= 0 then rolconnlimit end from pg_roles where rolname = session_user),
  (select case when datconnlimit >= 0 then datconnlimit end from pg_database where datname = current_database())
), pg_backend_pid()
"""


@dataclass(frozen=True)
class Room:
    """What the server has for us. A pooler tells its clients another process number than the server's: so it is seen."""

    connections: int
    is_behind_pooler: bool


def room(url: str) -> Room:
    with psycopg.connect(url, connect_timeout=5, prepare_threshold=None) as connection:
        allowed, process = connection.execute(ROOM).fetchone() or (0, 0)
        return Room(allowed or 0, connection.info.backend_pid != process)


def check_connections(settings: Settings) -> None:
    """Refuse to start when this machine alone could ask for more connections than the server has."""
    if not settings.database.url:
        raise Unavailable("There is no database: start 'hauberk up', or set HAUBERK_DATABASE_URL.")
    try:
        found = room(settings.database.url)
    except psycopg.OperationalError as error:
        raise Unavailable(f"The database does not answer: {error}") from error
    if found.is_behind_pooler and not settings.database.pooler:
        raise Conflict(
            "A pooler is in front of the database: set HAUBERK_DATABASE_POOLER=true, so that nothing is kept in a connection."
        )
    if found.is_behind_pooler or settings.process_connections <= found.connections:
        return
    database = settings.database
    raise Conflict(
        f"{settings.api_processes} processes with {database.pool_size} + {database.max_overflow} connections each may"
        f" open {settings.api_connections}, workers and scheduler"
        f" {settings.process_connections - settings.api_connections}, and the database allows {found.connections}. Raise"
        " its max_connections, lower HAUBERK_WORKERS, HAUBERK_DATABASE_POOL_SIZE or HAUBERK_DATABASE_MAX_OVERFLOW, or put"
        " PgBouncer in between and set HAUBERK_DATABASE_POOLER=true."
    )
