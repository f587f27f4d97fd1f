"""What has been decided about an asset's findings, as a document for others needs it."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, select, text

from hauberk.db.models.organization import Organization
from hauberk.db.repository import DbSession
from hauberk.domain.finding import FindingKind, Triage
from hauberk.domain.permissions import Actor

MAX_DECISIONS: Final = 20_000
_STATED: Final = (Triage.IN_TRIAGE, Triage.CONFIRMED, Triage.FALSE_POSITIVE, Triage.RISK_ACCEPTED)
_PACKAGES: Final = (FindingKind.SCA, FindingKind.CONTAINER)
# Of active findings in packages that have a package URL: nothing else names for others what is meant.
_DECIDED = text("""
select f.id, f.triage, d.reason, d.decided_at, s.author, s.justification, s.impact, s.action, s.stated_at,
    d.vex_statement_id is not null as is_by_supplier, n.names, t.identifiers, o.purls
from finding f
join decision d on d.organization_id = f.organization_id and d.id = f.decision_id
join rule_text t on t.organization_id = f.organization_id and t.id = f.rule_text_id
left join vex_statement s on d.vex_statement_id is not null and s.organization_id = f.organization_id
    and s.id = coalesce(f.vex_statement_id, d.vex_statement_id)
cross join lateral (
    select array_agg(v.name order by v.name) as names from vulnerability v
    where v.organization_id = f.organization_id and not v.is_rule and (v.id = f.vulnerability_id or v.id in (
        select x.vulnerability_id from finding_vulnerability x
        where x.organization_id = f.organization_id and x.finding_id = f.id))) n
cross join lateral (
    select array_agg(distinct o.component ->> 'purl') as purls from occurrence o
    where o.organization_id = f.organization_id and o.finding_id = f.id and o.closed_at is null
        and o.component ->> 'purl' is not null) o
where f.organization_id = :organization and f.asset_id = :asset and f.is_active and f.joined_into_id is null
    and f.triage = any(cast(:triages as int2[])) and f.kind = any(cast(:kinds as int2[]))
    and n.names is not null and o.purls is not null
order by f.id limit :limit
""")


class DecisionRepository:
    def __init__(self, session: DbSession) -> None:
        self._session = session

    async def of_asset(self, actor: Actor, asset_id: int) -> Sequence[Row[Any]]:
        """One more than `MAX_DECISIONS` where there are more. The asset is one that its reader may see."""
        found = await self._session.execute(
            _DECIDED,
            {
                "organization": actor.organization_id,
                "asset": asset_id,
                "triages": [each.code for each in _STATED],
                "kinds": [each.code for each in _PACKAGES],
                "limit": MAX_DECISIONS + 1,
            },
        )
        return found.all()

    async def author(self, actor: Actor) -> str:
        """Who says so, to others."""
        name: str = (
            await self._session.execute(
                select(Organization.name).where(Organization.id == actor.organization_id)
            )
        ).scalar_one()
        return name
