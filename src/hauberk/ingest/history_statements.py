"""The SQL that takes back what a scan did, in the order it runs (`ingest.reversal`, `ingest.replay`).

Parameters: organization, asset, scope, scan, day, identity. Every temporary table ends with the transaction.
"""

from typing import Final

from hauberk.db.last_seen import seen_until
from hauberk.ingest.feed_words import SET_EPSS, priority

# The tables that last for a whole series. `former`: keys that were taken away, and the finding they led to. `concerned`:
# findings that anything happened to; `made`: those of them that were not there before.
_OF_A_SERIES: Final = ("former", "concerned", "made", "open_before", "difference")

# What an import or a reversal of the same transaction left behind, whatever it made: each makes its own.
CLEAR: Final = f"""
do $$
declare
    names text;
begin
    select string_agg(format('pg_temp.%I', relname), ', ') into names from pg_class
    where relnamespace = pg_my_temp_schema() and relkind = 'r' and relname <> all('{{{",".join(_OF_A_SERIES)}}}');
    if names is not null then
        execute 'drop table ' || names;
    end if;
end
$$
"""

BEGIN: Final = (
    f"drop table if exists {', '.join(_OF_A_SERIES)}",  # those of another series before this one
    "create temporary table former (finding_id int8, fingerprint uuid, identity_version int2) on commit drop",
    "create temporary table concerned (finding_id int8 primary key, was_active bool) on commit drop",
    "create temporary table made (finding_id int8 primary key) on commit drop",
)

# What people said about a finding keeps it, whatever becomes of the scans that found it.
CARRIES: Final = """((f.triage <> 0 and f.decision_id is null) or f.severity_override is not null
    or f.assignee_id is not null or f.duplicate_of_id is not null or f.joined_into_id is not null or f.tags <> '{}'
    or exists (select from decision d where d.organization_id = f.organization_id and d.finding_id = f.id
        and d.vex_statement_id is null)
    or exists (select from comment m where m.organization_id = f.organization_id and m.finding_id = f.id)
    or exists (select from finding d where d.organization_id = f.organization_id and d.duplicate_of_id = f.id)
    or exists (select from regrouping g where g.organization_id = f.organization_id and g.finding_id = f.id
        and g.cause = 'person')
    or exists (select from regrouping g where g.organization_id = f.organization_id and g.other_id = f.id
        and g.cause = 'person'))"""

TOUCHED: Final = """
create temporary table touched on commit drop as
select f.id as finding_id, f.is_active, f.severity, f.triage, f.kind, false as has_new_place
from finding f
where f.organization_id = :organization and f.id in (
    select finding_id from occurrence where organization_id = :organization and opened_scan_id = :scan
    union select finding_id from occurrence where organization_id = :organization and closed_scan_id = :scan)
"""

CONCERNED: Final = "insert into concerned select finding_id, is_active from touched on conflict do nothing"
REPLAYED: Final = (
    CONCERNED,
    "insert into made select finding_id from found where is_new on conflict do nothing",
    "insert into concerned select finding_id, false from made on conflict do nothing",
)

DROP_MATCHES: Final = """
delete from match_log m using touched t
where m.organization_id = :organization and m.finding_id = t.finding_id and m.scan_id = :scan
"""

# Results that it took for a finding because of another name of the flaw.
DROP_LEADS: Final = """
delete from regrouping r using touched t
where r.organization_id = :organization and r.finding_id = t.finding_id and r.cause = 'alias' and r.other_id is null
    and (r.detail ->> 'scan_id')::int8 = :scan
"""

# Where people said something about a finding that only this scan found, the place that they spoke of is kept for them,
# as a claim that stood at no instant.
KEEP_PLACES: Final = f"""
update occurrence o set closed_at = o.opened_at, closed_scan_id = :scan, close_reason = 'undone'
from finding f
where o.organization_id = :organization and o.opened_scan_id = :scan and o.previous_id is null
    and f.organization_id = o.organization_id and f.id = o.finding_id and {CARRIES}
"""

DROP_OPENED: Final = """
delete from occurrence where organization_id = :organization and opened_scan_id = :scan
    and close_reason is distinct from 'undone'
"""

