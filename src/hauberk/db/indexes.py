"""The indexes that the models want, and whether one of that name is like it: an accident leaves the name to another."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.sql.elements import UnaryExpression

from hauberk.db import models  # noqa: F401 - registers the tables
from hauberk.db.base import Model


@dataclass(frozen=True)
class WantedIndex:
    """`columns` in their order, None where it is of an expression."""

    name: str
    table: str
    columns: tuple[str | None, ...]
    is_unique: bool
    is_partial: bool

    def is_like(self, found: Any) -> bool:
        """`found`: a row with what PostgreSQL says of it. What an expression or a condition says is not compared."""
        return (
            (found.of_table, found.is_unique, found.is_partial, len(found.columns))
            == (self.table, self.is_unique, self.is_partial, len(self.columns))
        ) and all(
            wanted in (None, is_there) for wanted, is_there in zip(self.columns, found.columns, strict=True)
        )


def of_schema() -> Iterator[WantedIndex]:
    for table in Model.metadata.sorted_tables:
        for index in table.indexes:
            columns = tuple(_column(each) for each in index.expressions)
            where = index.dialect_options["postgresql"]["where"]
            yield WantedIndex(str(index.name), table.name, columns, bool(index.unique), where is not None)
        for key in table.constraints:
            if isinstance(key, PrimaryKeyConstraint | UniqueConstraint):
                yield WantedIndex(
                    str(key.name),
                    table.name,
                    tuple(each.name for each in key.columns),
                    is_unique=True,
                    is_partial=False,
                )


def _column(expression: Any) -> str | None:
    while isinstance(expression, UnaryExpression):  # its order
        expression = expression.element
    return expression.name if isinstance(expression, Column) else None
