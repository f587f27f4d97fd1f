"""`hauberk migrate`: brings the database's schema to the version of this build."""

from typing import Annotated

import typer


def migrate(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit status 1 when the schema is not there.")
    ] = False,
) -> None:
    """Bring the schema to head, under a lock: of several at once, one works and the others wait.

    Needs the role that owns the tables: HAUBERK_DATABASE_OWNER_URL, or HAUBERK_DATABASE_URL when that one owns them.
    'hauberk up' does this by itself. A schema that a later release made is left as it is, so that a rollback starts.

    Example: hauberk migrate --check || hauberk migrate
    """
    from sqlalchemy.exc import OperationalError

    from hauberk.db import migrate as schema
    from hauberk.infra.settings import load_settings
    from hauberk.kit.errors import Conflict, Unavailable

    settings = load_settings()
    url = settings.database.migration_url
    try:
        current = schema.current(url)
        if check:
            head = schema.head()
            if current != head and not schema.is_ahead(current):
                raise Conflict(f"The schema is at {current or 'nothing'}, this build needs {head}.")
        else:
            schema.upgrade(url, environment=settings.environment)
    except OperationalError as error:
        raise Unavailable(f"The database does not answer: {error.orig}") from error
    except schema.WrongEnvironmentError as error:
        raise Conflict(str(error)) from error
    found = schema.current(url)
    if schema.is_ahead(found):
        print(
            f"The schema is at {found}, of a later release: left as it is, this one ({schema.head()}) works on it."
        )
    elif current in (None, found):
        print(f"The schema is at {found}.")
    else:
        print(f"The schema was at {current}, and is at {found} now.")
