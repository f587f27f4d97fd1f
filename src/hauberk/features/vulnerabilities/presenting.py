"""Vulnerabilities as they are shown: rows, and what their open findings say together."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hauberk.db.repository import DbSession
from hauberk.domain.permissions import Actor
from hauberk.domain.severity import Severity
from hauberk.features.identity.serving import Ids
from hauberk.features.vulnerabilities.repository import VulnerabilityRepository
from hauberk.features.vulnerabilities.schemas import VulnerabilityDetail, VulnerabilitySchema

FEW_ASSETS = 3
MANY_ASSETS = 200


async def listed(
    session: DbSession, actor: Actor, rows: Sequence[Any], ids: Ids
) -> dict[int, VulnerabilitySchema]:
    """The rows of a page, by vulnerability."""
    repository = VulnerabilityRepository(session)
    names = await repository.names(actor, [row.id for row in rows])
    aliases: dict[int, list[str]] = defaultdict(list)
    for each in names:
        if each.id != each.flaw:
            aliases[each.flaw].append(each.name)
    facts = await repository.summaries(actor, names, assets=FEW_ASSETS)
    named = await repository.asset_names(actor, {each for row in facts.values() for each in row.most})
    return {
        row.id: VulnerabilitySchema.model_validate(
            _shape(row, facts.get(row.id), ids)
            | {
                "aliases": aliases[row.id],
                "severity": Severity.of_rank(row.worst),
                "open_findings": row.open_findings,
                "assets": [
                    {"id": ids.encode("ast", each), "name": named[each]}
                    for each in (facts[row.id].most if row.id in facts else ())
                ],
            }
        )
        for row in rows
    }


async def detailed(session: DbSession, actor: Actor, number: int, ids: Ids) -> VulnerabilityDetail:
    """Also of one that has no open findings any more: then its severity is the worst it ever had."""
    repository = VulnerabilityRepository(session)
    number = await repository.flaw_of(actor, number)
    row = await repository.get(actor, number)
    names = await repository.names(actor, [number])
    statements = await repository.statements(actor, [each.id for each in names])
    facts = (await repository.facts(actor, names)).get(number)
    ever = facts or (await repository.facts(actor, names, is_open=False)).get(number)
    assets = await repository.assets(actor, names, at_most=MANY_ASSETS)
    shown = _shape(row, ever, ids, never_seen=row.created_at)
    return VulnerabilityDetail.model_validate(
        shown
        | {
            "open_findings": facts.findings if facts else 0,
            "asset_count": facts.assets if facts else 0,
            "aliases": [each.name for each in names if each.id != number],
            "statements": statements,
            "description": row.description,
            "references": row.references or [],
            "assets": [
                {
                    "id": ids.encode("ast", each.asset_id),
                    "name": each.name,
                    "open_findings": each.open_findings,
                }
                for each in assets
            ],
        }
    )


def _shape(row: Any, facts: Any, ids: Ids, *, never_seen: datetime | None = None) -> dict[str, Any]:
    return {
        "id": ids.encode("vul", row.id),
        "name": row.name,
        "title": row.title or row.name,
        "severity": Severity.of_rank(facts.worst) if facts else Severity.UNKNOWN,
        "asset_count": facts.assets if facts else 0,
        "identifiers": row.identifiers or [],
        "cwes": row.cwes or [],
        "cvss": row.cvss or None,
        "epss": facts.epss if facts else None,
        "known_exploited": row.known_exploited,
        "has_fix": bool(row.has_fix),
        "first_seen_at": facts.first_seen_at if facts else never_seen,
    }
