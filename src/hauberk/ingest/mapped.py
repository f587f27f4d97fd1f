"""Mapped formats where reports come in: which of an organization's mappings may read a report."""

from typing import Any

from sqlalchemy import Connection, Select, select

from hauberk.db.models.mapping import ReportMapping
from hauberk.parsers.mapping import formats


def wanted(organization_id: int, format: str | None) -> Select[Any] | None:  # noqa: A002 — the field's own name
    """The documents to read with: the one named, even when it was deleted since; else those that recognise reports."""
    of_organization = select(ReportMapping.fields).where(ReportMapping.organization_id == organization_id)
    if format is None:
        return of_organization.where(
            ReportMapping.deleted_at.is_(None), ReportMapping.is_recognised
        ).order_by(ReportMapping.id)
    if not formats.is_mapped(format):
        return None
    return (
        of_organization.where(ReportMapping.name == format.removeprefix(formats.PREFIX))
        .order_by(ReportMapping.deleted_at.is_not(None), ReportMapping.id.desc())
        .limit(1)
    )


def documents(connection: Connection, organization_id: int, format: str | None) -> list[Any]:  # noqa: A002
    statement = wanted(organization_id, format)
    return [] if statement is None else list(connection.scalars(statement))
