"""The overview over HTTP."""

from datetime import date
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
    as_of: Annotated[
        date | None, Query(description="As it was at the end of this day (UTC)", examples=["2026-01-31"])
    ] = None,
) -> Response:
    """The state of the organization at a glance, from counts that are kept up to date, also as of a past day."""
    answer = await overview(session, context, actor, days=days, as_of=as_of)
    return Response(answer, media_type="application/json")
