"""The SQL for the keys that a scan had given to findings: taken away with it, and led to the same findings again.

Of the tables of `ingest.history_statements`, with the same parameters.
"""

from typing import Final

from hauberk.ingest.history_statements import LEFT_OVER

# The strongest key of each result leads to the finding that all keys of the result were given to. Those that a join made one
# stay one, and those that a split led apart stay apart, whichever scan gave them first: what people said of them holds for
# scans that are read again, or sent again.
UNKEYED: Final = """
create temporary table unkeyed on commit drop as
select k.fingerprint, k.identity_version, k.finding_id
from finding_key k
where k.organization_id = :organization and k.asset_id = :asset and k.added_scan_id = :scan and k.finding_id in (
    select l.finding_id from finding_key l join occurrence o on o.organization_id = l.organization_id
        and o.fingerprint = l.fingerprint and o.opened_scan_id = :scan
    where l.organization_id = :organization and l.asset_id = :asset and l.identity_version = :identity
    union select finding_id from touched)
and not exists (
    select from regrouping g
    where g.organization_id = :organization and g.finding_id = k.finding_id and g.other_id is not null
        and g.undone_at is null and (g.act = 'join' and k.fingerprint = any(g.keys)
            or g.detail -> 'kept_keys' ? replace(k.fingerprint::text, '-', '')))
and not exists (
    select from regrouping g
    where g.organization_id = :organization and g.other_id = k.finding_id and g.act = 'split'
        and g.undone_at is null and k.fingerprint = any(g.keys))
"""

# What other scans say about the findings that lose keys: such a key stays, with the first of them.
OTHERS_THAT_GIVE_KEYS: Final = """
select o.finding_id, o.opened_scan_id, o.fingerprint, o.location, o.component, f.kind, t.scanner as rule_scanner,
    t.rule_id, t.rule_name, t.title, t.identifiers, t.cwes
from occurrence o
join finding f on f.organization_id = o.organization_id and f.id = o.finding_id
join rule_text t on t.organization_id = o.organization_id and t.id = o.rule_text_id
where o.organization_id = :organization and o.opened_scan_id <> :scan and o.close_reason is distinct from 'undone'
    and o.finding_id in (select finding_id from unkeyed)
order by o.id
"""

KEEP_KEYS: Final = """
update finding_key k set added_scan_id = g.giver
from unnest(cast(:keys as uuid[]), cast(:givers as int8[])) as g(key, giver)
where k.organization_id = :organization and k.asset_id = :asset and k.identity_version = :identity
    and k.fingerprint = g.key and k.added_scan_id = :scan
"""

FORMER: Final = """
insert into former (finding_id, fingerprint, identity_version)
select u.finding_id, u.fingerprint, u.identity_version
from unkeyed u join finding_key k on k.organization_id = :organization and k.asset_id = :asset
    and k.identity_version = u.identity_version and k.fingerprint = u.fingerprint
where k.added_scan_id = :scan
"""

DROP_KEYS: Final = """
delete from finding_key k using unkeyed u
where k.organization_id = :organization and k.asset_id = :asset and k.identity_version = u.identity_version
    and k.fingerprint = u.fingerprint and k.added_scan_id = :scan
"""

# A result that is read again, and whose finding lost all keys when its scan was taken back, is that finding again.
ADOPTED: Final = "create temporary table adopted (finding_id int8) on commit drop"
ADOPT: Final = """
with wanted as (
    select distinct on (f.group_key) f.group_key, m.finding_id
    from grouped f join imported_key i using (group_key) join former m on m.fingerprint = i.fingerprint
    where f.finding_id is null and not exists (
        select from finding_key k where k.organization_id = :organization and k.finding_id = m.finding_id)
    order by f.group_key, i.ordinal, m.finding_id),
one_each as (
    select distinct on (finding_id) finding_id, group_key from wanted order by finding_id, group_key),
taken as (
    update grouped f set finding_id = o.finding_id from one_each o where o.group_key = f.group_key
    returning f.finding_id)
insert into adopted select finding_id from taken
"""

COUNT_ADOPTED: Final = """
select count(*) filter (where not f.is_active) as inactive
from adopted a join finding f on f.organization_id = :organization and f.id = a.finding_id
"""

# What is kept for people is found again by the keys it had, also where one of them had been given to another meanwhile, by a
# scan that is taken back now.
KEYS_AGAIN: Final = (
    f"""
insert into finding_key (organization_id, asset_id, identity_version, fingerprint, finding_id)
select distinct :organization, cast(:asset as int8), m.identity_version, m.fingerprint, m.finding_id
from former m join concerned c using (finding_id) join finding f on {LEFT_OVER}
on conflict do nothing
""",
    """
insert into finding_key (organization_id, asset_id, identity_version, fingerprint, finding_id)
select distinct on (m.fingerprint) :organization, s.asset_id, m.identity_version, m.fingerprint, f.id
from former m
join scope s on s.organization_id = :organization and s.asset_id = :asset
join occurrence o on o.organization_id = s.organization_id and o.scope_id = s.id and o.fingerprint = m.fingerprint
    and o.close_reason = 'undone'
join finding f on f.organization_id = o.organization_id and f.id = o.finding_id and f.joined_into_id is null
where not exists (
    select from finding_key k where k.organization_id = f.organization_id and k.finding_id = f.id)
order by m.fingerprint, f.id
on conflict do nothing
""",
)
