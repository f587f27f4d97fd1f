"""What acts on many findings at once found there, so that they can be taken back."""

from typing import Any

from sqlalchemy import BigInteger, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from hauberk.db.base import Model, tenant_reference


class BulkChange(Model):
    """One finding that a job changed: the columns that differ, as they were and as the job left them. Goes with its job."""

    __tablename__ = "bulk_change"
    __table_args__ = (
        tenant_reference("job_id", "job", on_delete="CASCADE"),
        tenant_reference("finding_id", "finding", on_delete="CASCADE"),
        Index(None, "organization_id", "finding_id"),
    )

    organization_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    job_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    finding_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
