"""Documents that we write, over HTTP."""

import orjson
from fastapi import APIRouter, Response

from hauberk.db.audit import record
from hauberk.features.assets.repository import AssetRepository
from hauberk.features.exports import openvex
from hauberk.features.exports.repository import MAX_DECISIONS, DecisionRepository
from hauberk.features.identity.access import FindingsRead
from hauberk.features.identity.serving import IdsDep, SessionDep, refusals
from hauberk.kit import clock
from hauberk.kit.errors import Conflict

router = APIRouter(prefix="/assets", tags=["assets"])


@router.get(
    "/{asset_id}/vex",
    response_class=Response,
    responses={
        200: {
            "content": {"application/json": {"schema": {"type": "object"}}},
            "description": "An OpenVEX document",
        },
        **refusals(404, 409),
    },
)
async def export_vex(asset_id: str, actor: FindingsRead, session: SessionDep, ids: IdsDep) -> Response:
    """What has been decided about the active findings in the asset's packages, as OpenVEX, for others to take in.

    Only packages with a package URL are named, and only what somebody decided; what is open is not stated.
    """
    asset = await AssetRepository(session).get(actor, ids.decode("ast", asset_id))
    repository = DecisionRepository(session)
    rows = await repository.of_asset(actor, asset.id)
    if len(rows) > MAX_DECISIONS:
        raise Conflict(
            f"More than {MAX_DECISIONS:,} findings of this asset are decided, more than one document holds.",
            code="too_many_decisions",
        )
    said = openvex.document(
        rows, asset=ids.encode("ast", asset.id), author=await repository.author(actor), now=clock.now()
    )
    detail = {"asset": asset.name, "format": "openvex", "findings": len(rows), "is_exact": True}
    await record(session, actor, "finding.exported", "asset", asset.id, detail)
    name = f"vex-{ids.encode('ast', asset.id)}.json"
    return Response(
        orjson.dumps(said, option=orjson.OPT_INDENT_2),
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
