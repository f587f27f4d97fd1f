"""SQL that derives an asset's components."""

from typing import Final

from hauberk.db.models.component import SEVERITIES

_COUNTS: Final = (*SEVERITIES, "settled", "exploited", "fixable")
_NAMES: Final = ("package", "name", "version", "purl", "ecosystem", "name_key", "version_key", "words")
_HERE: Final = ("finding_ids", "fixed_in", "fixed_version", *_COUNTS)


def _listed(names: tuple[str, ...], word: str = "{}") -> str:
    return ", ".join(word.format(name) for name in names)


_ROW: Final = f"""finding_ids int8[], fixed_in text[], fixed_version text, {_listed(_COUNTS, "{} int4")}"""
_ROWS: Final = (
    f"""jsonb_to_recordset(cast(:rows as jsonb)) as w(key_hash uuid, {_listed(_NAMES, "{} text")}, {_ROW})"""
)

MARK: Final = """
insert into component_mark (organization_id, asset_id, finding_ids)
values (:organization, :asset, cast(:findings as int8[]))
"""
NEXT: Final = "select asset_id from component_mark where organization_id = :organization order by id limit 1"
UNMARK: Final = """
delete from component_mark where organization_id = :organization and asset_id = :asset returning finding_ids
"""

_IS_OPEN: Final = "f.triage <= 2"
_IS_EXPLOITED: Final = "coalesce(t.known_exploited, false) or t.feed_known_exploited"

# Each claim's finding and rule are looked up (`offset 0` keeps them so): soon after a first large import the planner knows of
# none of its rows, and joined a hundred thousand claims with all findings, each with each.
_CLAIMS: Final = f"""
select o.component->>'name' as name, o.component->>'version' as version, o.component->>'purl' as purl,
    array_agg(f.id) as findings, array_agg(f.severity) as severities, array_agg({_IS_OPEN}) as are_open,
    array_agg({_IS_EXPLOITED}) as are_exploited,
    array_agg(o.component->'fixed_versions') as fixed
from {{claims}}
cross join lateral (
    select t.known_exploited, t.feed_known_exploited from rule_text t
    where t.organization_id = :organization and t.id = f.rule_text_id offset 0) t
where a.organization_id = :organization and a.id = :asset and a.deleted_at is null
group by 1, 2, 3
"""  # noqa: S608 — names of ours, here and below
_IS_SHOWN: Final = "f.is_active and f.joined_into_id is null"

STANDING: Final = _CLAIMS.format(
    claims=f"""asset a
join asset_ref r on r.organization_id = a.organization_id and r.asset_id = a.id and r.is_tracked
join scope s on s.organization_id = r.organization_id and s.asset_id = a.id and s.ref_id = r.id
join occurrence o on o.organization_id = s.organization_id and o.scope_id = s.id and o.closed_at is null
    and o.component is not null
cross join lateral (
    select f.id, f.severity, f.triage, f.rule_text_id from finding f
    where f.organization_id = o.organization_id and f.id = o.finding_id and {_IS_SHOWN} offset 0) f"""  # noqa: S608
)
# Of these findings only; else the planner would read all that is open in the asset.
STANDING_OF: Final = _CLAIMS.format(
    claims=f"""finding f
cross join lateral (
    select o.scope_id, o.component from occurrence o
    where o.organization_id = f.organization_id and o.finding_id = f.id and o.closed_at is null
        and o.component is not null offset 0) o
join scope s on s.organization_id = f.organization_id and s.id = o.scope_id
join asset_ref r on r.organization_id = s.organization_id and r.id = s.ref_id and r.is_tracked
join asset a on a.organization_id = s.organization_id and a.id = s.asset_id
    and f.organization_id = a.organization_id and f.id = any(cast(:findings as int8[])) and {_IS_SHOWN}"""  # noqa: S608
)

# What in the asset any of these findings stood on, and what else of it is one of these keys.
CONCERNED: Final = """
select c.key_hash, h.finding_ids
from asset_component h join component c on c.organization_id = h.organization_id and c.id = h.component_id
where h.organization_id = :organization and h.asset_id = :asset
    and (h.finding_ids && cast(:findings as int8[]) or c.key_hash = any(cast(:keys as uuid[])))
"""

NAME: Final = f"""
insert into component (organization_id, key_hash, {_listed(_NAMES)})
select :organization, key_hash, {_listed(_NAMES)} from {_ROWS}
where key_hash not in (select c.key_hash from component c where c.organization_id = :organization
    and c.key_hash = any(array(select k.key_hash from jsonb_to_recordset(cast(:rows as jsonb)) as k(key_hash uuid))))
order by key_hash
"""  # noqa: S608

_PUT: Final = f"""
with wanted as (
    select c.id as component_id, {_listed(_HERE, "w.{}")} from {_ROWS}
    join component c on c.organization_id = :organization and c.key_hash = w.key_hash),
before as (
    select component_id, {_listed(_COUNTS)} from asset_component
    where organization_id = :organization and asset_id = :asset{{among}}),
gone as (
    delete from asset_component where organization_id = :organization and asset_id = :asset{{among}}
        and component_id not in (select component_id from wanted)),
put as (
    insert into asset_component as kept (organization_id, asset_id, component_id, {_listed(_HERE)})
    select :organization, :asset, component_id, {_listed(_HERE)} from wanted
    on conflict (organization_id, asset_id, component_id) do update set {_listed(_HERE, "{0} = excluded.{0}")}
    where ({_listed(_HERE, "kept.{}")}) is distinct from ({_listed(_HERE, "excluded.{}")})),
difference as (
    select component_id, (w.component_id is not null)::int - (b.component_id is not null)::int as assets,
        {_listed(_COUNTS, "coalesce(w.{0}, 0) - coalesce(b.{0}, 0) as {0}")}
    from wanted w full join before b using (component_id))
update component c set assets = c.assets + d.assets, {_listed(_COUNTS, "{0} = c.{0} + d.{0}")}
from difference d
where c.organization_id = :organization and c.id = d.component_id
    and ({_listed(("assets", *_COUNTS), "d.{}")}) is distinct from ({_listed(("assets", *_COUNTS), "0")})
"""  # noqa: S608

# Of all components of the asset, or only of these.
PUT: Final = _PUT.format(among="")
PUT_SOME: Final = _PUT.format(
    among=""" and component_id in (
        select c.id from component c where c.organization_id = :organization and c.key_hash = any(cast(:keys as uuid[])))"""
)

DIFFERENCES: Final = f"""
with there as (
    select component_id, count(*) as assets, {_listed(_COUNTS, "sum({0}) as {0}")} from asset_component
    where organization_id = :organization group by component_id)
select count(*) from component c left join there t on t.component_id = c.id
where c.organization_id = :organization
    and ({_listed(("assets", *_COUNTS), "c.{}")})
        is distinct from ({_listed(("assets", *_COUNTS), "coalesce(t.{}, 0)")})
"""  # noqa: S608
