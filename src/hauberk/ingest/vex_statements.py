"""The SQL of VEX statements: keeping them as occurrences are kept, and what they decide (`ingest.vex`), in the order it runs.

Parameters: organization, asset, scope, scan. Every temporary table ends with the transaction.
"""

from typing import Final

from hauberk.domain.finding import Triage
from hauberk.domain.vex import VexStatus

# What an organization without statements pays for them.
STANDING: Final = """
select exists (select from vex_statement s where s.organization_id = :organization and s.asset_id = :asset
        and s.closed_scan_id is null) as of_asset,
    exists (select from vex_statement s where s.organization_id = :organization and s.scope_id = :scope
        and s.closed_scan_id is null) as of_scope
"""
EVER: Final = """
select exists (select from vex_statement s where s.organization_id = :organization and s.asset_id = :asset)
    or exists (select from finding f where f.organization_id = :organization and f.asset_id = :asset
        and f.vex_status is not null)
"""

CLEAR: Final = "drop table if exists stated, vex_wanted, vex_verdict, vex_change"
_STATED: Final = """content_hash uuid, names text[], vex_status int2, product text, component text, package text, versions text[],
    qualifiers jsonb, justification text, impact text, action text, author text, stated_at timestamptz"""
_COLUMNS: Final = """content_hash, names, vex_status, product, component, package, versions, qualifiers, justification, impact,
    action, author, stated_at"""
STAGE: Final = f"create temporary table stated ({_STATED}) on commit drop"
STAGED: Final = f"""
insert into stated select {_COLUMNS} from jsonb_to_recordset(cast(:rows as jsonb)) as r({_STATED})
"""
OPEN: Final = f"""
insert into vex_statement (organization_id, asset_id, scope_id, opened_scan_id, document_id, document_version, {_COLUMNS})
select :organization, :asset, :scope, :scan, :document_id, :document_version, {_COLUMNS}
from stated n
where not exists (select from vex_statement s where s.organization_id = :organization and s.scope_id = :scope
    and s.content_hash = n.content_hash and s.closed_scan_id is null)
order by stated_at, content_hash
"""
NAMES: Final = """
insert into vex_statement_name (organization_id, asset_id, name, statement_id)
select distinct s.organization_id, s.asset_id, n.name, s.id
from vex_statement s cross join lateral unnest(s.names) as n(name)
where s.organization_id = :organization and s.scope_id = :scope and s.opened_scan_id = :scan
on conflict do nothing
"""
# What the document does not say any more. A partial one takes nothing back.
CLOSE: Final = """
update vex_statement s set closed_scan_id = :scan
where s.organization_id = :organization and s.scope_id = :scope and s.closed_scan_id is null
    and not exists (select from stated n where n.content_hash = s.content_hash)
"""

# Of a scan that is undone.
TAKEN_BACK: Final = (
    "delete from vex_statement where organization_id = :organization and scope_id = :scope and opened_scan_id = :scan",
    (
        "update vex_statement set closed_scan_id = null"
        " where organization_id = :organization and scope_id = :scope and closed_scan_id = :scan"
    ),
    "update decision set scan_id = null where organization_id = :organization and scan_id = :scan",
)

# But what nothing claims any more: an undone scan takes such findings along.
WANTED_ALL: Final = """
create temporary table vex_wanted on commit drop as
select f.id as finding_id from finding f
where f.organization_id = :organization and f.asset_id = :asset and f.joined_into_id is null
    and (f.vex_status is null or exists (
        select from occurrence o where o.organization_id = f.organization_id and o.finding_id = f.id))
"""
WANTED_TOUCHED: Final = """
create temporary table vex_wanted on commit drop as
select t.finding_id from touched t
join finding f on f.organization_id = :organization and f.id = t.finding_id and f.joined_into_id is null
"""
ALSO_NEW: Final = "insert into vex_wanted select finding_id from found where is_new"

