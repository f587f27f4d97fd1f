"""What people do to assets: make, rename, tag, track refs of, delete."""

from typing import Any

from hauberk.db import counts
from hauberk.db.audit import record
from hauberk.db.locks import lock_asset
from hauberk.db.models.asset import Asset
from hauberk.db.repository import DbSession
from hauberk.domain.events import AssetTagsChanged, FindingsChanged
from hauberk.domain.permissions import Actor
from hauberk.features.assets import jobs
from hauberk.features.assets.deletion import hide
from hauberk.features.assets.repository import AssetRepository
from hauberk.features.assets.schemas import AssetChange, NewAsset
from hauberk.features.assets.tracking import set_tracked
from hauberk.jobs.enqueue import enqueue_async
from hauberk.jobs.events import emit_async
from hauberk.kit.errors import Conflict, Invalid


async def create_asset(session: DbSession, actor: Actor, wanted: NewAsset) -> int:
    repository = AssetRepository(session)
    await _check_name(repository, actor, wanted.name)
    asset = Asset(
        organization_id=actor.organization_id,
        name=wanted.name,
        name_key=wanted.name.casefold(),
        kind=wanted.kind,
        default_ref=wanted.default_ref,
        tags=_once(wanted.tags),
    )
    await repository.add(asset)
    await record(session, actor, "asset.created", "asset", asset.id, {"name": asset.name})
    await _shown_anew(session, actor)
    return asset.id


async def change_asset(session: DbSession, actor: Actor, number: int, change: AssetChange) -> None:
    repository = AssetRepository(session)
    # The asset's lock before its row, as imports take them: the other way round the two could wait for each other.
    connection = await session.connection()
    await connection.run_sync(lock_asset, actor.organization_id, number)
    asset = await repository.get(actor, number, for_update=True)
    if change.name is not None:
        await _check_name(repository, actor, change.name, other_than=number)
    values = change.model_dump(exclude_none=True, exclude={"refs"})
    if change.tags is not None:
        values["tags"] = _once(change.tags)
    detail = {
        name: [getattr(asset, name), value] for name, value in values.items() if getattr(asset, name) != value
    }
    for name in detail:
        setattr(asset, name, values[name])
    asset.name_key = asset.name.casefold()
    await repository.save()
    if detail:
        await record(session, actor, "asset.changed", "asset", number, detail)
        await _shown_anew(session, actor)
    if "tags" in detail:
        await emit_async(session, AssetTagsChanged(actor.organization_id, number))
    if "default_ref" in detail:
        await repository.ensure_ref(actor, number, asset.default_ref)
        await track_ref(session, actor, number, asset.default_ref, is_tracked=True)
    for ref in change.refs or ():
        await track_ref(session, actor, number, ref.name, is_tracked=ref.is_tracked)


async def track_ref(session: DbSession, actor: Actor, number: int, name: str, *, is_tracked: bool) -> None:
    repository = AssetRepository(session)
    await repository.get(actor, number)
    ref_id = await repository.ref_id(actor, number, name)
    connection = await session.connection()
    changed = await connection.run_sync(
        set_tracked, actor.organization_id, asset_id=number, ref_id=ref_id, is_tracked=is_tracked
    )
    if changed:
        detail: dict[str, Any] = {"ref": name, "is_tracked": is_tracked}
        await record(session, actor, "asset.ref_tracking_changed", "asset", number, detail)
        await emit_async(session, FindingsChanged(actor.organization_id, number))


async def delete_asset(session: DbSession, actor: Actor, number: int, *, confirm: str) -> None:
    asset = await AssetRepository(session).get(actor, number)
    if confirm != asset.name:
        raise Invalid([("/confirm", f"To delete it with all its findings, give its name: {asset.name}")])
    connection = await session.connection()
    await connection.run_sync(hide, actor.organization_id, number)
    await enqueue_async(
        session,
        jobs.remove_asset,
        organization_id=actor.organization_id,
        requested_by=actor.user_id,
        asset_id=number,
    )
    await record(session, actor, "asset.deleted", "asset", number, {"name": asset.name})
    await emit_async(session, FindingsChanged(actor.organization_id, number))


async def _check_name(
    repository: AssetRepository, actor: Actor, name: str, *, other_than: int | None = None
) -> None:
    if await repository.is_named(actor, name, other_than=other_than):
        raise Conflict(f"There is an asset “{name}” already; case makes no difference.", code="name_taken")


async def _shown_anew(session: DbSession, actor: Actor) -> None:
    """The overview names assets, and is kept for as long as the counts have one version."""
    await (await session.connection()).run_sync(counts.outdate, actor.organization_id)


def _once(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))
