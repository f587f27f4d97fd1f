"""Brings the schema to head, one process at a time, and says whether it is there."""

import secrets
from importlib import resources

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from hauberk.db.url import driver_url

MIGRATION_LOCK = 0x4861_7562  # any constant; transaction-scoped, so a dead process holds nothing


def _config(owner_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("hauberk.db") / "migrations"))
    config.attributes["owner_url"] = owner_url
    return config


def upgrade(owner_url: str, *, environment: str) -> None:
    """To head, in one transaction under an advisory lock; the first run stamps the environment. A schema that a later
    release made is left as it is: a rollback exchanges the program, and the program before works on it.
    """
    config = _config(owner_url)
    engine = create_engine(driver_url(owner_url), poolclass=NullPool)
    with engine.begin() as connection:
        lock(connection)
        if not is_ahead(MigrationContext.configure(connection).get_current_revision()):
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        stamp(connection, environment)
    engine.dispose()


def lock(connection: Connection) -> None:
    """Of several processes one migrates and the others wait."""
    connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})


class WrongEnvironmentError(Exception):
    """The database belongs to another environment than the process."""


def stamp(connection: Connection, environment: str) -> None:
    """Whose database it is; raises `WrongEnvironmentError` when it is another's."""
    connection.execute(
        text(
            "insert into installation (id, environment, public_id_key) values (1, :environment, :key)"
            " on conflict do nothing"
        ),
        {"environment": environment, "key": secrets.token_bytes(32)},
    )
    stamped = connection.scalar(text("select environment from installation"))
    if stamped != environment:
        raise WrongEnvironmentError(
            f"This database belongs to environment '{stamped}', HAUBERK_ENVIRONMENT says '{environment}'."
            " Point HAUBERK_DATABASE_URL at the right database."
        )


def head() -> str:
    """The revision this build was made for."""
    revision = ScriptDirectory.from_config(_config("")).get_current_head()
    assert revision is not None
    return revision


def is_ahead(revision: str | None) -> bool:
    """Whether a later release than this one made that schema: its revision is numbered on, and not one of ours."""
    known = {each.revision for each in ScriptDirectory.from_config(_config("")).walk_revisions()}
    return revision is not None and revision not in known and revision.isdigit() and revision > head()


def current(url: str) -> str | None:
    """The revision the database is at; None when it was never migrated."""
    engine = create_engine(driver_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    engine.dispose()
    return revision
