"""Alembic's way in: runs on the connection it is handed (`db.migrate`), on a URL, or as typed on the settings' database."""

from alembic import context
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from hauberk.db import (
    migrate,
    models,  # noqa: F401 — registers the tables
)
from hauberk.db.base import Model
from hauberk.db.url import driver_url
from hauberk.infra.settings import load_settings


def _run(connection: Connection) -> None:
    connection.execute(text("set local lock_timeout = '5s'"))
    context.configure(connection=connection, target_metadata=Model.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


def _run_as_typed() -> None:
    """`alembic upgrade head` in a checkout does what `hauberk migrate` does."""
    settings = load_settings()
    url = settings.database.migration_url
    if not url:
        raise SystemExit("There is no database: start 'hauberk up', or set HAUBERK_DATABASE_URL.")
    with create_engine(driver_url(url), poolclass=NullPool).begin() as connection:
        migrate.lock(connection)
        _run(connection)
        migrate.stamp(connection, settings.environment)


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
elif owner_url := context.config.attributes.get("owner_url"):
    with create_engine(driver_url(owner_url), poolclass=NullPool).begin() as own_connection:
        _run(own_connection)
else:
    _run_as_typed()
