"""Vulnerabilities over HTTP: what the open findings are about, the worst first."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from hauberk.db.query.asker import Asker
from hauberk.db.repository import PageRequest
from hauberk.features.identity.access import FindingsRead, FindingsWrite
from hauberk.features.identity.serving import (
    ContextDep,
    IdsDep,
    PageSchema,
    ReadSessionDep,
    SessionDep,
    paging,
    refusals,
)
from hauberk.features.vulnerabilities.presenting import detailed, listed
from hauberk.features.vulnerabilities.repository import VulnerabilityRepository
from hauberk.features.vulnerabilities.schemas import AliasPayload, VulnerabilityDetail, VulnerabilitySchema
from hauberk.features.vulnerabilities.service import state_alias

router = APIRouter(prefix="/vulnerabilities", tags=["vulnerabilities"])

Paging = Annotated[PageRequest, Depends(paging("-severity"))]
Filter = Annotated[
    str,
    Query(
        description="Words of name and title, and `severity`, `cvss`, `known_exploited`, `fix`, `cve` of the query language"
    ),
]


@router.get("")
async def list_vulnerabilities(
    actor: FindingsRead,
    session: ReadSessionDep,
    context: ContextDep,
    ids: IdsDep,
    page: Paging,
    q: Filter = "",
) -> PageSchema[VulnerabilitySchema]:
    """By the worst severity of their open findings, then by how many those are."""
    asker = Asker.now_as(actor, context.public_ids)
    found = await VulnerabilityRepository(session).page(actor, q, asker, page)
    shown = await listed(session, actor, found.items, ids)
    return PageSchema[VulnerabilitySchema].of(found, lambda row: shown[row.id])


@router.get("/{vulnerability_id}", responses=refusals(404))
async def read_vulnerability(
    vulnerability_id: str, actor: FindingsRead, session: ReadSessionDep, ids: IdsDep
) -> VulnerabilityDetail:
    return await detailed(session, actor, ids.decode("vul", vulnerability_id), ids)


@router.post("/{vulnerability_id}/aliases", responses=refusals(404))
async def add_alias(
    vulnerability_id: str, actor: FindingsWrite, session: SessionDep, ids: IdsDep, payload: AliasPayload
) -> VulnerabilityDetail:
    """Says that another name is the same flaw, or (`is_same: false`) that it is not; it trumps what scanners say.

    A job groups the names and joins or parts the findings concerned, within seconds; saying the opposite undoes it.
    """
    number = ids.decode("vul", vulnerability_id)
    await state_alias(
        session, actor, number, name=payload.name, is_same=payload.is_same, reason=payload.reason or None
    )
    return await detailed(session, actor, number, ids)
