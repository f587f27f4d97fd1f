"""Columns of encrypted values: what is read from one is still encrypted, and nothing else can be written to it."""

from typing import Any

from sqlalchemy import Column, Dialect, LargeBinary, Table
from sqlalchemy.types import TypeDecorator

from hauberk.infra.envelope import Place, Sealed


class SealedBytes(TypeDecorator[Sealed]):
    """Reading opens nothing: whoever needs the value opens it, with the place that it came from."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Sealed | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise TypeError(f"only what is sealed is stored here, not {type(value).__name__}")
        return value.raw

    def process_result_value(self, value: Any, dialect: Dialect) -> Sealed | None:  # noqa: ARG002
        return None if value is None else Sealed(bytes(value))


def sealed_columns(tables: list[Table]) -> list[tuple[Table, Column[Sealed]]]:
    return [
        (table, column)
        for table in tables
        for column in table.columns
        if isinstance(column.type, SealedBytes)
    ]


def place_of(table: Table, column: Column[Sealed], organization_id: int, row_id: int) -> Place:
    return Place(table.name, column.name, organization_id, row_id)