REOPEN_CLOSED: Final = """
update occurrence set closed_at = null, closed_scan_id = null, close_reason = null
where organization_id = :organization and closed_scan_id = :scan and close_reason <> 'undone'
"""

# A finding as its occurrences have it: what imports keep up step by step, computed from all steps at once. Scans count in
# the order in which they were applied, what was held when it was released. What stands decides; where nothing does, what
# the last scan closed.
DERIVE: Final = f"""
with own as materialized (
    select o.id, o.finding_id, o.scope_id, o.opened_scan_id, o.closed_scan_id, o.opened_at, o.closed_at, o.first_seen_at, o.severity,
        o.rule_text_id, s.scanner, r.is_tracked, o.closed_at is null as is_open,
        coalesce(o.close_reason, '') in ('changed', 'moved') as is_continued, o.close_reason = 'suppressed' as is_suppressed,
        coalesce(b.applied_at, o.opened_at) as opened_order,
        coalesce(case when o.close_reason = 'gone' then e.released_at end, e.applied_at, o.closed_at) as closed_order,
        coalesce(e.applied_at, o.closed_at) as missed_order,
        bool_or(o.closed_at is null) over (partition by o.finding_id) as has_open
    from touched t
    join occurrence o on o.organization_id = :organization and o.finding_id = t.finding_id
    join scope s on s.organization_id = o.organization_id and s.id = o.scope_id
    join asset_ref r on r.organization_id = s.organization_id and r.id = s.ref_id
    left join scan b on b.organization_id = o.organization_id and b.id = o.opened_scan_id
    left join scan e on e.organization_id = o.organization_id and e.id = o.closed_scan_id
    where o.close_reason is distinct from 'undone'),
last_closing as (
    select distinct on (finding_id) finding_id, closed_scan_id from own where not is_open and not is_continued
    order by finding_id, closed_order desc, id desc),
standing as (
    select o.finding_id, count(*) filter (where o.is_open and o.is_tracked) as open_occurrences,
        coalesce(max(o.severity) filter (where o.is_tracked), max(o.severity)) as severity,
        (array_agg(o.rule_text_id order by o.is_tracked desc, o.first_seen_at, o.opened_order, o.id))[1] as rule_text_id,
        array_agg(distinct o.scanner) as scanners
    from own o left join last_closing c using (finding_id)
    where o.is_open or (not o.has_open and not o.is_continued and o.closed_scan_id is not distinct from c.closed_scan_id)
    group by o.finding_id),
oldest as (
    select distinct on (finding_id) finding_id, opened_scan_id, opened_at, first_seen_at from own
    order by finding_id, opened_order, id),
first_seen as (
    select finding_id, min(first_seen_at) as at, max(opened_at) as last_opened_at,
        max(case when is_suppressed then closed_at when not is_open and not is_continued
            then {seen_until(":organization", "own.scope_id", "own.missed_order")} end) as seen_until
    from own where is_tracked
    group by finding_id),
steps as (
    select finding_id, at_order, scan_id, min(at) as at, sum(change) as change from (
        select finding_id, opened_order as at_order, opened_scan_id as scan_id, opened_at as at, 1 as change
        from own where is_tracked
        union all
        select finding_id, closed_order, closed_scan_id, closed_at, -1 from own where is_tracked and not is_open) each
    group by finding_id, at_order, scan_id),
sums as (
    select finding_id, at_order, scan_id, at, change,
        sum(change) over each as after, row_number() over each as nth
    from steps window each as (partition by finding_id order by at_order, scan_id)),
came_back as (
    select distinct on (s.finding_id) s.finding_id, s.at
    from sums s
    where s.after > 0 and s.after = s.change and s.nth > 1
    order by s.finding_id, s.at_order desc, s.scan_id desc),
went as (
    select distinct on (s.finding_id) s.finding_id, s.at from sums s where s.after = 0 and s.change < 0
    order by s.finding_id, s.at_order desc, s.scan_id desc)
update finding f set
    open_occurrences = coalesce(n.open_occurrences, 0),
    severity_reported = coalesce(n.severity, f.severity_reported),
    severity = coalesce(f.severity_override, n.severity, f.severity),
    priority = {priority("coalesce(f.severity_override, n.severity, f.severity)")},
    {SET_EPSS},
    rule_text_id = x.id,
    first_seen_at = coalesce(least(o.first_seen_at, a.at), f.first_seen_at),
    scanners = coalesce(n.scanners, f.scanners),
    last_seen_at = case when n.open_occurrences > 0 then null
        when w.finding_id is not null then coalesce(greatest(a.seen_until, a.last_opened_at), w.at)
        else coalesce(o.opened_at, f.last_seen_at, f.first_seen_at) end,
    reopened_at = b.at,
    changed_at = now()
from touched t
join finding g on g.organization_id = :organization and g.id = t.finding_id
left join standing n on n.finding_id = t.finding_id
left join oldest o on o.finding_id = t.finding_id
left join first_seen a on a.finding_id = t.finding_id
left join came_back b on b.finding_id = t.finding_id
left join went w on w.finding_id = t.finding_id
join rule_text x on x.organization_id = :organization and x.id = coalesce(n.rule_text_id, g.rule_text_id)
where f.organization_id = :organization and f.id = t.finding_id
"""

