"""Alembic's way in: runs on the connection it is handed (`db.migrate`), or by hand (`alembic upgrade head`) on the owner's."""

from contextlib import AbstractContextManager

from alembic import context
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from hauberk.db import migrate, models  # noqa: F401 — registers the tables
from hauberk.db.base import Model
from hauberk.db.url import driver_url
from hauberk.infra.settings import load_settings


def _run(connection: Connection) -> None:
    connection.execute(text("set local lock_timeout = '5s'"))
    context.configure(connection=connection, target_metadata=Model.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


def _by_hand() -> None:
    """As `hauberk migrate`: the database of the settings, under the lock, stamped with its environment."""
    settings = load_settings()
    if not settings.database.migration_url:
        raise SystemExit("There is no database: start 'hauberk up', or set HAUBERK_DATABASE_URL.")
    with _connected(settings.database.migration_url) as connection:
        migrate.lock(connection)
        _run(connection)
        if inspect(connection).has_table("installation"):
            migrate.stamp(connection, settings.environment.value)


def _connected(url: str) -> AbstractContextManager[Connection]:
    return create_engine(driver_url(url), poolclass=NullPool).begin()


given = context.config.attributes
if "connection" in given:
    _run(given["connection"])
elif given.get("owner_url"):
    with _connected(given["owner_url"]) as connection:
        _run(connection)
else:
    _by_hand()
