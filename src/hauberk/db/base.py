"""The ground of every table: naming convention, column types, and the organization that leads each key."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, ForeignKeyConstraint, Integer, MetaData, SmallInteger, Text, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from hauberk.db.sealed import SealedBytes
from hauberk.infra.envelope import Sealed

Instant = TIMESTAMP(timezone=True)


class Model(DeclarativeBase):
    """Base of all tables. Relationships are not used: reads join what they show, so nothing loads lazily."""

    metadata = MetaData(
        naming_convention={
            "pk": "%(table_name)s_pkey",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "ck": "%(table_name)s_%(constraint_name)s_check",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigInteger,
        str: Text,
        datetime: Instant,
        dict[str, Any]: JSONB(none_as_null=True),  # nothing is NULL, never the JSON value `null`
        list[Any]: JSONB(none_as_null=True),
        list[str]: ARRAY(Text),
        list[int]: ARRAY(Integer),
        Sealed: SealedBytes(),
    }


class TenantModel(Model):
    """A table of one organization's rows: the organization leads the primary key and row-level security guards it."""

    __abstract__ = True

    organization_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)

    @classmethod
    def identity_columns(cls) -> tuple[str, str]:
        return ("organization_id", "id")


def small(*, default: int | None = None) -> Mapped[int]:
    """A coded vocabulary word (severity, triage, kind): two bytes."""
    return mapped_column(SmallInteger, server_default=None if default is None else str(default))


def instant_now() -> Mapped[datetime]:
    return mapped_column(Instant, server_default=func.now())


def tenant_reference(column: str, table: str, *, on_delete: str | None = None) -> ForeignKeyConstraint:
    """A foreign key inside one organization: never to another tenant's row."""
    return ForeignKeyConstraint(
        ["organization_id", column], [f"{table}.organization_id", f"{table}.id"], ondelete=on_delete
    )