SCAN_TAKEN_BACK: Final = (
    "update scan set applied_at = null, is_complete = false where organization_id = :organization and id = :scan",
    "delete from held_occurrence where organization_id = :organization and scan_id = :scan",
)

SCOPE: Final = """
update scope s set version = s.version + 1, last_scan_id = p.id, last_scan_at = p.scanned_at,
    tool_version = p.tool_version,
    last_complete_scan_at = (select max(x.scanned_at) from scan x where x.organization_id = s.organization_id
        and x.scope_id = s.id and x.applied_at is not null and x.is_complete),
    open_occurrences = (select count(*) from occurrence o where o.organization_id = s.organization_id
        and o.scope_id = s.id and o.closed_at is null)
from (select 1) one left join lateral (
    select x.id, x.scanned_at, x.tool_version from scan x
    where x.organization_id = :organization and x.scope_id = :scope and x.applied_at is not null
    order by x.scanned_at desc, x.applied_at desc limit 1) p on true
where s.organization_id = :organization and s.id = :scope
"""

REF: Final = """
update asset_ref r set last_scan_at = (
    select max(o.last_scan_at) from scope o where o.organization_id = r.organization_id and o.ref_id = r.id)
from scope s
where s.organization_id = :organization and s.id = :scope and r.organization_id = s.organization_id and r.id = s.ref_id
"""

# Places that were kept for people, of scans that reported them again.
DROP_KEPT_PLACES: Final = """
delete from occurrence o where o.organization_id = :organization and o.opened_scan_id = any(cast(:replayed as int8[]))
    and o.close_reason = 'undone' and exists (
        select from occurrence p where p.organization_id = o.organization_id and p.finding_id = o.finding_id
        and p.close_reason is distinct from 'undone')
"""

# A new place had opened a decided finding again, and is not there any more: the decision stands as it did. Unless another
# scan has brought a place since, which nobody has looked at either.
DECISIONS_AGAIN: Final = """
update finding f set triage = e.triage, decision_id = (
        select d.id from decision d where d.organization_id = f.organization_id and d.finding_id = f.id
        and d.triage = e.triage and d.decided_at <= e.at order by d.id desc limit 1)
from (
    select distinct on (v.subject_id) v.subject_id, v.id, v.at, (v.detail ->> 'triage_before')::int2 as triage
    from event v join touched t on t.finding_id = v.subject_id
    where v.organization_id = :organization and v.subject_type = 'finding' and v.action = 'finding.new_place'
        and (v.detail ->> 'scan_id')::int8 = :scan
    order by v.subject_id, v.id desc) e
where f.organization_id = :organization and f.id = e.subject_id and f.triage = 0
    and not exists (select from event l where l.organization_id = :organization and l.subject_type = 'finding'
        and l.subject_id = f.id and l.id > e.id and l.action in ('finding.triaged', 'finding.new_place'))
    and not exists (
        select from occurrence o
        join scan s on s.organization_id = o.organization_id and s.id = o.opened_scan_id
        where o.organization_id = :organization and o.finding_id = f.id and o.previous_id is null and o.closed_at is null
            and (s.id = any(cast(:replayed as int8[])) or s.applied_at > e.at))
"""

