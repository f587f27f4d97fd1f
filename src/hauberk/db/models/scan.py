"""One report taken in, from acceptance to its counts."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from hauberk.db.base import Model, TenantModel, instant_now, tenant_reference


class Scan(TenantModel):
    """A report that was accepted. `requested` keeps what the caller asked for (asset, ref, format …) as given."""

    __tablename__ = "scan"
    __table_args__ = (
        tenant_reference("asset_id", "asset", on_delete="CASCADE"),
        tenant_reference("scope_id", "scope", on_delete="CASCADE"),
        Index("scan_accepted_idx", "organization_id", text("accepted_at desc"), text("id desc")),
        Index(
            "scan_in_flight_idx",
            "organization_id",
            "id",
            postgresql_where=text("state in ('accepted', 'running')"),
        ),
        Index("scan_scope_idx", "organization_id", "scope_id", text("scanned_at desc")),
        Index(
            "scan_idempotency_key_key",
            "organization_id",
            "idempotency_key",
            unique=True,
            postgresql_where=text("idempotency_key is not null"),
        ),
        Index("scan_part_idx", "organization_id", "part_of", postgresql_where=text("part_of is not null")),
    )

    asset_id: Mapped[int | None]
    scope_id: Mapped[int | None]
    job_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(server_default="accepted")
    is_dry_run: Mapped[bool] = mapped_column(server_default="false")
    is_partial: Mapped[bool] = mapped_column(server_default="false")
    covered_targets: Mapped[list[str] | None]
    """Of a partial scan: the targets that it looked at as a whole."""
    requested: Mapped[dict[str, Any]]
    format: Mapped[str | None]
    scanner: Mapped[str | None]
    tool_version: Mapped[str | None]
    identity_version: Mapped[int | None] = mapped_column(SmallInteger)
    file_name: Mapped[str | None]
    storage_key: Mapped[str | None]
    spool_key: Mapped[str | None]
    size_bytes: Mapped[int]
    sha256: Mapped[str]
    idempotency_key: Mapped[str | None]
    request_hash: Mapped[str | None]
    uploaded_by: Mapped[int | None]
    counts: Mapped[dict[str, Any] | None]
    problems: Mapped[list[Any]] = mapped_column(server_default="[]")
    error: Mapped[dict[str, Any] | None]
    held: Mapped[dict[str, Any] | None]
    superseded_by: Mapped[int | None]
    applied_at: Mapped[datetime | None]
    """When its results were first written: the order in which scans took effect. Null where they had none."""
    is_complete: Mapped[bool] = mapped_column(server_default="false")
    """It saw its scope whole: what it does not report was closed."""
    closings: Mapped[str | None]
    """What a person decided about closings that were held: released, discarded."""
    released_at: Mapped[datetime | None]
    """When they closed, if they were released: other scans may have been applied since `applied_at`."""
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None]
    part_of: Mapped[int | None]
    """The scan of the whole report, where that covers several assets and this is what it says of one."""
    preview_of: Mapped[int | None]
    """Of a preview: the scan that would be undone or reprocessed, as `preview_act` says."""
    preview_act: Mapped[str | None]
    scanned_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime] = instant_now()
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class HeldOccurrence(Model):
    """What the brake kept open when a scan was applied: the scan did not report it, whatever became of it since."""

    __tablename__ = "held_occurrence"
    __table_args__ = (tenant_reference("scan_id", "scan", on_delete="CASCADE"),)

    organization_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    scan_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    occurrence_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
