"""The SQL that moves counts and trend from what they were to what is there after scans were taken back or read again.

An import appends what it opens and closes on its own day. What is taken back may have been opened by it and stay because of
another scan, since another day; so a finding's whole course is taken off as it was, and put on again as it is.
Parameters: organization, asset, day.
"""

from typing import Final

from hauberk.domain.finding import LAST_UNDECIDED

_TOUCHED: Final = "select finding_id from touched"
_WRITTEN: Final = f"{_TOUCHED} union select finding_id from found where is_new"

# The states of each finding in the order in which they came about, as imports and people's acts count them; in the end the
# state that it has, on the `day` if nothing else has led to it.
_COURSE: Final = f"""
with concerning as (
    select f.id as finding_id, f.kind, f.is_active, f.severity, f.triage, f.severity_override,
        case when f.triage > {LAST_UNDECIDED} then coalesce(d.decided_at, '-infinity') end as decided_at,
        case when f.severity_override is not null then coalesce((
            select max(w.decided_at) from decision w where w.organization_id = f.organization_id and w.finding_id = f.id
                and w.severity is not null), '-infinity') end as overridden_at
    from finding f left join decision d on d.organization_id = f.organization_id and d.id = f.decision_id
    where f.organization_id = :organization and f.joined_into_id is null and f.id in ({{findings}})),
own as materialized (
    select o.finding_id, o.severity, o.opened_at, o.closed_at, coalesce(b.applied_at, o.opened_at) as opened_order,
        case when o.closed_at is not null then coalesce(
            case when o.close_reason = 'gone' then e.released_at end, e.applied_at, o.closed_at) end as closed_order
    from concerning f
    join occurrence o on o.organization_id = :organization and o.finding_id = f.finding_id
        and o.close_reason is distinct from 'undone'
    join scope s on s.organization_id = o.organization_id and s.id = o.scope_id
    join asset_ref r on r.organization_id = s.organization_id and r.id = s.ref_id and r.is_tracked
    left join scan b on b.organization_id = o.organization_id and b.id = o.opened_scan_id
    left join scan e on e.organization_id = o.organization_id and e.id = o.closed_scan_id),
moment as (
    select finding_id, at_order, min(at) as at from (
        select finding_id, opened_order as at_order, opened_at as at from own
        union all
        select finding_id, closed_order, closed_at from own where closed_order is not null
        union all
        select f.finding_id, each, each from concerning f cross join unnest(array[f.decided_at, f.overridden_at]) each
        where isfinite(each)) each
    group by finding_id, at_order),
state as (
    select m.finding_id, f.kind, m.at_order, (m.at at time zone 'utc')::date as on_day, x.severity is not null as is_active,
        case when m.at_order >= f.overridden_at then f.severity_override else x.severity end as severity,
        case when f.decided_at > m.at_order then 0 else f.triage end as triage
    from moment m
    join concerning f using (finding_id)
    cross join lateral (
        select max(o.severity) as severity from own o where o.finding_id = m.finding_id and o.opened_order <= m.at_order
            and (o.closed_order is null or o.closed_order > m.at_order)) x
    union all
    select finding_id, kind, 'infinity', cast(:day as date), is_active, severity, triage from concerning),
step as (
    select *, lag(is_active, 1, false) over each as was_active, lag(severity) over each as severity_before,
        lag(triage) over each as triage_before
    from state window each as (partition by finding_id order by at_order))
insert into course (on_day, kind, severity, triage, n, opened, closed)
select on_day, kind, severity_before, triage_before, {{sign}} * -1, 0,
    {{sign}} * (not is_active and triage_before <= {LAST_UNDECIDED})::int
from step where was_active
    and (not is_active or (severity, triage) is distinct from (severity_before, triage_before))
union all
select on_day, kind, severity, triage, {{sign}}, {{sign}} * (not was_active and triage <= {LAST_UNDECIDED})::int, 0
from step where is_active
    and (not was_active or (severity, triage) is distinct from (severity_before, triage_before))
"""
_FRESH: Final = """
create temporary table course (
    on_day date, kind int2, severity int2, triage int2, n int, opened int, closed int) on commit drop
"""
_DIFFERENCE: Final = """
insert into count_delta (organization_id, asset_id, on_day, kind, severity, triage, n, opened, closed)
select :organization, :asset, on_day, kind, severity, triage, sum(n), sum(opened), sum(closed)
from course
group by on_day, kind, severity, triage
having sum(n) <> 0 or sum(opened) <> 0 or sum(closed) <> 0
"""

# Before anything happens to what is in `touched`, and when all of it has happened, to that and to what is `found` anew.
TAKE_OFF: Final = (_FRESH, _COURSE.format(findings=_TOUCHED, sign=-1))
PUT_ON: Final = (_COURSE.format(findings=_TOUCHED, sign=1), _DIFFERENCE)
PUT_ON_WRITTEN: Final = (_COURSE.format(findings=_WRITTEN, sign=1), _DIFFERENCE)
