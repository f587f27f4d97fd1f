"""What must be true of the jobs themselves: whoever runs holds a lease, and every event reaches its handlers."""

from hauberk.jobs.invariant import invariant, statement

# The sweeper looks every ten seconds; five minutes are no delay of his any more.
invariant("running_job_has_a_lease")(
    statement("""
select j.id as subject, 1 as n, j.kind || case when l.job_id is null
    then ' runs without a lease' else ' runs although its lease ended long ago' end as detail
from job j left join job_lease l on l.organization_id = j.organization_id and l.job_id = j.id
where j.organization_id = :organization and j.state = 'running'
    and (l.job_id is null or l.expires_at < clock_timestamp() - interval '5 minutes')
union all
select l.job_id, 1, 'a lease of a job that does not run'
from job_lease l join job j on j.organization_id = l.organization_id and j.id = l.job_id
where l.organization_id = :organization and j.state <> 'running'
""")
)

invariant("event_reaches_its_handlers")(
    statement("""
select id as subject, 1 as n, topic || ': ' || coalesce(error, 'no retry is left') as detail
from outbox where organization_id = :organization and dead_at is not null order by id limit 1000
""")
)
