"""The SQL of the writing transaction, in the order it runs. Set-based throughout; nothing touches what is unchanged.

Parameters: organization, asset, scope, scan, at (effective date), tracked, scanner, has_history.
"""

from typing import Final

from hauberk.domain.fingerprint import IDENTITY_VERSION
from hauberk.ingest.due_dates import DUE_ANEW, NEW_DUE, POLICY
from hauberk.ingest.encode import COLUMNS
from hauberk.ingest.feed_words import EPSS, NEW_PRIORITY, REPORTED, priority, words
from hauberk.ingest.tracked_claims import EARLIEST, FIRST_OPENED, LAST_OPENED, LAST_SEEN, STOOD, TRACKED

STAGE: Final = (
    f"create temporary table imported ({COLUMNS}) on commit drop",
    "create temporary table imported_key (group_key uuid, ordinal int2, fingerprint uuid) on commit drop",
    "create temporary table imported_rule (content_hash uuid, body jsonb) on commit drop",
    "create temporary table closing (id int8, reason text) on commit drop",
    "set local default_statistics_target = 10",  # how many rows there are is nearly all that the planner must know
)

# What the planner has to know of the staged tables: how they join, and which are empty. Of wide rows that is enough.
ANALYZE: Final = {
    "imported": "analyze imported (seq, action, occurrence_id, fingerprint, group_key, rule_hash)",
    "imported_key": "analyze imported_key",
    "imported_rule": "analyze imported_rule (content_hash)",
    "imported_rule_id": "analyze imported_rule_id (content_hash)",
    "grouped": "analyze grouped (group_key)",
    "told": "analyze told (occurrence_id)",
    "matched": "analyze matched (group_key)",
    "found": "analyze found (group_key, first_seq)",
    "placed": "analyze placed (seq)",
    "touched": "analyze touched",
}

_RULE_BODY: Final = (
    "jsonb_to_record(r.body) as b(scanner text, rule_id text, rule_name text, title text, description text,"
    ' remediation text, "references" text[], identifiers text[], cwes int[], cvss_score float8, cvss jsonb,'
    " known_exploited bool, has_fix bool, vulnerabilities text[], is_rule bool)"
)

RULE_TEXTS: Final = f"""
insert into rule_text (organization_id, content_hash, scanner, rule_id, rule_name, title, description, remediation,
    "references", identifiers, cwes, cvss_score, cvss, known_exploited, has_fix, feed_epss, feed_known_exploited)
select :organization, r.content_hash, b.scanner, b.rule_id, b.rule_name, b.title, b.description, b.remediation,
    b."references", b.identifiers, b.cwes, b.cvss_score, b.cvss, b.known_exploited, b.has_fix, w.epss, w.is_exploited
from imported_rule r, {_RULE_BODY}, {words("b.identifiers")} w
where not exists (
    select from rule_text t where t.organization_id = :organization and t.content_hash = r.content_hash)
order by r.content_hash
on conflict do nothing
"""

VULNERABILITIES: Final = f"""
insert into vulnerability (organization_id, name, is_rule, rule_text_id)
select :organization, n.name, bool_and(b.is_rule), min(t.id)
from imported_rule r
join rule_text t on t.organization_id = :organization and t.content_hash = r.content_hash,
{_RULE_BODY}, unnest(b.vulnerabilities) as n(name)
where not exists (select from vulnerability v where v.organization_id = :organization and v.name = n.name)
group by n.name
order by n.name on conflict do nothing
"""

RULES: Final = f"""
create temporary table imported_rule_id on commit drop as
select distinct on (r.content_hash) r.content_hash, t.id as rule_text_id, v.id as vulnerability_id, b.vulnerabilities,
    t.feed_epss, t.feed_known_exploited, t.known_exploited, t.cvss_score
from imported_rule r
join rule_text t on t.organization_id = :organization and t.content_hash = r.content_hash,
{_RULE_BODY}
left join vulnerability v on v.organization_id = :organization and v.name = b.vulnerabilities[1]
"""

# Only around what sorts and joins the report itself, which then need not go through files: among the large tables the
# planner shall not be tempted to hash one of them for the sake of a few rows.
MUCH_MEMORY: Final = "set local work_mem = '64MB'"
USUAL_MEMORY: Final = "set local work_mem to default"

