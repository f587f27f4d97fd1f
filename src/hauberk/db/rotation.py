"""After a rotation of the secret keys: every encrypted value gets its data key wrapped under the newest one.

One organization is one transaction, and what is left stands in the values themselves: stopped anywhere, it goes on
there. Others read and write meanwhile; a row is locked while its value is wrapped again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, Table, select, text, update

from hauberk.db import models  # noqa: F401 - registers the tables
from hauberk.db.base import Model
from hauberk.db.sealed import place_of, sealed_columns
from hauberk.db.session import transaction
from hauberk.infra import envelope
from hauberk.infra.crypto import KeyRing, Undecipherable

_AT_ONCE: Final = 500
_BY_KEY = text("select kid, is_first_version, n from sealed_by_key()")
_LEFT = text("select * from sealed_elsewhere(:newest, :after, :at_most)")


@dataclass(frozen=True, slots=True)
class Stored:
    """How many values a secret key opens; those of the first version have no data key yet."""

    kid: str
    values: int
    is_first_version: bool


@dataclass(frozen=True, slots=True)
class Wrapped:
    """What was done in one organization; `unreadable` says of each value that stays why."""

    organization_id: int
    values: int
    unreadable: tuple[str, ...]


def stored(connection: Connection) -> list[Stored]:
    """Over all organizations, by secret key."""
    return [Stored(row.kid, row.n, row.is_first_version) for row in connection.execute(_BY_KEY)]


def wrap_all_again(engine: Engine, key_ring: KeyRing) -> Iterator[Wrapped]:
    """Organization after organization of those that have a value under an older key."""
    after = 0
    while found := _left(engine, key_ring.kids[0], after):
        for organization_id in found:
            with transaction(engine, organization_id) as connection:
                done = _wrap_again(connection, key_ring, organization_id)
            yield done
            after = organization_id


def _left(engine: Engine, newest: str, after: int) -> Sequence[int]:
    with transaction(engine) as connection:
        return connection.scalars(_LEFT, {"newest": newest, "after": after, "at_most": _AT_ONCE}).all()


def _wrap_again(connection: Connection, key_ring: KeyRing, organization_id: int) -> Wrapped:
    values, unreadable = 0, []
    for table, column in sealed_columns(Model.metadata.sorted_tables):
        for row in _rows(connection, table, column.name, organization_id):
            if row.value.version == envelope.VERSION and row.value.kid == key_ring.kids[0]:
                continue
            place = place_of(table, column, organization_id, row.id)
            try:
                again = envelope.wrap_again(key_ring, place, row.value)
            except Undecipherable as error:
                unreadable.append(f"{table.name}.{column.name} of {organization_id}/{row.id}: {error}")
                continue
            connection.execute(
                update(table)
                .where(_of(table, organization_id), table.c.id == row.id)
                .values({column.name: again})
            )
            values += 1
    return Wrapped(organization_id, values, tuple(unreadable))


def _rows(connection: Connection, table: Table, column: str, organization_id: int) -> Sequence[Row[Any, Any]]:
    value = table.c[column]
    return connection.execute(
        select(table.c.id, value.label("value"))
        .where(_of(table, organization_id), value.is_not(None))
        .order_by(table.c.id)
        .with_for_update()
    ).all()


def _of(table: Table, organization_id: int) -> Any:
    column = table.c.get("organization_id", table.c.id)
    return column == organization_id
