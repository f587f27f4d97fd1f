"""Whether the pools of all processes fit the database server, told at start and not at the first busy hour."""

import psycopg

from hauberk.infra.settings import Settings
from hauberk.kit.errors import Conflict, Unavailable


def check_connections(settings: Settings) -> None:
    """Refuse to start when this machine alone could ask for more connections than the server has."""
    if not settings.database.url:
        raise Unavailable("There is no database: start 'hauberk up', or set HAUBERK_DATABASE_URL.")
    if settings.database.pooler:
        return
    try:
        with psycopg.connect(settings.database.url, connect_timeout=5) as connection:
            row = connection.execute(
                "SELECT current_setting('max_connections')::int - current_setting('reserved_connections')::int"
                " - current_setting('superuser_reserved_connections')::int"
            ).fetchone()
    except psycopg.OperationalError as error:
        raise Unavailable(f"The database does not answer: {error}") from error
    allowed, wanted = row[0] if row else 0, settings.api_connections
    if wanted > allowed:
        raise Conflict(
            f"{settings.api_processes} processes with {settings.database.pool_size} + {settings.database.max_overflow}"
            f" connections each may open {wanted}, and the database allows {allowed}. Raise its max_connections, lower"
            " HAUBERK_WORKERS, HAUBERK_DATABASE_POOL_SIZE or HAUBERK_DATABASE_MAX_OVERFLOW, or put PgBouncer in between"
            " and set HAUBERK_DATABASE_POOLER=true."
        )
