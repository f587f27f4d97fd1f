"""Findings joined into one and occurrences split off: what people, or aliases of one flaw, say beside the keys."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Index, Integer, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from hauberk.db.base import Model, TenantModel, instant_now, tenant_reference


class Regrouping(TenantModel):
    """One join or split: logged, reversible, and obeyed by later imports because keys and places lead elsewhere now.

    A join leads the keys of `other_id` to `finding_id`; a split leads chosen keys and places of it to `other_id`, which
    it made. `detail` has what undoing needs. `other_id` is null where the other finding never was: an import took
    results for this finding because of aliases.
    """

    __tablename__ = "regrouping"
    __table_args__ = (
        tenant_reference("asset_id", "asset", on_delete="CASCADE"),
        tenant_reference("finding_id", "finding", on_delete="CASCADE"),
        Index(None, "organization_id", "finding_id"),
        Index(None, "organization_id", "other_id"),
    )

    asset_id: Mapped[int]
    finding_id: Mapped[int]
    other_id: Mapped[int | None]
    act: Mapped[str]
    cause: Mapped[str]
    reason: Mapped[str | None]
    keys: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    detail: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    made_by: Mapped[int | None]
    made_at: Mapped[datetime] = instant_now()
    undone_by: Mapped[int | None]
    undone_at: Mapped[datetime | None]


class SplitPlace(Model):
    """Where a key leads to another finding than elsewhere: the places of what was split off, and where they went since.

    `spot` is what of a place another scanner would name alike (a manifest, a file, a symbol); null where that could not
    tell the two findings apart.
    """

    __tablename__ = "split_place"
    __table_args__ = (
        tenant_reference("finding_id", "finding", on_delete="CASCADE"),
        Index(None, "organization_id", "finding_id"),
    )

    organization_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    asset_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    fingerprint: Mapped[UUID] = mapped_column(primary_key=True)
    place_hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    finding_id: Mapped[int]
    spot: Mapped[str | None]


class CorrelationDismissal(Model):
    """Somebody said that two findings of different kinds have nothing to do with each other; the lower id first.

    Correlations themselves are not stored: they follow from what the findings are now (`domain.correlation`).
    """

    __tablename__ = "correlation_dismissal"
    __table_args__ = (
        tenant_reference("finding_id", "finding", on_delete="CASCADE"),
        tenant_reference("other_id", "finding", on_delete="CASCADE"),
        Index(None, "organization_id", "other_id"),
    )

    organization_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    finding_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    other_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    dismissed_by: Mapped[int | None]
    dismissed_at: Mapped[datetime] = instant_now()
