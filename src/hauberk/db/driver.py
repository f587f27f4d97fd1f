"""Hot statements, straight to the driver: a text that is kept, and its parameters.

Building a statement, finding it in SQLAlchemy's cache and reading its result cost more than the short reads they are
for. Everything else goes through the session; both are in the same transaction, with the same errors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql import psycopg as psycopg_dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from hauberk.db.session import driver_of
from hauberk.db.statements import note_begin, note_end

_DIALECT = psycopg_dialect.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Kept:
    """A statement as the driver wants it; `prepares` where the server may plan it once for all parameters."""

    text: bytes
    parameters: Mapping[str, Any]
    prepares: bool = False

    @classmethod
    def of(cls, statement: ClauseElement) -> "Kept":
        """Values that differ from use to use must be named (`bindparam("after_0", …)`)."""
        compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
        return cls(compiled.string.encode(), compiled.params)


async def fetch(session: AsyncSession, kept: Kept, **parameters: Any) -> Sequence[Any]:
    """Its rows, as named tuples."""
    connection = await driver_of(session)
    began = note_begin()
    try:
        cursor = await _asked(connection, kept, parameters)
        found = await cursor.fetchall()
    except psycopg.Error as error:
        raise _as_sqlalchemy_has_it(kept.text, error) from error
    note_end(kept.text.decode(), began)
    return found


async def fetch_all(session: AsyncSession, *asked: tuple[Kept, Mapping[str, Any]]) -> list[Sequence[Any]]:
    """The rows of several that need nothing of each other, in one message: who waits for them waits once."""
    connection = await driver_of(session)
    found: list[Sequence[Any]] = []
    try:
        async with connection.pipeline():
            cursors = [await _asked(connection, each, parameters) for each, parameters in asked]
            for (kept, _), cursor in zip(asked, cursors, strict=True):
                began = note_begin()
                found.append(await cursor.fetchall())
                note_end(kept.text.decode(), began)
    except psycopg.Error as error:
        every = b";".join(each.text for each, _ in asked)  # it may show while another one's rows are fetched
        raise _as_sqlalchemy_has_it(every, error) from error
    return found


async def _asked(
    connection: psycopg.AsyncConnection[Any], kept: Kept, parameters: Mapping[str, Any]
) -> psycopg.AsyncCursor[Any]:
    cursor = connection.cursor(row_factory=namedtuple_row)
    return await cursor.execute(kept.text, {**kept.parameters, **parameters}, prepare=kept.prepares)


def _as_sqlalchemy_has_it(statement: bytes, error: psycopg.Error) -> BaseException:
    return DBAPIError.instance(statement.decode(), None, error, psycopg.Error, dialect=_DIALECT)