# A result's finding is the one that any of its keys leads to, the strongest key first. `first` is the number of the
# group's first result, and that result's kind.
GROUPS: Final = f"""
create temporary table grouped on commit drop as
select g.*, first / 256 as first_seq, first % 256 as kind, k.finding_id
from (select group_key, min(seq * 256::int8 + kind) as first, count(*) as results, max(severity) as severity,
          max(epss) as epss
      from imported group by group_key) g
left join (
    select distinct on (i.group_key) i.group_key, k.finding_id
    from imported_key i
    join finding_key k on k.organization_id = :organization and k.asset_id = :asset
        and k.identity_version = {IDENTITY_VERSION} and k.fingerprint = i.fingerprint
    order by i.group_key, i.ordinal, k.finding_id) k using (group_key)
"""

# Known occurrences that go on under another key; there may be very many.
TOLD: Final = """
create temporary table told (occurrence_id int8, pass_name text, detail jsonb) on commit drop
"""
TELL: Final = """
insert into told select cast(one ->> 0 as int8), one ->> 1, one -> 2 from jsonb_array_elements(cast(:matches as jsonb)) as m(one)
"""
MATCHED: Final = """
create temporary table matched on commit drop as
select m.occurrence_id, m.pass_name, m.detail, i.group_key, o.finding_id
from told m
join imported i on i.occurrence_id = m.occurrence_id
join occurrence o on o.organization_id = :organization and o.id = m.occurrence_id
"""

# Counted: whoever asks whether there is one is given a plan that hopes to meet it soon, and there is none. What a key had led to
# its finding stays there also where its report makes it one with what is known as another.
MATCHED_ELSEWHERE: Final = """
select count(*) > 0 from matched m join grouped g using (group_key)
where g.finding_id <> m.finding_id and m.pass_name <> 'known_key'
"""

CONTINUED: Final = """
update grouped g set finding_id = m.finding_id from matched m
where m.group_key = g.group_key and g.finding_id is null
"""

MATCH_LOG: Final = """
insert into match_log (organization_id, scan_id, finding_id, occurrence_id, pass_name, detail)
select :organization, :scan, finding_id, occurrence_id, pass_name, detail from matched order by occurrence_id
"""

# Ids are taken in blocks of a thousand, and given by the place of a finding's first result: to count the new ones in order
# would take a sort. Those of results that make no finding of their own are left out.
FOUND: Final = """
create temporary table found on commit drop as
with blocks as (
    select array_agg(block order by block) as starts
    from (select nextval('finding_id_seq') as block
          from generate_series(1, (select (sum(results)::int8 + 999) / 1000 from grouped
                                   having bool_or(finding_id is null)))) each)
select g.group_key, g.first_seq, g.results, g.kind, g.severity, g.epss, g.finding_id is null as is_new,
    coalesce(g.finding_id, (select starts from blocks)[g.first_seq / 1000 + 1] + g.first_seq % 1000) as finding_id
from grouped g
"""

NEW_FINDINGS: Final = f"""
insert into finding (organization_id, id, asset_id, rule_text_id, vulnerability_id, first_seen_at, last_seen_at, due_at, epss,
    epss_reported, is_epss_of_feed, priority, open_occurrences, kind, severity, severity_reported, scanners)
select :organization, f.finding_id, :asset, x.rule_text_id, x.vulnerability_id, :at,
    case when :tracked then null else cast(:at as timestamptz) end, {NEW_DUE},
    coalesce(x.feed_epss, f.epss), f.epss, x.feed_epss is not null, {NEW_PRIORITY},
    case when :tracked then f.results else 0 end, f.kind, f.severity, f.severity,
    array[cast(:scanner as text)]
from found f
join imported i on i.seq = f.first_seq
join imported_rule_id x on x.content_hash = i.rule_hash
left join {POLICY} p on true
where f.is_new
order by f.finding_id
"""

