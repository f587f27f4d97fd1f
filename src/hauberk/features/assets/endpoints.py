"""Assets over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from hauberk.db.query.asker import Asker
from hauberk.db.repository import DbSession, PageRequest
from hauberk.domain.permissions import Actor
from hauberk.features.assets import identifiers, service
from hauberk.features.assets.filters import asset_condition
from hauberk.features.assets.presenting import asset_schema, detail_schema
from hauberk.features.assets.ranking import RANKINGS
from hauberk.features.assets.repository import AssetRepository
from hauberk.features.assets.schemas import (
    AssetChange,
    AssetDetailSchema,
    AssetSchema,
    NewAsset,
    NewIdentifier,
    RefTracking,
)
from hauberk.features.identity.access import AssetsRead, AssetsWrite
from hauberk.features.identity.context import Context
from hauberk.features.identity.serving import (
    ContextDep,
    IdsDep,
    PageSchema,
    ReadSessionDep,
    SessionDep,
    paging,
    refusals,
)

router = APIRouter(prefix="/assets", tags=["assets"])

Paging = Annotated[PageRequest, Depends(paging("name", "-name", "id", "-id", *RANKINGS))]
Filter = Annotated[
    str,
    Query(description="Words of the name, and `asset.kind:`, `asset.tag:`, `scanner:` of the query language"),
]


@router.get("")
async def list_assets(
    actor: AssetsRead, session: ReadSessionDep, context: ContextDep, page: Paging, q: Filter = ""
) -> PageSchema[AssetSchema]:
    asker = Asker.now_as(actor, context.public_ids)
    found = await AssetRepository(session).page(actor, page, asset_condition(q, asker))
    return PageSchema[AssetSchema].of(found, lambda shown: asset_schema(shown, context))


@router.post("", status_code=201, responses=refusals(409))
async def create_asset(
    actor: AssetsWrite, session: SessionDep, context: ContextDep, payload: NewAsset
) -> AssetDetailSchema:
    number = await service.create_asset(session, actor, payload)
    return await _detail(session, actor, number, context)


@router.get("/{asset_id}", responses=refusals(404))
async def read_asset(
    asset_id: str, actor: AssetsRead, session: ReadSessionDep, context: ContextDep, ids: IdsDep
) -> AssetDetailSchema:
    return await _detail(session, actor, ids.decode("ast", asset_id), context)


@router.patch("/{asset_id}", responses=refusals(404, 409))
async def change_asset(
    asset_id: str,
    actor: AssetsWrite,
    session: SessionDep,
    context: ContextDep,
    ids: IdsDep,
    payload: AssetChange,
) -> AssetDetailSchema:
    number = ids.decode("ast", asset_id)
    await service.change_asset(session, actor, number, payload)
    return await _detail(session, actor, number, context)


@router.patch("/{asset_id}/refs/{name:path}", responses=refusals(404))
async def track_ref(
    asset_id: str,
    name: str,
    actor: AssetsWrite,
    session: SessionDep,
    context: ContextDep,
    ids: IdsDep,
    payload: RefTracking,
) -> AssetDetailSchema:
    """What is seen on a tracked ref is active; other refs are only shown."""
    number = ids.decode("ast", asset_id)
    await service.track_ref(session, actor, number, name, is_tracked=payload.is_tracked)
    return await _detail(session, actor, number, context)


@router.post("/{asset_id}/identifiers", status_code=201, responses=refusals(404, 409))
async def add_identifier(
    asset_id: str,
    actor: AssetsWrite,
    session: SessionDep,
    context: ContextDep,
    ids: IdsDep,
    payload: NewIdentifier,
) -> AssetDetailSchema:
    """A report that names no asset is about this one where it has the identifier, whatever other reports said of it."""
    number = ids.decode("ast", asset_id)
    await identifiers.add(session, actor, number, payload)
    return await _detail(session, actor, number, context)


@router.delete("/{asset_id}/identifiers/{kind}/{value:path}", status_code=204, responses=refusals(404))
async def remove_identifier(
    asset_id: str, kind: str, value: str, actor: AssetsWrite, session: SessionDep, ids: IdsDep
) -> None:
    """It does not tell the asset any more; reports that go on to say it do not bring it back."""
    await identifiers.remove(session, actor, ids.decode("ast", asset_id), kind, value)


@router.delete("/{asset_id}", status_code=204, responses=refusals(404))
async def delete_asset(
    asset_id: str,
    actor: AssetsWrite,
    session: SessionDep,
    ids: IdsDep,
    confirm: Annotated[str, Query(description="The asset's name, as a safeguard")],
) -> None:
    """Deletes the asset with its findings and scans. They are gone at once; a job removes the rows."""
    await service.delete_asset(session, actor, ids.decode("ast", asset_id), confirm=confirm)


async def _detail(session: DbSession, actor: Actor, number: int, context: Context) -> AssetDetailSchema:
    shown = await AssetRepository(session).shown(actor, number)
    return detail_schema(shown, await identifiers.of_asset(session, actor, number), context)
