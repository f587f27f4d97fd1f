"""The overview over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from hauberk.features.dashboards.overview import overview
from hauberk.features.dashboards.schemas import DashboardSchema
from hauberk.features.identity.access import FindingsRead
from hauberk.features.identity.serving import ContextDep, ReadSessionDep

router = APIRouter(prefix="/dashboard", tags=["dashboard"])


@router.get("", response_model=DashboardSchema)
async def read_dashboard(
    actor: FindingsRead,
    session: ReadSessionDep,
    context: ContextDep,
    days: Annotated[int, Query(ge=1, le=365, description="Length of the trend")] = 90,
) -> Response:
    """The state of the organization at a glance, from counts that are kept up to date."""
    return Response(await overview(session, context, actor, days=days), media_type="application/json")
