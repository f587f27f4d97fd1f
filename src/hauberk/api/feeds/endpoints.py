"""HTTP of feeds: how each stands."""

from fastapi import APIRouter

from hauberk.api.feeds.schemas import FeedSchema, FeedsSchema
from hauberk.features.feeds.standing import standings
from hauberk.features.identity.serving import ContextDep, SessionDep, refusals
from hauberk.features.readiness.endpoints import OperatorReads

router = APIRouter(prefix="/feeds", tags=["feeds"])


@router.get("", responses=refusals(404))
async def list_feeds(_actor: OperatorReads, db: SessionDep, context: ContextDep) -> FeedsSchema:
    """What others publish about vulnerabilities: where it comes from here, how old it is, and why it is not newer."""
    return FeedsSchema(feeds=[FeedSchema.of(each) for each in await standings(db, context.settings)])