FURTHER_VULNERABILITIES: Final = """
insert into finding_vulnerability (organization_id, vulnerability_id, finding_id)
select distinct :organization, v.id, f.finding_id
from found f
join imported i on i.seq = f.first_seq
join imported_rule_id r on r.content_hash = i.rule_hash and cardinality(r.vulnerabilities) > 1
cross join lateral unnest(r.vulnerabilities[2:]) as n(name)
join vulnerability v on v.organization_id = :organization and v.name = n.name
on conflict do nothing
"""

NEW_KEYS: Final = f"""
insert into finding_key (organization_id, asset_id, identity_version, fingerprint, finding_id, added_scan_id)
select :organization, :asset, {IDENTITY_VERSION}, i.fingerprint, f.finding_id, :scan
from imported_key i join found f using (group_key)
where f.is_new or not exists (
    select from finding_key k where k.organization_id = :organization and k.asset_id = :asset
    and k.identity_version = {IDENTITY_VERSION} and k.fingerprint = i.fingerprint)
order by i.fingerprint
on conflict do nothing
"""

ANY_STOOD: Final = "select exists (select from found where not is_new)"

# What each result continues: the occurrence it changed or moved from, or one at the same place that was closed before.
# A result of a new finding continues nothing, and is not here. Where all are new (`any_stood`) nobody need look.
PLACED: Final = """
create temporary table placed on commit drop as
select i.seq, coalesce(o.finding_id, f.finding_id) as finding_id, coalesce(o.id, p.id) as previous_id,
    coalesce(o.first_seen_at, p.first_seen_at, cast(:at as timestamptz)) as first_seen_at,
    o.id is null and p.id is not null as is_reopened, f.is_new
from imported i
join found f using (group_key)
left join occurrence o on i.occurrence_id <> 0 and o.organization_id = :organization and o.id = i.occurrence_id
left join lateral (
    select c.id, c.first_seen_at from occurrence c
    where :has_history and i.occurrence_id = 0 and not f.is_new and c.organization_id = :organization
        and c.scope_id = :scope and c.fingerprint = i.fingerprint and c.place_hash = i.place_hash
        and c.closed_at is not null and c.close_reason <> 'undone'
    order by c.closed_at desc, c.id desc limit 1) p on true
where :any_stood and (not f.is_new or i.occurrence_id <> 0)
"""

CLOSE_VERSIONS: Final = """
update occurrence o set closed_at = :at, closed_scan_id = :scan,
    close_reason = case i.action when 1 then 'changed' else 'moved' end
from imported i
where i.occurrence_id <> 0 and o.organization_id = :organization and o.id = i.occurrence_id and o.closed_at is null
"""

# Where a partial scan did not look, nothing is gone; what it says itself to be suppressed it saw.
COVERED_ONLY: Final = """
delete from closing c using occurrence o
where c.reason = 'gone' and o.organization_id = :organization and o.id = c.id and not (coalesce(o.target, '') = any(:targets))
"""

WOULD_CLOSE: Final = """
select o.severity, count(*) from closing c
join occurrence o on o.organization_id = :organization and o.id = c.id
where c.reason = 'gone' group by o.severity
"""

# What the brake keeps open, for people to look at; that this scan did not see it is remembered.
HELD_BACK: Final = (
    "create temporary table held_back on commit drop as select id from closing where reason = 'gone'",
    """insert into held_occurrence (organization_id, scan_id, occurrence_id)
select :organization, :scan, id from held_back order by id""",
    "delete from closing where reason = 'gone'",
)

# Whether something that is gone lies in a target that this report does not name. A build's tag or digest, and what
# stands in brackets, are not part of a target's name: `shop:41 (debian 12.1)` and `shop:42 (debian 12.2)` are one.
UNCOVERED: Final = r"""
select exists (
    select from closing c join occurrence o on o.organization_id = :organization and o.id = c.id
    where c.reason = 'gone' and o.target is not null and not (
        regexp_replace(o.target, '(@sha256:[0-9a-f]+|:[^/: ]+)?( \(.*\))?$', '') = any(
            select regexp_replace(t, '(@sha256:[0-9a-f]+|:[^/: ]+)?( \(.*\))?$', '')
            from unnest(cast(:targets as text[])) as t)))
"""

