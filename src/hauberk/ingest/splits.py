"""What was split off is obeyed by imports: in places that somebody named, a key leads to another finding.

A result goes by its exact place; a new place by its spot, what another scanner or a later version would name alike;
else where its key leads. An asset without splits costs one look, and what is unchanged costs nothing.
"""

from typing import Any, Final

from sqlalchemy import Connection, text

from hauberk.domain.finding import FindingKind
from hauberk.ingest.encode import Action

_PACKAGES: Final = f"{FindingKind.SCA.code}, {FindingKind.CONTAINER.code}"
_FILES: Final = f"{FindingKind.SECRET.code}, {FindingKind.CLOUD.code}, {FindingKind.IAC.code}"


def spot_of(kind: str, row: str) -> str:
    """SQL: the part of a place that scanners, lines and versions do not change; `row` has location and component."""
    path = f"coalesce({row}.component->>'path', {row}.location->>'path')"
    return f"""nullif(case
        when {kind} in ({_PACKAGES}) then regexp_replace(replace({path}, '\\', '/'), '^(file://)?(\\./)*/*', '')
        when {kind} in ({_FILES}) then
            regexp_replace(replace({row}.location->>'path', '\\', '/'), '^(file://)?(\\./)*/*', '')
        when {kind} = {FindingKind.SAST.code} then {row}.location->>'symbol'
        when {kind} = {FindingKind.DAST.code} then
            concat_ws(' ', {row}.location->>'url', {row}.location->>'host', {row}.location->>'port')
        else concat_ws(' ', {row}.component->>'name', {row}.location->>'resource') end, '')"""


_ANY: Final = text(
    "select exists (select from split_place where organization_id = :organization and asset_id = :asset)"
)

# What is new goes by its place, else by its spot. What moved goes by its spot; without one it stays where it was.
OBEY: Final = text(f"""
with split as (
    select i.seq, i.occurrence_id, i.fingerprint, i.place_hash, {spot_of("i.kind", "i")} as spot
    from imported i
    where i.action <> {Action.CHANGED:d} and exists (
        select from split_place x where x.organization_id = :organization and x.asset_id = :asset
        and x.fingerprint = i.fingerprint)
), led as (
    select s.seq, coalesce(
        (select x.finding_id from split_place x where s.occurrence_id = 0 and x.organization_id = :organization
            and x.asset_id = :asset and x.fingerprint = s.fingerprint and x.place_hash = s.place_hash),
        (select min(x.finding_id) from split_place x where x.organization_id = :organization and x.asset_id = :asset
            and x.fingerprint = s.fingerprint and x.spot = s.spot having count(distinct x.finding_id) = 1),
        (select k.finding_id from finding_key k where s.occurrence_id <> 0 and k.organization_id = :organization
            and k.asset_id = :asset and k.fingerprint = s.fingerprint and s.spot is not null and exists (
                select from split_place x where x.organization_id = :organization and x.asset_id = :asset
                and x.fingerprint = s.fingerprint and x.spot is not null and x.finding_id = (
                    select p.finding_id from placed p where p.seq = s.seq)))) as finding_id
    from split s)
update placed p set finding_id = l.finding_id from led l
where l.seq = p.seq and l.finding_id is not null and not p.is_new and p.finding_id <> l.finding_id
""")  # noqa: S608 — constants of ours, here and below

# Where the results of such keys are now, for the scans that come: the newest word counts.
FOLLOW: Final = text(f"""
insert into split_place (organization_id, asset_id, fingerprint, place_hash, finding_id, spot)
select distinct on (i.fingerprint, i.place_hash) :organization, :asset, i.fingerprint, i.place_hash, p.finding_id,
    (select x.spot from split_place x where x.organization_id = :organization and x.asset_id = :asset
        and x.fingerprint = i.fingerprint and x.finding_id = p.finding_id
        and x.spot = {spot_of("i.kind", "i")} limit 1)
from imported i
join found f using (group_key)
left join placed q on q.seq = i.seq
cross join lateral (select coalesce(q.finding_id, f.finding_id) as finding_id) p
where exists (select from split_place x where x.organization_id = :organization and x.asset_id = :asset
    and x.fingerprint = i.fingerprint)
order by i.fingerprint, i.place_hash, i.seq
on conflict (organization_id, asset_id, fingerprint, place_hash) do update set finding_id = excluded.finding_id
where split_place.finding_id <> excluded.finding_id
""")  # noqa: S608

# The finding that a result was led away from loses the occurrence which that result continues: from there it is gone.
LEFT: Final = text("""
insert into touched (finding_id, is_active, severity, triage, kind, has_new_place)
select f.id, f.is_active, f.severity, f.triage, f.kind, false
from finding f
where f.organization_id = :organization and f.id in (
    select o.finding_id from placed p
    join occurrence o on o.organization_id = :organization and o.id = p.previous_id and o.finding_id <> p.finding_id)
    and not exists (select from touched t where t.finding_id = f.id)
""")
LOST: Final = text("""
update occurrence o set closed_at = :at, closed_scan_id = :scan, close_reason = 'gone'
from placed p
where o.organization_id = :organization and o.id = p.previous_id and o.closed_at is null and o.finding_id <> p.finding_id
""")


def obey(connection: Connection, parameters: dict[str, Any]) -> bool:
    """Between finding out what each result continues and writing it; whether anything of the asset was split."""
    has_splits = bool(connection.scalar(_ANY, parameters))
    if has_splits:
        connection.execute(OBEY, parameters)
        connection.execute(FOLLOW, parameters)
    return has_splits


def let_go(connection: Connection, parameters: dict[str, Any]) -> None:
    """What results were led away from is among what the import touches."""
    for statement in (LEFT, LOST):
        connection.execute(statement, parameters)
