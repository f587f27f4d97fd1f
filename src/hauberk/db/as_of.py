"""The past as a lens: the statements that read the present, over `finding`, `occurrence` and `scope` as they were.

Common table expressions of these names stand before a statement, whose own text stays as it is; not materialized, so
that its conditions and its order reach the indexes. What occurrences say at an instant decides presence, severity and
text, the trail decides triage and tags, decisions the override; of suppliers' statements those that decided count. Priority stays today's: what makes it is not kept by day.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import CTE, Select, column, text

from hauberk.db.driver import Kept
from hauberk.db.last_seen import closed_seen_at
from hauberk.db.models.asset import Scope
from hauberk.db.models.finding import Finding, Occurrence
from hauberk.domain.finding import Triage


def _code(word: str, codes: dict[str, int]) -> str:
    cases = " ".join(f"when '{each}' then {code}" for each, code in codes.items())
    return f"(case {word} {cases} end)::int2"


_TRIAGE: Final = _code("v.detail ->> 'from'", {each.value: each.code for each in Triage})

# It keeps only when it came back last: before that, when something opened while nothing was open that had been.
_CLAIMED: Final = """occurrence {0}
    join scope s{0} on s{0}.organization_id = {0}.organization_id and s{0}.id = {0}.scope_id
    join asset_ref r{0} on r{0}.organization_id = s{0}.organization_id and r{0}.id = s{0}.ref_id and r{0}.is_tracked
    where {0}.organization_id = f.organization_id and {0}.finding_id = f.id and {0}.close_reason is distinct from 'undone'"""
_REOPENED: Final = f"""(
    select max(n.opened_at) from {_CLAIMED.format("n")} and n.opened_at <= {{at}}
    and exists (select from {_CLAIMED.format("b")} and b.opened_at < n.opened_at)
    and not exists (select from {_CLAIMED.format("b")} and b.opened_at < n.opened_at
        and (b.closed_at is null or b.closed_at >= n.opened_at)))"""

# The finding itself, and of what was split off where it came from until then.
_WHERE_IT_WAS: Final = """(
    select f.id as finding_id, 'infinity'::timestamptz as until
    union all
    select j.finding_id, j.made_at from regrouping j
    where j.organization_id = f.organization_id and j.other_id = f.id and j.act = 'split') w"""
# What first happened to a tag since then tells whether it was there.
_TAGS: Final = f"""(
    with touched as (
        select distinct on (g.tag) g.tag, g.was_there
        from {_WHERE_IT_WAS}
        join event v on v.organization_id = f.organization_id and v.subject_type = 'finding' and v.subject_id = w.finding_id
            and v.action = 'finding.tagged' and v.at > {{at}} and v.at < w.until
        cross join lateral (
            select jsonb_array_elements_text(v.detail -> 'added') as tag, false as was_there
            union all select jsonb_array_elements_text(v.detail -> 'removed'), true) g
        order by g.tag, v.at, v.id)
    select coalesce(array_agg(x.tag order by x.place), '{{{{}}}}') from (
        select t.tag, t.place from unnest(f.tags) with ordinality as t(tag, place)
        where not exists (select from touched g where g.tag = t.tag)
        union all
        select g.tag, array_position(f.tags, g.tag) from touched g where g.was_there) x)"""

_FINDING: Final = {
    "rule_text_id": "coalesce(x.rule_text_id, f.rule_text_id)",
    "open_occurrences": "x.open_occurrences",
    "is_active": "x.open_occurrences > 0",
    "severity_reported": "coalesce(x.severity, f.severity_reported)",
    "severity_override": "g.rank",
    "severity": "coalesce(g.rank, x.severity, f.severity_reported)",
    "triage": "coalesce(h.triage, f.triage)",
    "decision_id": "case when coalesce(h.triage, f.triage) <> 0 then d.id end",
    "vex_status": "case when coalesce(h.triage, f.triage) <> 0 then d.vex_status end",
    "vex_statement_id": "case when coalesce(h.triage, f.triage) <> 0 then d.vex_statement_id end",
    "scanners": "coalesce(x.scanners, f.scanners)",
    "tags": _TAGS,
    "assignee_id": "case when h.is_assigned_since is not true then f.assignee_id end",
    "last_seen_at": "case when x.open_occurrences = 0 then coalesce(x.seen_at, least(f.last_seen_at, x.closed_at)) end",
    "reopened_at": f"case when f.reopened_at <= {{at}} then f.reopened_at when f.reopened_at is not null then {_REOPENED} end",
}
_OCCURRENCE: Final = {
    name: f"case when o.closed_at <= {{at}} then o.{name} end"
    for name in ("closed_at", "closed_scan_id", "close_reason")
}
_SCOPE: Final = {
    "last_complete_scan_at": "(select max(x.scanned_at) from scan x where x.organization_id = s.organization_id"
    " and x.scope_id = s.id and x.is_complete and x.applied_at is not null and x.scanned_at <= {at})"
}


def _columns(model: type[Finding | Occurrence | Scope], row: str, then: dict[str, str]) -> str:
    return ", ".join(
        f"{then.get(each.name, f'{row}.{each.name}')} as {each.name}" for each in model.__table__.columns
    )


# Findings that some scan had claimed by then; what was undone never was. What was open then tells what a finding was, else
# what had closed last. A trail entry tells what was before it, and so does a join that opened a decided finding again; of what was split off, the
# trail of where it came from until then. Decisions tell overrides, as they go along with a split; the trail, their end.
_TABLES: Final = {
    "finding": f"""