CLOSE: Final = """
update occurrence o set closed_at = :at, closed_scan_id = :scan, close_reason = c.reason
from closing c where o.organization_id = :organization and o.id = c.id and o.closed_at is null
"""

# Nearly in the order of the report, as the staged rows lie and are joined with smaller tables: to sort rows so wide would
# cost more than it brings. The blocks of ids are asked for by a subquery, lest every row carries all of them along.
NEW_OCCURRENCES: Final = """
with blocks as (
    select array_agg(block order by block) as starts
    from (select nextval('occurrence_id_seq') as block
          from generate_series(1, ((select sum(results) from found)::int8 + 999) / 1000)) each)
insert into occurrence (organization_id, id, scope_id, finding_id, rule_text_id, place_hash, content_hash,
    element_hash, opened_scan_id, previous_id, first_seen_at, opened_at, fingerprint, line, severity, severity_word, target,
    location, component, suppression, stable_ids)
select :organization, (select starts from blocks)[i.seq / 1000 + 1] + i.seq % 1000, :scope,
    coalesce(p.finding_id, f.finding_id), r.rule_text_id, i.place_hash, i.content_hash, i.element_hash, :scan, p.previous_id,
    coalesce(p.first_seen_at, cast(:at as timestamptz)), :at, i.fingerprint, i.line, i.severity, i.severity_word, i.target,
    i.location, i.component, i.suppression, i.stable_ids
from imported i
join found f using (group_key)
join imported_rule_id r on r.content_hash = i.rule_hash
left join placed p on p.seq = i.seq
"""

# Findings that were there before and whose occurrences this scan opens or closes, as they were.
TOUCHED: Final = """
create temporary table touched on commit drop as
select f.id as finding_id, f.is_active, f.severity, f.triage, f.kind, false as has_new_place
from finding f
where f.organization_id = :organization and f.id in (
    select finding_id from placed where not is_new
    union select o.finding_id from closing c
    join occurrence o on o.organization_id = :organization and o.id = c.id)
"""

# A decided finding that turns up at a place nobody has looked at is open again, unless the decision says everywhere. Another ref
# may show the same places at other lines: where it shows as many of them, none is new.
NEW_PLACES: Final = """
update touched t set has_new_place = true
where t.triage > 2 and exists (
    select from placed p join imported i using (seq)
    where p.finding_id = t.finding_id and p.previous_id is null and not exists (
        select from occurrence o where o.organization_id = :organization and o.finding_id = t.finding_id
        and o.place_hash = i.place_hash and o.opened_scan_id <> :scan))
and not exists (
    select from scope s
    join scope w on w.organization_id = s.organization_id and w.asset_id = s.asset_id and w.scanner = s.scanner
        and w.key = s.key and w.ref_id <> s.ref_id
    where s.organization_id = :organization and s.id = :scope and (
        select count(*) from occurrence o where o.organization_id = :organization and o.finding_id = t.finding_id
            and o.scope_id = w.id and o.closed_at is null) >= (
        select count(*) from placed p where p.finding_id = t.finding_id) + (
        select count(*) from occurrence o where o.organization_id = :organization and o.finding_id = t.finding_id
            and o.scope_id = s.id and o.closed_at is null
            and not exists (select from imported i where i.occurrence_id = o.id)
            and not exists (select from closing c where c.id = o.id)))
and not exists (
    select from finding f join decision d on d.organization_id = f.organization_id and d.id = f.decision_id
    where f.organization_id = :organization and f.id = t.finding_id and d.covers_all_places)
"""