ALL_TOUCHED: Final = """
create temporary table touched on commit drop as
select f.id as finding_id, f.is_active, f.severity, f.triage, f.kind, false as has_new_place
from finding f join concerned c on f.organization_id = :organization and f.id = c.finding_id
"""

# Of `concerned` c: nothing but what undone scans said.
LEFT_OVER: Final = """f.organization_id = :organization and f.id = c.finding_id and not exists (
    select from occurrence o where o.organization_id = f.organization_id and o.finding_id = f.id
    and o.close_reason is distinct from 'undone')"""

DROP_FINDINGS: Final = f"delete from finding f using concerned c where {LEFT_OVER} and not {CARRIES}"

# The scope's open occurrences before and after, for people to see the difference.
BEFORE: Final = """
create temporary table open_before on commit drop as
select id, finding_id, fingerprint, place_hash, content_hash, rule_text_id, severity, location, component
from occurrence where organization_id = :organization and scope_id = :scope and closed_at is null
"""

# The same place with other content changed; what is left on both sides of one finding moved, pair by pair.
_SHOWN: Final = "{0}.id, {0}.finding_id, {0}.rule_text_id, {0}.severity, {0}.location, {0}.component"
DIFFERENCE: Final = f"""
create temporary table difference on commit drop as
with after as (
    select id, finding_id, fingerprint, place_hash, content_hash, rule_text_id, severity, location, component
    from occurrence where organization_id = :organization and scope_id = :scope and closed_at is null),
gone as (
    select b.*, row_number() over (partition by finding_id order by id) as place from open_before b where not exists (
        select from after a where a.fingerprint = b.fingerprint and a.place_hash = b.place_hash)),
come as (
    select a.*, row_number() over (partition by finding_id order by id) as place from after a where not exists (
        select from open_before b where a.fingerprint = b.fingerprint and a.place_hash = b.place_hash))
select 'changed' as change, {_SHOWN.format("a")} from after a join open_before b using (fingerprint, place_hash)
where a.content_hash <> b.content_hash
union all
select 'moved', {_SHOWN.format("c")} from come c join gone g using (finding_id, place)
union all
select case when exists (select from made m where m.finding_id = c.finding_id) then 'new' else 'reopened' end,
    {_SHOWN.format("c")} from come c left join gone g using (finding_id, place) where g.id is null
union all
select 'closed', {_SHOWN.format("g")} from gone g left join come c using (finding_id, place) where c.id is null
"""

CHANGES: Final = f"""
select d.change, d.finding_id, t.title, d.severity, d.location, d.component,
    exists (select from finding f join concerned c on {LEFT_OVER} where f.id = d.finding_id) as is_kept_for_people
from difference d
join rule_text t on t.organization_id = :organization and t.id = d.rule_text_id
order by array_position(array['new', 'reopened', 'closed', 'moved', 'changed'], d.change), d.severity desc, d.id
limit :limit
"""

COUNTS: Final = """
select (select count(*) from difference where change = 'new') as new,
    (select count(*) from difference where change = 'moved') as moved,
    (select count(*) from difference where change = 'changed') as changed,
    (select count(*) from difference where change = 'reopened') as reopened,
    (select count(*) from difference where change = 'closed') as closed,
    (select open_occurrences from scope where organization_id = :organization and id = :scope) as standing,
    (select count(*) from made m join finding f on f.organization_id = :organization and f.id = m.finding_id) as made,
    (select count(*) from concerned c join finding f on f.organization_id = :organization and f.id = c.finding_id
     where f.is_active and not c.was_active and not exists (
        select from made m where m.finding_id = c.finding_id)) as active_again,
    (select count(*) from concerned c left join finding f on f.organization_id = :organization and f.id = c.finding_id
     where c.was_active and not coalesce(f.is_active, false)) as active_no_more
"""
