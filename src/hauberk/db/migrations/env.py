"""Alembic's way in: runs on the connection it is handed (`db.migrate`), or on the owner's URL from the settings."""

from alembic import context
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from hauberk.db import models  # noqa: F401 — registers the tables
from hauberk.db.base import Model
from hauberk.db.url import driver_url


def _run(connection: Connection) -> None:
    connection.execute(text("set local lock_timeout = '5s'"))
    context.configure(connection=connection, target_metadata=Model.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


connection = context.config.attributes.get("connection")
if connection is not None:
    _run(connection)
else:
    owner_url = context.config.attributes.get("owner_url") or context.config.get_main_option("sqlalchemy.url")
    assert owner_url is not None
    with create_engine(driver_url(owner_url), poolclass=NullPool).begin() as own_connection:
        _run(own_connection)
