"""The roles of the database: an owner that migrates, an app role that owns nothing, a group for cross-tenant functions.

None is a superuser and none may pass by row-level security. The same statements prepare an external server
(`docs/operations`), where an administrator runs them.
"""

import psycopg
from psycopg import sql

from hauberk.infra.settings.home import HomeSecrets

OWNER = "hauberk_owner"
APP = "hauberk_app"
SYSTEM = "hauberk_system"


def ensure(connection: psycopg.Connection, secrets: HomeSecrets, database: str) -> None:
    """Make what is missing; passwords are those of the home."""
    _role(connection, SYSTEM, "NOLOGIN")
    _role(connection, OWNER, "LOGIN CREATEROLE", secrets.database_owner_password)
    _role(connection, APP, "LOGIN", secrets.database_app_password)
    connection.execute(
        sql.SQL("GRANT {}, {} TO {} WITH ADMIN OPTION").format(
            sql.Identifier(SYSTEM), sql.Identifier(APP), sql.Identifier(OWNER)
        )
    )
    # What its functions for metrics look at; the app itself may not, for it would see what others ask.
    connection.execute(sql.SQL("GRANT pg_monitor TO {}").format(sql.Identifier(SYSTEM)))
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
    if found is None:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                sql.Identifier(database), sql.Identifier(OWNER)
            )
        )
        grant(connection, database)


def grant(connection: psycopg.Connection, database: str) -> None:
    """Nobody but our roles may connect; the app makes temporary tables for imports."""
    name = sql.Identifier(database)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    connection.execute(
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(name, sql.Identifier(APP))
    )


def _role(connection: psycopg.Connection, name: str, rights: str, password: str | None = None) -> None:
    role = sql.Identifier(name)
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {} NOSUPERUSER NOBYPASSRLS NOCREATEDB").format(role))
    statement = sql.SQL("ALTER ROLE {} {}").format(role, sql.SQL(rights))
    if password is not None:
        statement += sql.SQL(" PASSWORD {}").format(sql.Literal(password))
    connection.execute(statement)
