"""Reads of assets: rows, and what is shown beside them (refs, scanners, open findings), a page at a time."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final, cast

from sqlalchemy import ColumnElement, Select, and_, exists, func, join, or_, select
from sqlalchemy.exc import IntegrityError

from hauberk.db.counts import open_counts
from hauberk.db.models.asset import Asset, AssetRef, Scope
from hauberk.db.models.scan import Scan
from hauberk.db.query.matching import is_one_of
from hauberk.db.repository import Order, PageRequest, Repository, fetch_page
from hauberk.domain.permissions import Actor
from hauberk.features.assets.ranking import RANKINGS, ranked
from hauberk.kit.errors import Conflict, NotFound
from hauberk.kit.page import Page

MAX_REFS = 200


@dataclass(frozen=True)
class Ref:
    name: str
    is_tracked: bool
    last_scan_at: datetime | None
    idle_since: datetime | None
    """When its newest report came; None where nothing is open on it."""


@dataclass
class ShownAsset:
    """An asset with what is shown beside it."""

    asset: Asset
    refs: list[Ref] = field(default_factory=list)
    scanners: set[str] = field(default_factory=set)
    by_severity: dict[int, int] = field(default_factory=dict)

    @property
    def last_scan_at(self) -> datetime | None:
        return max((ref.last_scan_at for ref in self.refs if ref.last_scan_at), default=None)


_NEWEST_SCAN: Final = and_(Scan.organization_id == Scope.organization_id, Scan.id == Scope.last_scan_id)
_LOOKED: Final = or_(
    Scope.open_occurrences > 0,
    Scan.counts["statements"].is_(None),
    Scan.counts["reported"].as_integer() > 0,
)
"""A supplier's document of statements alone looked for nothing: it is no scan that anybody waits for."""


