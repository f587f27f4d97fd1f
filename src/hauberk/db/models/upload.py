"""Files on their way in: uploads that can be interrupted, and what was refused but is kept for a while."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from hauberk.db.base import Model, TenantModel, instant_now, tenant_reference


class Upload(TenantModel):
    """A file that arrives in several requests. Its parts become one stored file when the last byte is here."""

    __tablename__ = "upload"
    __table_args__ = (
        Index("upload_expiry_idx", "organization_id", "expires_at"),
        Index("upload_owner_idx", "organization_id", "uploaded_by", "id"),
    )

    uploaded_by: Mapped[int | None]
    service_account_id: Mapped[int | None]
    """Who sends it, where that is no person."""
    file_name: Mapped[str | None]
    is_partial: Mapped[bool] = mapped_column(server_default="false")
    """One of several that are sent side by side and joined afterwards."""
    length: Mapped[int]
    received: Mapped[int] = mapped_column(server_default="0")
    storage_key: Mapped[str | None]
    sha256: Mapped[str | None]
    scan_id: Mapped[int | None]
    """The scan that was made of it; the stored file is the scan's then."""
    created_at: Mapped[datetime] = instant_now()
    expires_at: Mapped[datetime]


class UploadPart(Model):
    """Bytes of an upload that are durable, from one offset on."""

    __tablename__ = "upload_part"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "upload_id"], ["upload.organization_id", "upload.id"], ondelete="CASCADE"
        ),
    )

    organization_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    upload_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    begins_at: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    size_bytes: Mapped[int]
    storage_key: Mapped[str]
    sha256: Mapped[str]


class QuarantinedFile(TenantModel):
    """A file that was refused for what it is; never read again, never sent to anybody, deleted after a while."""

    __tablename__ = "quarantined_file"
    __table_args__ = (
        tenant_reference("scan_id", "scan", on_delete="SET NULL (scan_id)"),
        Index("quarantined_file_list_idx", "organization_id", "quarantined_at", "id"),
    )

    storage_key: Mapped[str]
    file_name: Mapped[str | None]
    size_bytes: Mapped[int]
    sha256: Mapped[str]
    code: Mapped[str]
    """Why, as the refusal said it."""
    detail: Mapped[str]
    uploaded_by: Mapped[int | None]
    scan_id: Mapped[int | None]
    quarantined_at: Mapped[datetime] = instant_now()
