"""Reads and writes of what the installation keeps of its readiness: of no tenant, for its operator."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from hauberk.db.models.readiness import (
    Attestation,
    ReadinessAssignment,
    ReadinessRecord,
    ReadinessReport,
    Waiver,
)
from hauberk.db.repository import DbSession, Order, PageRequest, fetch_page
from hauberk.kit.page import Page


class ReadinessRepository:
    orders = {"-id": Order.by(ReadinessReport.id, descending=True)}  # noqa: RUF012 - a table of constants

    def __init__(self, db: DbSession) -> None:
        self.db = db

    async def records(self, kind: str, name: str) -> Sequence[ReadinessRecord]:
        """All, the last kept first: which is the newest, and of which time, only their signatures say."""
        found = await self.db.scalars(
            select(ReadinessRecord)
            .where(ReadinessRecord.kind == kind, ReadinessRecord.name == name)
            .order_by(ReadinessRecord.id.desc())
        )
        return found.all()

    async def attestations(self, row: str) -> Sequence[Attestation]:
        """Newest first."""
        found = await self.db.scalars(
            select(Attestation)
            .where(Attestation.row_name == row)
            .order_by(Attestation.attested_at.desc(), Attestation.id.desc())
        )
        return found.all()

    async def waivers(self) -> dict[str, Waiver]:
        """By row; those that ran out too, so that it can be said."""
        found = await self.db.scalars(select(Waiver).where(Waiver.withdrawn_at.is_(None)))
        return {each.row_name: each for each in found}

    async def withdraw_waiver(self, row: str) -> Waiver | None:
        """The one that ends with it."""
        ended: Waiver | None = await self.db.scalar(
            update(Waiver)
            .where(Waiver.row_name == row, Waiver.withdrawn_at.is_(None))
            .values(withdrawn_at=func.now())
            .returning(Waiver)
        )
        return ended

    async def assignments(self) -> dict[str, ReadinessAssignment]:
        return {each.row_name: each for each in await self.db.scalars(select(ReadinessAssignment))}

    async def assign(self, row: str, **values: Any) -> None:
        await self.db.execute(
            upsert(ReadinessAssignment)
            .values(row_name=row, **values)
            .on_conflict_do_update(index_elements=[ReadinessAssignment.row_name], set_=values)
        )

    async def add_report(self, **values: Any) -> ReadinessReport:
        made = ReadinessReport(**values)
        self.db.add(made)
        await self.db.flush()
        return made

    async def newest_report(self) -> ReadinessReport | None:
        found: ReadinessReport | None = await self.db.scalar(
            select(ReadinessReport).order_by(ReadinessReport.id.desc()).limit(1)
        )
        return found

    async def reports(self, request: PageRequest) -> Page[ReadinessReport]:
        """Newest first."""
        page = await fetch_page(self.db, select(ReadinessReport), self.orders[request.sort], request)
        return page.map(lambda row: cast("ReadinessReport", row[0]))

    async def report_before(self, report_id: int) -> ReadinessReport | None:
        found: ReadinessReport | None = await self.db.scalar(
            select(ReadinessReport)
            .where(ReadinessReport.id < report_id)
            .order_by(ReadinessReport.id.desc())
            .limit(1)
        )
        return found

    async def forget_reports(self, until: datetime) -> None:
        await self.db.execute(delete(ReadinessReport).where(ReadinessReport.finished_at < until))
