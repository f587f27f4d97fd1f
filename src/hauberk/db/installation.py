"""What this database belongs to: read once when a process starts, checked against its settings."""

from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from hauberk.kit.ids import PublicIds

_READ = text("select environment, public_id_key from installation")


class NotMigratedError(Exception):
    """The database has no schema yet."""


@dataclass(frozen=True)
class Installation:
    environment: str
    public_ids: PublicIds


def read(connection: Connection) -> Installation:
    """Raises NotMigratedError when `hauberk migrate` never ran. (From async code: `await connection.run_sync(read)`.)"""
    try:
        row = connection.execute(_READ).one_or_none()
    except ProgrammingError as error:
        raise NotMigratedError("The database has no schema yet: run 'hauberk migrate'.") from error
    if row is None:
        raise NotMigratedError("The database was never stamped: run 'hauberk migrate'.")
    return Installation(row.environment, PublicIds(row.public_id_key))
