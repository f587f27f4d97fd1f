"""What is protected: assets, their refs, and the scopes in which series of scans look at them."""

from datetime import datetime

from sqlalchemy import Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from hauberk.db.base import TenantModel, instant_now, tenant_reference


class Asset(TenantModel):
    """A repository, image, host, site, account …; its name is unique case-insensitively (`name_key`)."""

    __tablename__ = "asset"
    __table_args__ = (
        Index("asset_name_key_key", "organization_id", "name_key", unique=True),
        Index("asset_deleted_idx", "organization_id", "id", postgresql_where=text("deleted_at is not null")),
    )

    name: Mapped[str]
    name_key: Mapped[str]
    kind: Mapped[str]
    default_ref: Mapped[str]
    tags: Mapped[list[str]] = mapped_column(server_default="{}")
    created_at: Mapped[datetime] = instant_now()
    deleted_at: Mapped[datetime | None]


class AssetIdentifier(TenantModel):
    """What an asset is known by in reports besides its name (`domain.known_by`), and who says so: a scanner, or a person.

    What a person takes away stays as a row with `removed_at`, so that reports do not bring it back.
    """

    __tablename__ = "asset_identifier"
    __table_args__ = (
        tenant_reference("asset_id", "asset", on_delete="CASCADE"),
        Index("asset_identifier_value_key", "organization_id", "kind", "value", "asset_id", unique=True),
        Index(None, "organization_id", "asset_id"),
        Index("asset_identifier_scan_idx", "organization_id", "scan_id"),
    )

    asset_id: Mapped[int]
    kind: Mapped[str]
    value: Mapped[str]
    scanner: Mapped[str | None]
    scan_id: Mapped[int | None]
    added_by: Mapped[int | None]
    first_seen_at: Mapped[datetime] = instant_now()
    last_seen_at: Mapped[datetime] = instant_now()
    removed_at: Mapped[datetime | None]


class AssetRef(TenantModel):
    """A branch, tag or environment of an asset. Only tracked refs make findings active."""

    __tablename__ = "asset_ref"
    __table_args__ = (
        tenant_reference("asset_id", "asset", on_delete="CASCADE"),
        Index("asset_ref_name_key", "organization_id", "asset_id", "name", unique=True),
    )

    asset_id: Mapped[int]
    name: Mapped[str]
    is_tracked: Mapped[bool]
    last_scan_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = instant_now()


class Scope(TenantModel):
    """The unit of comparison: asset, ref, scanner and scope key. `version` guards a comparison made outside.

    `last_scan_at` is the effective date of the newest applied scan; an open occurrence was seen then.
    """

    __tablename__ = "scope"
    __table_args__ = (
        tenant_reference("asset_id", "asset", on_delete="CASCADE"),
        tenant_reference("ref_id", "asset_ref", on_delete="CASCADE"),
        Index("scope_identity_key", "organization_id", "asset_id", "ref_id", "scanner", "key", unique=True),
        Index("scope_scanner_idx", "organization_id", "scanner"),
    )

    asset_id: Mapped[int]
    ref_id: Mapped[int]
    scanner: Mapped[str]
    key: Mapped[str] = mapped_column(server_default="")
    version: Mapped[int] = mapped_column(server_default=text("0"))
    open_occurrences: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    tool_version: Mapped[str | None]
    last_scan_id: Mapped[int | None]
    last_scan_at: Mapped[datetime | None]
    last_complete_scan_at: Mapped[datetime | None]
    report_digest: Mapped[bytes | None]
    """Of the file that its newest complete scan read, and of how: while it stands, that file again changes nothing."""
    report_outcome: Mapped[bytes | None]
    """What that reading told, as `ingest.remembered` packs it."""
