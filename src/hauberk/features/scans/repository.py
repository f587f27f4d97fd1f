"""Reads of scans: the list, one with its names and its job's progress, and what it changed."""

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnClause,
    Integer,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    column,
    func,
    select,
    text,
)
from sqlalchemy.orm import aliased

from hauberk.db.models.asset import Asset, AssetRef, Scope
from hauberk.db.models.identity import User
from hauberk.db.models.job import Job
from hauberk.db.models.scan import Scan
from hauberk.db.repository import DbSession, Order, PageRequest, Repository, SortKey, fetch_page
from hauberk.domain.permissions import Actor
from hauberk.ingest.changes import (
    CHANGES,
    CHANGES_OF_PARTS,
    UNCHANGED,
    UNCHANGED_OF_PARTS,
    words_for,
)
from hauberk.kit.errors import NotFound
from hauberk.kit.page import Page

undoer = aliased(User)
_part = aliased(Scan)
_PARTS = (
    select(
        func.jsonb_build_object(
            "total",
            func.count(),
            "going_on",
            func.count().filter(_part.state.in_(("accepted", "running"))),
            "held",
            func.count().filter(_part.state == "held"),
            "failed",
            func.count().filter(_part.state.in_(("failed", "cancelled"))),
        )
    )
    .where(_part.organization_id == Scan.organization_id, _part.part_of == Scan.id)
    .having(func.count() > 0)
    .correlate(Scan)
    .scalar_subquery()
)


def shown_to(actor: Actor) -> Select[Any]:
    """The visible scans with the names they are shown with, and their job's progress: plain rows, which are never stale."""
    return (
        select(
            *Scan.__table__.columns,
            Asset.name.label("asset_name"),
            AssetRef.name.label("ref_name"),
            Scope.key.label("scope_key"),
            User.name.label("uploader"),
            Job.progress.label("progress"),
            Job.kind.label("job_kind"),
            Job.state.label("job_state"),
            Job.error.label("job_error"),
            undoer.name.label("undoer"),
            _PARTS.label("parts"),
        )
        .outerjoin(Asset, and_(Asset.organization_id == Scan.organization_id, Asset.id == Scan.asset_id))
        .outerjoin(Scope, and_(Scope.organization_id == Scan.organization_id, Scope.id == Scan.scope_id))
        .outerjoin(
            AssetRef,
            and_(AssetRef.organization_id == Scope.organization_id, AssetRef.id == Scope.ref_id),
        )
        .outerjoin(User, User.id == Scan.uploaded_by)
        .outerjoin(undoer, undoer.id == Scan.undone_by)
        .outerjoin(Job, and_(Job.organization_id == Scan.organization_id, Job.id == Scan.job_id))
        .where(Scan.organization_id == actor.organization_id)
    )


class ScanRepository(Repository[Scan]):
    model = Scan
    kind = "scan"
    orders: ClassVar = {
        "-accepted_at": Order.by(Scan.accepted_at, Scan.id, descending=True),
        "accepted_at": Order.by(Scan.accepted_at, Scan.id),
    }

    async def page(
        self,
        actor: Actor,
        request: PageRequest,
        *,
        state: str | None = None,
        asset_id: int | None = None,
        scanner: str | None = None,
        part_of: int | None = None,
    ) -> Page[Row[Any]]:
        """The parts of a divided report are in the list of their asset, and of their whole."""
        wanted = shown_to(actor).where(Scan.preview_of.is_(None))
        if part_of is not None:
            wanted = wanted.where(Scan.part_of == part_of)
        elif asset_id is None:
            wanted = wanted.where(Scan.part_of.is_(None))
        if state is not None:
            wanted = wanted.where(Scan.state == state)
        if asset_id is not None:
            wanted = wanted.where(Scan.asset_id == asset_id)
        if scanner is not None:
            wanted = wanted.where(Scan.scanner == scanner)
        return await fetch_page(self.session, wanted, self.orders[request.sort], request)

    async def shown(self, actor: Actor, scan_id: int) -> Row[Any]:
        wanted = shown_to(actor).where(Scan.id == scan_id)
        found: Row[Any] | None = (await self.session.execute(wanted)).one_or_none()
        if found is None:
            raise NotFound("scan")
        return found

    async def held_parts(self, actor: Actor, scan_id: int) -> Sequence[int]:
        """Of a divided report, those whose closings wait."""
        wanted = self.visible_to(actor).where(Scan.part_of == scan_id, Scan.state == "held")
        return (await self.session.scalars(wanted.with_only_columns(Scan.id).order_by(Scan.id))).all()

    async def is_followed(self, actor: Actor, scan: Scan) -> bool:
        """Whether a newer scan of its series counts: one that saw a part only, else it had settled what is held."""
        newer = select(Scope.id).where(
            Scope.organization_id == actor.organization_id,
            Scope.id == scan.scope_id,
            Scope.last_scan_at > scan.scanned_at,
        )
        return await self.session.scalar(newer) is not None

    async def has_parts(self, actor: Actor, scan_id: int) -> bool:
        wanted = self.visible_to(actor).where(Scan.part_of == scan_id).limit(1)
        return await self.session.scalar(wanted.with_only_columns(Scan.id)) is not None

    async def parts(self, actor: Actor, scan_id: int) -> Sequence[Any]:
        """Of a divided report: id, asset's name, state and spool of each part."""
        wanted = (
            self.visible_to(actor)
            .where(Scan.part_of == scan_id)
            .with_only_columns(
                Scan.id,
                func.coalesce(Asset.name, Scan.requested["asset"].as_string()).label("asset"),
                Scan.state,
                Scan.spool_key,
            )
            .outerjoin(Asset, and_(Asset.organization_id == Scan.organization_id, Asset.id == Scan.asset_id))
            .order_by(Scan.id)
        )
        return (await self.session.execute(wanted)).all()

    async def changes(
        self, actor: Actor, scan_id: int, request: PageRequest, kind: str | None, parts: Sequence[int] = ()
    ) -> Page[Row[Any]]:
        """Of a divided report those of its `parts`."""
        if parts:
            bound = text(UNCHANGED_OF_PARTS if kind == "unchanged" else CHANGES_OF_PARTS).bindparams(
                bindparam("scans", list(parts), ARRAY(BigInteger)), organization=actor.organization_id
            )
        else:
            bound = text(UNCHANGED if kind == "unchanged" else CHANGES).bindparams(
                organization=actor.organization_id, scan=scan_id
            )
        rows = bound.columns(*_CHANGE_COLUMNS).subquery("change")
        order = Order(
            (
                SortKey(rows.c.part, int, descending=False),
                SortKey(rows.c.severity, int, descending=True),
                SortKey(rows.c.id, int, descending=False),
            )
        )
        wanted = select(rows)
        if kind is not None:
            wanted = wanted.where(rows.c.reason.in_(words_for(kind)))
        return await fetch_page(self.session, wanted, order, request)


_CHANGE_COLUMNS: tuple[ColumnClause[Any], ...] = (
    column("part", Integer),
    column("id", BigInteger),
    *(column(name) for name in ("reason", "finding_id", "title")),
    column("severity", Integer),
    column("location"),
    column("component"),
    column("scan_id", BigInteger),
    column("decision", Text),
)


async def has_scans(session: DbSession, organization_id: int) -> bool:
    """Whether anything was ever uploaded."""
    found = await session.scalar(select(Scan.id).where(Scan.organization_id == organization_id).limit(1))
    return found is not None