select {_columns(Finding, "f", _FINDING)}
from finding f
cross join lateral (
    select count(*) filter (where r.is_tracked and o.is_open) as open_occurrences,
        coalesce(max(o.severity) filter (where r.is_tracked and o.stands), max(o.severity) filter (where o.stands))
            as severity,
        (array_agg(o.rule_text_id order by r.is_tracked desc, o.first_seen_at, o.id) filter (where o.stands))[1]
            as rule_text_id,
        array_agg(distinct s.scanner) filter (where o.stands) as scanners, max(o.closed_at) as closed_at,
        max({closed_seen_at("o")}) filter (where r.is_tracked and o.gone_at is not null) as seen_at
    from (
        select c.*, c.is_open or (not bool_or(c.is_open) over () and c.gone_at = max(c.gone_at) over ()) as stands
        from (
            select e.*, g.is_open, case when not g.is_open and e.close_reason not in ('changed', 'moved')
                then e.closed_at end as gone_at
            from occurrence e cross join lateral (select e.closed_at is null or e.closed_at > {{at}} as is_open) g
            where e.organization_id = f.organization_id and e.finding_id = f.id and e.opened_at <= {{at}}
                and e.close_reason is distinct from 'undone') c) o
    join scope s on s.organization_id = o.organization_id and s.id = o.scope_id
    join asset_ref r on r.organization_id = s.organization_id and r.id = s.ref_id
    having count(*) > 0) x
left join lateral (
    select (array_agg(h.triage order by h.at, h.id) filter (where h.triage is not null))[1] as triage,
        bool_or(h.is_assigned) as is_assigned_since
    from (
        select v.at, v.id, v.action = 'finding.assigned' as is_assigned,
            case when v.action in ('finding.triaged', 'finding.new_place')
                then coalesce((v.detail ->> 'triage_before')::int2, {_TRIAGE}) end as triage
        from event v where v.organization_id = f.organization_id and v.subject_type = 'finding' and v.subject_id = f.id
            and v.at > {{at}}
        union all
        select v.at, v.id, false, coalesce((v.detail ->> 'triage_before')::int2, {_TRIAGE})
        from regrouping j join event v on v.organization_id = f.organization_id and v.subject_type = 'finding'
            and v.subject_id = j.finding_id and v.action in ('finding.triaged', 'finding.new_place')
            and v.at > {{at}} and v.at < j.made_at
        where j.organization_id = f.organization_id and j.other_id = f.id and j.act = 'split'
        union all
        select c.at, 0, false, c.triage from regrouping j
        cross join lateral (values
            (j.made_at, (j.detail -> 'triage_before' ->> 'triage')::int2),
            (j.undone_at, case when not exists (
                select from event w where w.organization_id = f.organization_id and w.subject_type = 'finding'
                and w.subject_id = f.id and w.at between j.made_at and j.undone_at
                and w.action in ('finding.triaged', 'finding.new_place')) then 0::int2 end)) as c(at, triage)
        where j.organization_id = f.organization_id and j.finding_id = f.id and j.detail ? 'triage_before'
            and c.at > {{at}}) h) h on true
left join lateral (
    select g.rank from (
        select f.id as finding_id, 'infinity'::timestamptz as until
        union all
        select j.finding_id, j.made_at from regrouping j
        where j.organization_id = f.organization_id and j.other_id = f.id and j.act = 'split') w
    cross join lateral (
        select d.decided_at as at, d.severity as rank from decision d
        where d.organization_id = f.organization_id and d.finding_id = w.finding_id and d.severity is not null
            and d.decided_at <= {{at}} and d.decided_at < w.until
        union all
        select v.at, null from event v where v.organization_id = f.organization_id and v.subject_type = 'finding'
            and v.subject_id = w.finding_id and v.action = 'finding.severity_changed' and v.at <= {{at}} and v.at < w.until
            and not (v.detail ->> 'is_override')::bool) g
    order by g.at desc limit 1) g on true
left join lateral (
    select d.id, d.vex_statement_id, (
        select s.vex_status from vex_statement s
        where s.organization_id = d.organization_id and s.id = d.vex_statement_id) as vex_status
    from decision d where d.organization_id = f.organization_id and d.finding_id = f.id
        and d.triage = coalesce(h.triage, f.triage) and d.decided_at <= {{at}}
    order by d.id desc limit 1) d on true
where f.organization_id = {{organization}} and f.first_seen_at <= {{at}}""",
    "occurrence": f"""
select {_columns(Occurrence, "o", _OCCURRENCE)}
from occurrence o
where o.organization_id = {{organization}} and o.opened_at <= {{at}} and o.close_reason is distinct from 'undone'""",
    "scope": f"""
select {_columns(Scope, "s", _SCOPE)}
from scope s where s.organization_id = {{organization}}""",
}


def looking_back(statement: Select[Any], organization_id: int, at: datetime) -> Select[Any]:
    """The same statement at that instant."""
    return statement.add_cte(*(_cte(name, organization_id, at) for name in _TABLES))


def kept_looking_back(kept: Kept, organization_id: int, at: datetime) -> Kept:
    """The same for a statement that is kept as text and begins with its `select`."""
    spelled = ", ".join(
        f"{name} as not materialized ({body.format(organization='%(organization)s', at='%(as_of)s')})"
        for name, body in _TABLES.items()
    )
    head = f"with {spelled} ".encode()
    return Kept(head + kept.text, {**kept.parameters, "organization": organization_id, "as_of": at})


def _cte(name: str, organization_id: int, at: datetime) -> CTE:
    body = text(_TABLES[name].format(organization=":seen_by", at=":as_of"))
    bound = body.bindparams(seen_by=organization_id, as_of=at).columns(column("id"))
    return bound.cte(name).prefix_with("not materialized", dialect="postgresql")
