"""What suppliers state about vulnerabilities in an asset (VEX): decisions about findings, whoever reports these."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from hauberk.db.base import Model, TenantModel, small, tenant_reference


class VexStatement(TenantModel):
    """One statement about one product, from the scan that brought it until the one of its series that did not.

    As with occurrences: the same document again changes nothing, and what a scan did can be taken back. `package` is null
    where the product as a whole is meant; no `versions` are all. `domain.vex` says what follows for a finding.
    """

    __tablename__ = "vex_statement"
    __table_args__ = (
        tenant_reference("asset_id", "asset", on_delete="CASCADE"),
        tenant_reference("scope_id", "scope", on_delete="CASCADE"),
        Index("vex_statement_scope_idx", "organization_id", "scope_id", "content_hash"),
        Index(
            "vex_statement_standing_idx",
            "organization_id",
            "asset_id",
            "id",
            postgresql_where=text("closed_scan_id is null"),
        ),
    )

    asset_id: Mapped[int]
    scope_id: Mapped[int]
    opened_scan_id: Mapped[int]
    closed_scan_id: Mapped[int | None]
    content_hash: Mapped[UUID]
    vex_status: Mapped[int] = small()
    names: Mapped[list[str]]
    """The vulnerability and its aliases, as the document has them."""
    product: Mapped[str]
    component: Mapped[str | None]
    package: Mapped[str | None]
    versions: Mapped[list[str]]
    qualifiers: Mapped[dict[str, Any]]
    justification: Mapped[str | None]
    impact: Mapped[str | None]
    action: Mapped[str | None]
    author: Mapped[str | None]
    stated_at: Mapped[datetime]
    document_id: Mapped[str | None]
    document_version: Mapped[str | None]


class VexStatementName(Model):
    """Leads from a vulnerability's name to what is stated about it in an asset."""

    __tablename__ = "vex_statement_name"
    __table_args__ = (
        tenant_reference("statement_id", "vex_statement", on_delete="CASCADE"),
        Index(None, "organization_id", "statement_id"),
    )

    organization_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    asset_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
