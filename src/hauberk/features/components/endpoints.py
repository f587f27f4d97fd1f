"""Components over HTTP: which packages there are, in which version, where, and how bad it is."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from hauberk.db.query.asker import Asker
from hauberk.db.repository import PageRequest
from hauberk.features.components.presenting import detailed, listed
from hauberk.features.components.repository import ComponentRepository
from hauberk.features.components.schemas import ComponentDetail, ComponentSchema
from hauberk.features.identity.access import FindingsRead
from hauberk.features.identity.serving import ContextDep, IdsDep, PageSchema, ReadSessionDep, paging, refusals

router = APIRouter(prefix="/components", tags=["components"])

Paging = Annotated[PageRequest, Depends(paging(*ComponentRepository.orders))]
Filter = Annotated[
    str,
    Query(
        description="Words of name and package URL, and `component` (`log4j-core@2.14*`), `purl`, `severity`, `is:open`,"
        " `known_exploited`, `fix`, `asset`, `asset.tag` of the query language"
    ),
]


@router.get("")
async def list_components(
    actor: FindingsRead,
    session: ReadSessionDep,
    context: ContextDep,
    ids: IdsDep,
    page: Paging,
    q: Filter = "",
) -> PageSchema[ComponentSchema]:
    """Each version of each package that active findings stand on; what changes is shown within seconds.

    What no report names in a finding is not known: a bill of materials without vulnerabilities lists nothing here.
    """
    asker = Asker.now_as(actor, context.public_ids)
    found = await ComponentRepository(session).page(actor, q, asker, page)
    shown = await listed(session, actor, found.items, ids)
    return PageSchema[ComponentSchema].of(found, lambda row: shown[row.id])


@router.get("/{component_id}", responses=refusals(404))
async def read_component(
    component_id: str, actor: FindingsRead, session: ReadSessionDep, ids: IdsDep
) -> ComponentDetail:
    return await detailed(session, actor, ids.decode("cmp", component_id), ids)
