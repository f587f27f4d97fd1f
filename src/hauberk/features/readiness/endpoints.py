"""HTTP of readiness: the report, and the routes that fail on purpose so that the report can see how."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query

from hauberk.features.identity.access import ReadinessRead
from hauberk.features.identity.context import Context
from hauberk.features.identity.serving import ContextDep
from hauberk.features.readiness import probe_key, probing, service
from hauberk.features.readiness.schemas import ReadinessSchema
from hauberk.kit.errors import NotFound

router = APIRouter(prefix="/readiness", tags=["readiness"])


@router.get("")
async def read_readiness(_actor: ReadinessRead, context: ContextDep) -> ReadinessSchema:
    """What this installation proves of itself now, row by row."""
    async with probing.from_inside(context) as probe:
        return ReadinessSchema.of(await service.run(probe, patient=False))


async def _has_key(context: ContextDep, key: Annotated[str, Header(alias=probe_key.HEADER)] = "") -> Context:
    if not probe_key.is_right(context.key_ring, key):
        raise NotFound("such page")
    return context


ProbeOnly = Annotated[Context, Depends(_has_key)]


@router.get("/probe/failure", include_in_schema=False)
async def fail(_context: ProbeOnly) -> None:
    """Fails as a fault of the product would."""
    raise RuntimeError("a readiness probe asked for this failure")


@router.get("/probe/slow", include_in_schema=False)
async def never_answer(_context: ProbeOnly) -> None:
    """Never answers, until the time limit of requests cuts it."""
    await asyncio.Event().wait()


@router.get("/probe/number", include_in_schema=False)
async def need_a_number(_context: ProbeOnly, value: Annotated[int, Query()]) -> dict[str, int]:
    """Refuses whatever is no number."""
    return {"value": value}