# Only what comes out otherwise is written: lines that moved, and another branch that shows the same, change no finding.
RECOMPUTE: Final = f"""
with standing as (
    select o.finding_id, count(*) filter (where r.is_tracked) as open_occurrences,
        max(o.severity) filter (where r.is_tracked) as severity,
        max(o.severity) as severity_anywhere,
        (array_agg(o.rule_text_id order by r.is_tracked desc, o.first_seen_at, o.id))[1] as rule_text_id,
        min(o.first_seen_at) filter (where r.is_tracked) as first_seen_at,
        array_agg(distinct s.scanner) as scanners
    from touched t
    join occurrence o on o.organization_id = :organization and o.finding_id = t.finding_id and o.closed_at is null
    join scope s on s.organization_id = o.organization_id and s.id = o.scope_id
    join asset_ref r on r.organization_id = s.organization_id and r.id = s.ref_id
    group by o.finding_id),
computed as (
    select f.id, coalesce(n.open_occurrences, 0)::int as open_occurrences,
        coalesce(n.severity, n.severity_anywhere, f.severity_reported) as severity_reported,
        coalesce(f.severity_override, n.severity, n.severity_anywhere, f.severity) as severity,
        ({priority("coalesce(f.severity_override, n.severity, n.severity_anywhere, f.severity)")})::int as priority,
        {EPSS} as epss, {REPORTED} as epss_reported, x.feed_epss is not null as is_epss_of_feed,
        x.id as rule_text_id,
        least(case when t.is_active then f.first_seen_at else coalesce({EARLIEST}, f.first_seen_at) end, n.first_seen_at)
            as first_seen_at,
        coalesce(n.scanners, f.scanners) as scanners,
        case when coalesce(n.open_occurrences, 0) > 0 then null
            when t.is_active or f.last_seen_at is null
            then coalesce(greatest(cast(:seen_before as timestamptz), {LAST_OPENED}, {LAST_SEEN}), :at)
            when {TRACKED} then f.last_seen_at
            else coalesce({FIRST_OPENED}, f.last_seen_at) end as last_seen_at,
        case when not t.is_active and coalesce(n.open_occurrences, 0) > 0 and {STOOD} then cast(:at as timestamptz)
            else f.reopened_at end as reopened_at,
        case when t.has_new_place then 0 else f.triage end as triage,
        case when t.has_new_place then null else f.decision_id end as decision_id, f.due_at
    from touched t
    join finding f on f.organization_id = :organization and f.id = t.finding_id
    left join standing n on n.finding_id = t.finding_id
    join rule_text x on x.organization_id = :organization and x.id = coalesce(n.rule_text_id, f.rule_text_id)),
dated as (select c.*, {DUE_ANEW} as new_due_at from computed c left join {POLICY} p on true)
update finding f set
    open_occurrences = c.open_occurrences, severity_reported = c.severity_reported, severity = c.severity,
    priority = c.priority, epss = c.epss, epss_reported = c.epss_reported, is_epss_of_feed = c.is_epss_of_feed,
    rule_text_id = c.rule_text_id, first_seen_at = c.first_seen_at, scanners = c.scanners,
    last_seen_at = c.last_seen_at, reopened_at = c.reopened_at, triage = c.triage, decision_id = c.decision_id,
    due_at = c.new_due_at, changed_at = now()
from dated c
where f.organization_id = :organization and f.id = c.id and (
    f.open_occurrences, f.severity_reported, f.severity, f.priority, f.rule_text_id, f.first_seen_at, f.scanners,
    f.last_seen_at, f.reopened_at, f.triage, f.decision_id, f.epss, f.is_epss_of_feed, f.due_at) is distinct from (
    c.open_occurrences, c.severity_reported, c.severity, c.priority, c.rule_text_id, c.first_seen_at, c.scanners,
    c.last_seen_at, c.reopened_at, c.triage, c.decision_id, c.epss, c.is_epss_of_feed, c.new_due_at)
"""

NEW_PLACE_EVENTS: Final = """
insert into event (organization_id, actor_type, actor_name, action, subject_type, subject_id, detail)
select :organization, 'system', 'import', 'finding.new_place', 'finding', finding_id,
    jsonb_build_object('scan_id', cast(:scan as int8), 'triage_before', triage)
from touched where has_new_place
"""

REF: Final = """
update asset_ref r set last_scan_at = greatest(r.last_scan_at, cast(:at as timestamptz))
from scope s
where r.organization_id = :organization and s.organization_id = r.organization_id and s.id = :scope and r.id = s.ref_id
"""

SCOPE: Final = """
update scope set version = version + 1, last_scan_id = :scan, last_scan_at = :at, tool_version = :tool_version,
    last_complete_scan_at = case when :complete then cast(:at as timestamptz) else last_complete_scan_at end,
    open_occurrences = open_occurrences + :opened
where organization_id = :organization and id = :scope
"""
