"""System functions of background work: claim, leases, sweep, schedule, relay and leadership, across all tenants."""

from alembic import op

from hauberk.db.definer import create_system_function

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

HEAD = "language plpgsql security definer set search_path = pg_catalog, public as"

FUNCTIONS = {
    # The fairest job of the first queue that has one: the organization with the fewest running, then the oldest job.
    # Claims take turns under one short lock, so that the limit is exact. Every statement sees what the claim before
    # committed, because each has a snapshot of its own. Organizations are found by skipping through the index.
    "claim_job(text, text[], int, interval)": f"""
create or replace function claim_job(worker text, queues text[], per_organization int, lease interval)
returns table (organization_id int, job_id bigint, kind text, queue text, arguments jsonb, attempt int,
  max_attempts int, requested_by bigint, token uuid)
{HEAD} $$
#variable_conflict use_column
declare wanted text; chosen record; new_token uuid := gen_random_uuid();
begin
  perform pg_advisory_xact_lock(4861756201);
  foreach wanted in array queues loop
    with recursive waiting as (
      (select j.organization_id from job j where j.queue = wanted and j.state = 'accepted'
        order by j.organization_id limit 1)
      union all
      select (select j.organization_id from job j where j.queue = wanted and j.state = 'accepted'
        and j.organization_id > w.organization_id order by j.organization_id limit 1)
      from waiting w where w.organization_id is not null
    ), loaded as (
      select w.organization_id, (select count(*) from job r where r.organization_id = w.organization_id
        and r.queue = wanted and r.state = 'running') as running
      from waiting w where w.organization_id is not null
    )
    select head.organization_id, head.id into chosen
    from loaded l cross join lateral (
      select j.organization_id, j.id from job j
      where j.queue = wanted and j.organization_id = l.organization_id and j.state = 'accepted'
        and j.run_after <= clock_timestamp()
        and (j.serial_key is null or not exists (
          select from job o where o.organization_id = j.organization_id and o.serial_key = j.serial_key
            and o.state in ('accepted', 'running') and (o.state = 'running' or o.id < j.id)))
      order by j.id limit 1
    ) head
    where l.running < per_organization
    order by l.running, head.id limit 1;
    exit when found;
  end loop;
  if chosen is null then
    return;
  end if;
  return query update job j set state = 'running', attempts = j.attempts + 1, progress = null,
      started_at = clock_timestamp()
    where j.organization_id = chosen.organization_id and j.id = chosen.id and j.state = 'accepted'
    returning j.organization_id, j.id, j.kind, j.queue, j.arguments, j.attempts::int, j.max_attempts::int,
      j.requested_by, new_token;
  if found then
    insert into job_lease as l (organization_id, job_id, token, worker, expires_at)
    values (chosen.organization_id, chosen.id, new_token, worker, clock_timestamp() + lease)
    on conflict (organization_id, job_id) do update set token = excluded.token, worker = excluded.worker,
      expires_at = excluded.expires_at, backend_pid = null, backend_began_at = null;
  end if;
end $$""",
    # Answers the tokens that still hold. A lease that its own finishing transaction has locked is not waited for.
    "extend_leases(uuid[], interval)": f"""
create or replace function extend_leases(tokens uuid[], lease interval) returns setof uuid
{HEAD} $$
begin
  update job_lease l set expires_at = clock_timestamp() + lease
    where (l.organization_id, l.job_id) in (
      select k.organization_id, k.job_id from job_lease k where k.token = any(tokens) for update skip locked);
  return query select l.token from job_lease l
    join job j on j.organization_id = l.organization_id and j.id = l.job_id and j.state = 'running'
    where l.token = any(tokens);
end $$""",
    # Ends the server processes of expired leases, gives their jobs back, and hands those without a further attempt
    # to the sweeper under a new lease, which then fails them as a worker would.
    "sweep_jobs(text, interval)": f"""
create or replace function sweep_jobs(sweeper text, lease interval)
returns table (organization_id int, job_id bigint, kind text, queue text, arguments jsonb, attempt int,
  max_attempts int, requested_by bigint, token uuid)
{HEAD} $$
#variable_conflict use_column
declare expired record; found_job record; new_token uuid;
begin
  for expired in select a.pid from job_lease l
    join pg_stat_activity a on a.pid = l.backend_pid and a.xact_start = l.backend_began_at
    where l.expires_at < clock_timestamp()
  loop
    begin
      perform pg_terminate_backend(expired.pid);
    exception when insufficient_privilege then
      null; -- the fence holds without it; only the row locks of the lost worker live on until they time out
    end;
  end loop;
  for expired in select l.organization_id, l.job_id from job_lease l where l.expires_at < clock_timestamp()
    order by l.expires_at limit 100 for update skip locked
  loop
    select * into found_job from job j
      where j.organization_id = expired.organization_id and j.id = expired.job_id for update;
    if found_job.state <> 'running' then
      delete from job_lease l where l.organization_id = expired.organization_id and l.job_id = expired.job_id;
    elsif found_job.attempts < found_job.max_attempts then
      delete from job_lease l where l.organization_id = expired.organization_id and l.job_id = expired.job_id;
      update job j set state = 'accepted', progress = null,
          run_after = clock_timestamp() + make_interval(secs => least(600, 5 * (2 ^ (j.attempts - 1) - 1))),
          error = jsonb_build_object('code', 'worker_lost', 'message', 'The worker that ran it was lost.')
        where j.organization_id = expired.organization_id and j.id = expired.job_id;
      return query select found_job.organization_id, found_job.id, found_job.kind, found_job.queue,
        found_job.arguments, found_job.attempts::int, found_job.max_attempts::int, found_job.requested_by, null::uuid;
    else
      new_token := gen_random_uuid();
      update job_lease l set token = new_token, worker = sweeper, expires_at = clock_timestamp() + lease,
          backend_pid = null, backend_began_at = null
        where l.organization_id = expired.organization_id and l.job_id = expired.job_id;
      return query select found_job.organization_id, found_job.id, found_job.kind, found_job.queue,
        found_job.arguments, found_job.attempts::int, found_job.max_attempts::int, found_job.requested_by, new_token;
    end if;
  end loop;
end $$""",
    "waiting_queues(text[], interval)": f"""
create or replace function waiting_queues(queues text[], since interval) returns setof text
{HEAD} $$
begin
  return query select q.name from unnest(queues) q(name) where exists (
    select from job j where j.queue = q.name and j.state = 'accepted' and j.run_after < clock_timestamp() - since);
end $$""",
    "queue_depths()": f"""
create or replace function queue_depths()
returns table (queue text, waiting bigint, running bigint, oldest_seconds double precision)
{HEAD} $$
#variable_conflict use_column
begin
  return query select j.queue, count(*) filter (where j.state = 'accepted'), count(*) filter (where j.state = 'running'),
      coalesce(extract(epoch from clock_timestamp() - min(j.run_after)
        filter (where j.state = 'accepted' and j.run_after <= clock_timestamp())), 0)::double precision
    from job j where j.state in ('accepted', 'running') group by j.queue;
end $$""",
    # One start for each time it is due, with any number of schedulers: who comes second finds another due time.
    # An organization whose last one is still waiting or running gets no second one.
    "start_scheduled(text, timestamptz, timestamptz, text, text, int, bool)": f"""
create or replace function start_scheduled(schedule text, expected timestamptz, next_due timestamptz, job_kind text,
  job_queue text, job_attempts int, for_installation bool) returns int
{HEAD} $$
declare started int;
begin
  update schedule_run s set due_at = next_due, started_at = clock_timestamp()
    where s.name = schedule and s.due_at = expected;
  if not found then
    return 0;
  end if;
  insert into job (organization_id, kind, queue, serial_key, max_attempts)
    select o.id, job_kind, job_queue, 'schedule:' || schedule, job_attempts
    from (select g.id from organization g where not for_installation union all select 0 where for_installation) o
    where not exists (select from job j where j.organization_id = o.id and j.serial_key = 'schedule:' || schedule
      and j.state in ('accepted', 'running'));
  get diagnostics started = row_count;
  return started;
end $$""",
    "plan_schedule(text, timestamptz)": f"""
create or replace function plan_schedule(schedule text, first_due timestamptz) returns void
{HEAD} $$
begin
  insert into schedule_run (name, due_at) values (schedule, first_due) on conflict do nothing;
end $$""",
    "outbox_due(int)": f"""
create or replace function outbox_due(at_most int) returns table (organization_id int, id bigint)
{HEAD} $$
#variable_conflict use_column
begin
  return query select o.organization_id, o.id from outbox o
    where o.dead_at is null and o.run_after <= clock_timestamp() order by o.id limit at_most;
end $$""",
    "lead(text, text, interval)": f"""
create or replace function lead(role_name text, candidate text, lease interval) returns bool
{HEAD} $$
begin
  insert into leader_lease as l (name, holder, expires_at) values (role_name, candidate, clock_timestamp() + lease)
  on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
    where l.holder = excluded.holder or l.expires_at < clock_timestamp();
  return found;
end $$""",
    "resign(text, text)": f"""
create or replace function resign(role_name text, leader text) returns void
{HEAD} $$
begin
  delete from leader_lease l where l.name = role_name and l.holder = leader;
end $$""",
    "report_process(text, text, jsonb)": f"""
create or replace function report_process(process text, process_role text, process_detail jsonb) returns void
{HEAD} $$
begin
  insert into process_heartbeat as p (name, role, detail) values (process, process_role, process_detail)
  on conflict (name) do update set detail = excluded.detail, seen_at = clock_timestamp();
  delete from process_heartbeat p where p.seen_at < clock_timestamp() - interval '1 day';
end $$""",
    # Files have no tenant: which of these stored files no scan of anybody refers to.
    "unreferenced_files(text[])": f"""
create or replace function unreferenced_files(keys text[]) returns setof text
{HEAD} $$
begin
  return query select unnest(keys) except select s.storage_key from scan s except select s.spool_key from scan s;
end $$""",
    "forget_process(text)": f"""
create or replace function forget_process(process text) returns void
{HEAD} $$
begin
  delete from process_heartbeat p where p.name = process;
end $$""",
}


def upgrade() -> None:
    for signature, body in FUNCTIONS.items():
        create_system_function(signature, body)


def downgrade() -> None:
    for signature in FUNCTIONS:
        op.execute(f"drop function {signature}")