# Each finding's vulnerabilities, names of one flaw as one, under every name that the group has; a rule's text that is about
# one flaw only may know further names of it. Only what comes to a tracked ref decides: whoever may send a branch's
# documents decides nothing of the default ref.
CANDIDATES: Final = """
with flaw as materialized (
    select w.finding_id, coalesce(v.group_id, v.id) as flaw, v.group_id, v.name, f.rule_text_id
    from vex_wanted w
    join finding f on f.organization_id = :organization and f.id = w.finding_id
    cross join lateral (
        select f.vulnerability_id as id
        union select x.vulnerability_id from finding_vulnerability x
        where x.organization_id = :organization and x.finding_id = f.id) n
    join vulnerability v on v.organization_id = :organization and v.id = n.id),
counted as materialized (select finding_id, count(distinct flaw) as flaws from flaw group by finding_id),
named as (
    select finding_id, flaw, name from flaw
    union
    select f.finding_id, f.flaw, m.name from flaw f
    join vulnerability m on m.organization_id = :organization and m.group_id = f.group_id
    union
    select f.finding_id, f.flaw, n.name from flaw f join counted c on c.finding_id = f.finding_id and c.flaws = 1
    join rule_text t on t.organization_id = :organization and t.id = f.rule_text_id
    cross join lateral unnest(t.identifiers) as n(name))
select n.finding_id, n.flaw, c.flaws, array_agg(distinct s.id) as statements
from named n
join counted c using (finding_id)
join vex_statement_name x on x.organization_id = :organization and x.asset_id = :asset and x.name = n.name
join vex_statement s on s.organization_id = :organization and s.id = x.statement_id and s.closed_scan_id is null
join scope p on p.organization_id = :organization and p.id = s.scope_id
join asset_ref r on r.organization_id = :organization and r.id = p.ref_id and r.is_tracked
group by n.finding_id, n.flaw, c.flaws
"""
CLAIMS: Final = """
select s.id, s.vex_status, s.author, s.stated_at, s.package, s.versions, s.qualifiers, s.justification, s.impact, a.name_key
from vex_statement s join asset a on a.organization_id = s.organization_id and a.id = s.asset_id
where s.organization_id = :organization and s.id = any(cast(:statements as int8[]))
"""
# Of what is not there any more, all that ever was.
PARTS: Final = """
select distinct o.finding_id, o.component
from occurrence o
join finding f on f.organization_id = o.organization_id and f.id = o.finding_id
join scope p on p.organization_id = o.organization_id and p.id = o.scope_id
join asset_ref r on r.organization_id = o.organization_id and r.id = p.ref_id
where o.organization_id = :organization and o.finding_id = any(cast(:findings as int8[]))
    and case when f.is_active then o.closed_at is null and r.is_tracked
        else coalesce(o.close_reason, '') not in ('changed', 'moved', 'undone') end
"""
VERDICTS: Final = """
create temporary table vex_verdict on commit drop as
select v.* from unnest(cast(:findings as int8[]), cast(:statements as int8[]), cast(:statuses as int2[]),
    cast(:triages as int2[]), cast(:reasons as text[])) as v(finding_id, vex_statement_id, vex_status, triage, reason)
"""
NO_VERDICTS: Final = """
insert into vex_verdict (finding_id, triage, reason)
select w.finding_id, 0, :withdrawn
from vex_wanted w join finding f on f.organization_id = :organization and f.id = w.finding_id
where f.vex_status is not null and not exists (select from vex_verdict v where v.finding_id = w.finding_id)
"""
# Whatever a person decided stands, back to open as well; only what a statement decided, or nobody, is decided here.
CHANGES: Final = """
create temporary table vex_change on commit drop as
select v.*, f.triage as triage_before, d.vex_statement_id as statement_before, m.is_decided
from vex_verdict v
join finding f on f.organization_id = :organization and f.id = v.finding_id
left join decision d on d.organization_id = :organization and d.id = f.decision_id
cross join lateral (
    select ((f.decision_id is null and f.triage = 0) or d.vex_statement_id is not null)
        and (v.triage <> f.triage or (v.triage <> 0 and v.reason is distinct from d.reason)) as is_decided) m
where m.is_decided or f.vex_statement_id is distinct from v.vex_statement_id
    or f.vex_status is distinct from v.vex_status
"""
COUNT: Final = "select count(*) as all, count(*) filter (where is_decided) as decided from vex_change"
# What else than the import itself changes is counted as what it touches is.
TOUCH: Final = """
insert into touched (finding_id, is_active, severity, triage, kind, has_new_place)
select f.id, f.is_active, f.severity, f.triage, f.kind, false
from vex_change c join finding f on f.organization_id = :organization and f.id = c.finding_id
where c.is_decided and not exists (select from touched t where t.finding_id = c.finding_id)
"""
BUT_NEW: Final = " and not exists (select from found n where n.is_new and n.finding_id = c.finding_id)"
DECIDE: Final = """
with made as (
    insert into decision (organization_id, finding_id, vex_statement_id, scan_id, triage, reason, covers_all_places)
    select :organization, finding_id, coalesce(vex_statement_id, statement_before), cast(:decided_by_scan as int8), triage,
        reason, true
    from vex_change where is_decided order by finding_id
    returning id, finding_id)
update finding f set
    vex_statement_id = c.vex_statement_id,
    vex_status = c.vex_status,
    triage = case when c.is_decided then c.triage else f.triage end,
    decision_id = case when not c.is_decided then f.decision_id when c.triage = 0 then null else m.id end,
    changed_at = now()
from vex_change c left join made m using (finding_id)
where f.organization_id = :organization and f.id = c.finding_id
"""


def _word(column: str, words: dict[int, str]) -> str:
    return f"case {column} {' '.join(f'when {code} then {word!r}' for code, word in words.items())} end"


_TRIAGES: Final = {each.code: each.value for each in Triage}
EVENTS: Final = f"""
insert into event (organization_id, actor_type, actor_name, action, subject_type, subject_id, detail)
select :organization, 'system', 'VEX', :action, 'finding', c.finding_id, jsonb_build_object(
    'from', {_word("c.triage_before", _TRIAGES)}, 'to', {_word("c.triage", _TRIAGES)}, 'reason', c.reason,
    'vex', case when s.id is not null then jsonb_build_object(
        'vex_status', {_word("s.vex_status", {each.code: each.value for each in VexStatus})},
        'vulnerability', s.names[1], 'product', s.product, 'component', s.component, 'justification', s.justification,
        'author', s.author, 'stated_at', s.stated_at, 'document', s.document_id) end)
from vex_change c
left join vex_statement s on s.organization_id = :organization and s.id = c.vex_statement_id
where c.is_decided order by c.finding_id
"""

# For people to see what a dry run or a preview would decide.
SHOWN: Final = """
select 3 as part, c.finding_id as id, 'decided' as reason, c.reason as decision, c.finding_id, t.title, f.severity, o.location,
    o.component
from vex_change c
join finding f on f.organization_id = :organization and f.id = c.finding_id
join rule_text t on t.organization_id = f.organization_id and t.id = f.rule_text_id
left join lateral (
    select o.location, o.component from occurrence o
    where o.organization_id = f.organization_id and o.finding_id = f.id
    order by o.closed_at is not null, o.id limit 1) o on true
where c.is_decided order by f.severity desc, c.finding_id limit :limit
"""
