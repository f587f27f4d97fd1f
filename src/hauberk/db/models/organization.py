"""The installation itself and the organizations (tenants) it serves."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, Integer, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from hauberk.db.base import Model, instant_now
from hauberk.infra.envelope import Sealed


class Installation(Model):
    """One row: what this database belongs to. Holds the key of the public ids, which is never rotated."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    environment: Mapped[str]
    public_id_key: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = instant_now()


class Organization(Model):
    """A tenant. `identity_key` (encrypted) keys the hashes of secrets in fingerprints and is never rotated.

    `purpose` is `customer`; `operator` for whoever runs the installation; `probe` for the one that checks act in.
    """

    __tablename__ = "organization"
    __table_args__ = (
        CheckConstraint("purpose in ('operator', 'customer', 'probe')", name="purpose"),
        Index("organization_probe_key", "purpose", unique=True, postgresql_where=text("purpose = 'probe'")),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    identity_key: Mapped[Sealed]
    settings: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    purpose: Mapped[str] = mapped_column(server_default="customer")
    created_at: Mapped[datetime] = instant_now()
