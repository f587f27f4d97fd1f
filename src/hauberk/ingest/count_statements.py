"""What the writing transaction counts, over the tables that `statements` made: deltas of active findings, and its own outcome."""

from typing import Final

from hauberk.ingest.tracked_claims import STOOD

# The counts of active findings, before and after, as deltas; what opened or closed while undecided feeds the trend.
_OF_NEW: Final = """select f.kind, f.severity, f.triage, 1 as n, (f.triage <= 2)::int as opened, 0 as closed
    from found g join finding f on f.organization_id = :organization and f.id = g.finding_id
    where g.is_new and f.is_active"""
_OF_NEW_AS_FOUND: Final = "select kind, severity, 0 as triage, 1 as n, 1 as opened, 0 as closed from found where is_new and :tracked"


def _deltas(of_new: str) -> str:
    return f"""
insert into count_delta (organization_id, asset_id, on_day, kind, severity, triage, n, opened, closed)
select :organization, :asset, cast(:day as date), kind, severity, triage, sum(n), sum(opened), sum(closed)
from (
    {of_new}
    union all
    select t.kind, t.severity, t.triage, -1, 0, (not f.is_active and t.triage <= 2)::int
    from touched t join finding f on f.organization_id = :organization and f.id = t.finding_id where t.is_active
    union all
    select f.kind, f.severity, f.triage, 1, (not t.is_active and f.triage <= 2)::int, 0
    from touched t join finding f on f.organization_id = :organization and f.id = t.finding_id where f.is_active
) changes
group by kind, severity, triage
having sum(n) <> 0 or sum(opened) <> 0 or sum(closed) <> 0
"""


DELTAS: Final = _deltas(_OF_NEW)
DELTAS_UNDECIDED: Final = _deltas(_OF_NEW_AS_FOUND)
"""The same where nothing has decided any of the new findings yet."""

FINDING_COUNTS: Final = f"""
with came as (
    select {STOOD} as stood from touched t join finding f on f.organization_id = :organization and f.id = t.finding_id
    where not t.is_active and f.is_active)
select (select count(*) from found where is_new) + (select count(*) from came where not stood) as new,
    (select count(*) from came where stood) as reopened,
    (select count(*) from touched t join finding f on f.organization_id = :organization and f.id = t.finding_id
     where t.is_active and not f.is_active) as closed,
    (select count(*) from placed where is_reopened) as reopened_occurrences
"""

# What was open and undecided and is gone: how bad it was, and how long it stood.
REMEDIATED: Final = """
select f.severity, count(*) as n, sum(extract(epoch from cast(:at as timestamptz) - f.first_seen_at))::float8 as seconds
from touched t join finding f on f.organization_id = :organization and f.id = t.finding_id
where t.is_active and not f.is_active and t.triage <= 2 group by f.severity
"""
