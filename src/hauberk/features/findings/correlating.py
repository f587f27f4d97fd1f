"""Findings of other kinds that probably come from the same cause: computed when they are looked at, never merged.

Only open findings of the asset are looked through, the most urgent first, up to a bound, so that it costs the same in
an asset of a hundred and of a million.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hauberk.db.audit import record
from hauberk.db.repository import DbSession
from hauberk.domain.correlation import REASONS, Related, reasons
from hauberk.domain.finding import FindingKind, Triage
from hauberk.domain.permissions import Actor
from hauberk.domain.severity import Severity
from hauberk.features.findings.repository import FindingRepository
from hauberk.features.findings.shape import instant, named
from hauberk.features.identity.serving import Ids
from hauberk.kit.errors import Invalid
from hauberk.kit.ids import PublicIds

MAX_LOOKED_AT: Final = 2_000
MAX_SHOWN: Final = 50
MAX_PLACES: Final = 20

# What the rules look at, of these findings.
_FACTS: Final = f"""
select f.id, f.kind, f.severity, f.triage, f.priority, t.title, t.cwes, p.places, v.flaws
from these join finding f on f.organization_id = :organization and f.id = these.id
join rule_text t on t.organization_id = f.organization_id and t.id = f.rule_text_id
left join lateral (
    select array_agg(o.location) as places from (
        select o.location from occurrence o
        where o.organization_id = f.organization_id and o.finding_id = f.id and o.closed_at is null
            and o.location is not null
        order by o.first_seen_at, o.id limit {MAX_PLACES}) o) p on true
left join lateral (
    select array_agg(coalesce(v.group_id, v.id)) as flaws from vulnerability v
    where v.organization_id = f.organization_id and not v.is_rule and v.id in (
        select f.vulnerability_id union all
        select x.vulnerability_id from finding_vulnerability x
        where x.organization_id = f.organization_id and x.finding_id = f.id)) v on true
"""  # noqa: S608 — constants of ours, here and below
_ONE = text(f"with these as (select cast(:finding as int8) as id) {_FACTS}")
# Those about the same flaw by the index, whatever their rank; of the rest the most urgent.
_OTHERS = text(f"""
with these as (
    (select f.id from finding f
     where f.organization_id = :organization and f.asset_id = :asset and f.kind <> :kind and f.is_active
        and f.triage <= 2 and f.vulnerability_id in (
            select v.id from vulnerability v where v.organization_id = :organization
            and (v.id = any(cast(:flaws as int8[])) or v.group_id = any(cast(:flaws as int8[]))))
     limit {MAX_LOOKED_AT})
    union
    (select f.id from finding f
     where f.organization_id = :organization and f.asset_id = :asset and f.is_active and f.triage <= 2
        and f.kind <> :kind and f.kind = any(cast(:kinds as int[]))
     order by f.priority desc, f.id desc limit {MAX_LOOKED_AT}))
{_FACTS}
order by f.priority desc, f.id desc
""")  # noqa: S608
_DISMISSED = text("""
select case when d.finding_id = :finding then d.other_id else d.finding_id end as id, d.dismissed_at, d.dismissed_by,
    u.name as dismissed_by_name
from correlation_dismissal d left join user_account u on u.id = d.dismissed_by
where d.organization_id = :organization and (d.finding_id = :finding or d.other_id = :finding)
""")
_DISMISS = text("""
insert into correlation_dismissal (organization_id, finding_id, other_id, dismissed_by)
values (:organization, :one, :other, :by) on conflict do nothing
""")
_RESTORE = text("""
delete from correlation_dismissal
where organization_id = :organization and finding_id = :one and other_id = :other
""")
_COMPARED: Final = {
    FindingKind.SAST: (FindingKind.SECRET, FindingKind.IAC, FindingKind.DAST),
    FindingKind.SECRET: (FindingKind.SAST, FindingKind.IAC),
    FindingKind.IAC: (FindingKind.SAST, FindingKind.SECRET),
    FindingKind.DAST: (FindingKind.SAST,),
}


async def related(session: DbSession, row: Row[Any], ids: Ids) -> list[dict[str, Any]]:
    """`row` is a finding that its reader may see; those that somebody dismissed come last."""
    connection = await session.connection()
    parameters = {
        "organization": row.organization_id,
        "finding": row.id,
        "asset": row.asset_id,
        "kind": row.kind,
    }
    own = (await connection.execute(_ONE, parameters)).one()
    one = _facts(own)
    kinds = [kind.code for kind in _COMPARED.get(one.kind, ())]
    others = await _others(connection, parameters | {"flaws": list(one.flaws), "kinds": kinds})
    dismissed = {each.id: each for each in (await connection.execute(_DISMISSED, parameters)).all()}
    found = [(other, why) for other in others if (why := reasons(one, _facts(other)))]
    found.sort(key=lambda pair: pair[0].id in dismissed)
    return [_shown(other, why, dismissed.get(other.id), ids) for other, why in found[:MAX_SHOWN]]


async def _others(connection: AsyncConnection, parameters: dict[str, Any]) -> Sequence[Row[Any]]:
    if not parameters["flaws"] and not parameters["kinds"]:
        return ()
    return (await connection.execute(_OTHERS, parameters)).all()


def _facts(row: Row[Any]) -> Related:
    return Related(
        FindingKind.of_code(row.kind),
        frozenset(row.flaws or ()),
        frozenset(row.cwes),
        tuple(row.places or ()),
    )


def _shown(row: Row[Any], why: list[str], dismissal: Row[Any] | None, ids: Ids) -> dict[str, Any]:
    return {
        "id": ids.encode("fnd", row.id),
        "title": row.title,
        "kind": FindingKind.of_code(row.kind),
        "severity": Severity.of_rank(row.severity),
        "triage": Triage.of_code(row.triage),
        "location": next(iter(row.places or ()), None),
        "reasons": [{"rule": rule, "text": REASONS[rule]} for rule in why],
        "dismissed_at": None if dismissal is None else instant(dismissal.dismissed_at),
        "dismissed_by": None
        if dismissal is None
        else named(ids, "usr", dismissal.dismissed_by, dismissal.dismissed_by_name),
    }


async def set_dismissed(
    session: DbSession, actor: Actor, public_ids: PublicIds, number: int, other: int, *, is_dismissed: bool
) -> None:
    """That the two have nothing to do with each other, or after all."""
    repository = FindingRepository(session, public_ids)
    if await repository.asset_of(actor, number) != await repository.asset_of(actor, other) or number == other:
        raise Invalid([("/other_id", "Name another finding of the same asset.")])
    low, high = sorted((number, other))
    parameters = {"organization": actor.organization_id, "one": low, "other": high, "by": actor.user_id}
    connection = await session.connection()
    changed = await connection.execute(_DISMISS if is_dismissed else _RESTORE, parameters)
    if changed.rowcount:
        action = "finding.correlation_dismissed" if is_dismissed else "finding.correlation_restored"
        await record(session, actor, action, "finding", number, {"other": public_ids.encode("fnd", other)})