class AssetRepository(Repository[Asset]):
    model = Asset
    kind = "asset"
    orders: ClassVar = {
        "name": Order.by(Asset.name_key, Asset.id),
        "-name": Order.by(Asset.name_key, Asset.id, descending=True),
        "id": Order.by(Asset.id),
        "-id": Order.by(Asset.id, descending=True),
    }

    def visible_to(self, actor: Actor) -> Select[Asset]:
        """What is being deleted is gone already."""
        return super().visible_to(actor).where(Asset.deleted_at.is_(None))

    async def page(
        self, actor: Actor, request: PageRequest, condition: ColumnElement[bool]
    ) -> Page[ShownAsset]:
        found = await self._ranked(actor, request, condition)
        shown = await self._shown(actor, found.items)
        return Page(shown, found.next_cursor, found.total, found.total_is_exact)

    async def _ranked(
        self, actor: Actor, request: PageRequest, condition: ColumnElement[bool]
    ) -> Page[Asset]:
        if request.sort not in RANKINGS:
            return await self.list(actor, request, condition)
        visible = self.visible_to(actor).where(condition)
        assets, order = ranked(visible, actor.organization_id, request.sort)
        page = await fetch_page(self.session, assets, order, request)
        return page.map(lambda row: cast("Asset", row[0]))

    async def shown(self, actor: Actor, number: int) -> ShownAsset:
        asset = await self.get(actor, number)
        await self.session.refresh(asset)
        return (await self._shown(actor, [asset]))[0]

    async def never_or_long_not_scanned(self, actor: Actor, since: datetime, limit: int) -> list[ShownAsset]:
        """Assets without a scan since then; those that never had one first, then by name."""
        looked = (
            exists()
            .select_from(join(Scope, Scan, _NEWEST_SCAN, isouter=True))
            .where(Scope.organization_id == Asset.organization_id, Scope.asset_id == Asset.id, _LOOKED)
        )
        recently, ever = (
            looked.where(Scope.last_scan_at >= since),
            looked.where(Scope.last_scan_at.is_not(None)),
        )
        wanted = self.visible_to(actor).where(~recently).order_by(ever, Asset.name_key).limit(limit)
        found: Sequence[Any] = (await self.session.scalars(wanted)).all()
        return await self._shown(actor, found)

    async def is_named(self, actor: Actor, name: str, *, other_than: int | None = None) -> bool:
        wanted = select(Asset.id).where(
            Asset.organization_id == actor.organization_id, Asset.name_key == name.casefold()
        )
        found = await self.session.scalar(wanted)
        return found is not None and found != other_than

    async def add(self, asset: Asset) -> None:
        self.session.add(asset)
        await self.save()  # its refs, the trail and the answer need its id
        self.session.add(
            AssetRef(
                organization_id=asset.organization_id,
                asset_id=asset.id,
                name=asset.default_ref,
                is_tracked=True,
            )
        )
        await self.session.flush()

    async def save(self) -> None:
        """What was changed on loaded assets is written now, so that what is read next shows it."""
        try:
            await self.session.flush()
        except IntegrityError as error:
            raise Conflict("Somebody took this name just now.", code="name_taken") from error

    async def ref_id(self, actor: Actor, asset_id: int, name: str) -> int:
        found = await self.session.scalar(
            select(AssetRef.id).where(
                AssetRef.organization_id == actor.organization_id,
                AssetRef.asset_id == asset_id,
                AssetRef.name == name,
            )
        )
        if found is None:
            raise NotFound("ref", name)
        return found

    async def ensure_ref(self, actor: Actor, asset_id: int, name: str) -> int:
        """The id of the ref, made (and not yet tracked) when no scan was of it so far."""
        try:
            return await self.ref_id(actor, asset_id, name)
        except NotFound:
            made = AssetRef(
                organization_id=actor.organization_id, asset_id=asset_id, name=name, is_tracked=False
            )
            self.session.add(made)
            await self.session.flush()  # its id is what is asked for
            return made.id

    async def _shown(self, actor: Actor, assets: Sequence[Asset]) -> list[ShownAsset]:
        shown = {asset.id: ShownAsset(asset) for asset in assets}
        if shown:
            await self._add_refs(actor, shown)
            await self._add_counts(actor, shown)
        return list(shown.values())

    async def _add_refs(self, actor: Actor, shown: dict[int, ShownAsset]) -> None:
        numbered = func.row_number().over(partition_by=AssetRef.asset_id, order_by=AssetRef.id.desc())
        refs = (
            select(AssetRef, numbered.label("number"))
            .where(AssetRef.organization_id == actor.organization_id, is_one_of(AssetRef.asset_id, shown))
            .subquery()
        )
        wanted = (
            select(
                refs.c.asset_id,
                refs.c.name,
                refs.c.is_tracked,
                func.max(Scope.last_scan_at).filter(_LOOKED).label("last_scan_at"),
                func.max(func.greatest(Scope.last_scan_at, Scan.accepted_at))
                .filter(Scope.open_occurrences > 0)
                .label("idle_since"),
                func.array_remove(func.array_agg(Scope.scanner.distinct()).filter(_LOOKED), None).label(
                    "scanners"
                ),
            )
            .join_from(
                refs,
                Scope,
                and_(
                    Scope.organization_id == refs.c.organization_id,
                    Scope.asset_id == refs.c.asset_id,
                    Scope.ref_id == refs.c.id,
                ),
                isouter=True,
            )
            .outerjoin(Scan, _NEWEST_SCAN)
            .where(refs.c.number <= MAX_REFS)
            .group_by(refs.c.asset_id, refs.c.id, refs.c.name, refs.c.is_tracked)
            .order_by(refs.c.name)
        )
        for row in await self.session.execute(wanted):
            of = shown[row.asset_id]
            of.refs.append(Ref(row.name, row.is_tracked, row.last_scan_at, row.idle_since))
            of.scanners.update(row.scanners or ())
        for of in shown.values():
            of.refs.sort(key=lambda ref, of=of: (ref.name != of.asset.default_ref, ref.name))  # type: ignore[misc]

    async def _add_counts(self, actor: Actor, shown: dict[int, ShownAsset]) -> None:
        counted = open_counts(actor.organization_id).c
        wanted = (
            select(counted.asset_id, counted.severity, func.sum(counted.n).label("n"))
            .where(is_one_of(counted.asset_id, shown))
            .group_by(counted.asset_id, counted.severity)
        )
        found: dict[int, dict[int, int]] = defaultdict(dict)
        for row in await self.session.execute(wanted):
            found[row.asset_id][row.severity] = int(row.n)
        for number, counts in found.items():
            shown[number].by_severity = counts
