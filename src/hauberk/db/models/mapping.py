"""Report formats that an organization described itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from hauberk.db.base import TenantModel, instant_now


class ReportMapping(TenantModel):
    """A mapping as it was written, and as plain data. A deleted one is kept: old reports may have to be read again."""

    __tablename__ = "report_mapping"
    __table_args__ = (
        Index(
            "report_mapping_name_key",
            "organization_id",
            "name",
            unique=True,
            postgresql_where=text("deleted_at is null"),
        ),
    )

    name: Mapped[str]
    """The document's id: the format is `mapping:` and this."""
    scanner: Mapped[str]
    document: Mapped[str]
    fields: Mapped[dict[str, Any]]
    is_recognised: Mapped[bool]
    """It says by what its reports are recognised."""
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = instant_now()
    updated_at: Mapped[datetime] = instant_now()
    updated_by: Mapped[int | None]
    deleted_at: Mapped[datetime | None]
