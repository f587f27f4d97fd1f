"""What metrics look at across all tenants, as sums only: jobs, outbox, findings, scans, people, and the server itself."""

from alembic import op

from hauberk.db.definer import create_system_function

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

HEAD = "language sql stable security definer set search_path = pg_catalog, public as"
LATE = "language plpgsql stable security definer set search_path = pg_catalog, public as"
DUE = "j.state = 'accepted' and j.run_after <= clock_timestamp()"
OPEN = "f.is_active and f.triage <= 2 and f.joined_into_id is null"

FUNCTIONS = {
    "job_depths()": f"""
create or replace function job_depths()
returns table (queue text, kind text, waiting bigint, running bigint, oldest_seconds double precision)
{HEAD} $$
  select j.queue, j.kind, count(*) filter (where j.state = 'accepted'), count(*) filter (where j.state = 'running'),
    coalesce(extract(epoch from clock_timestamp() - min(j.run_after) filter (where {DUE})), 0)::double precision
  from job j where j.state in ('accepted', 'running') group by j.queue, j.kind
$$""",
    # How long the unluckiest organization waits against the one in the middle: who starves whom, without names.
    "job_fairness()": f"""
create or replace function job_fairness()
returns table (queue text, longest_seconds double precision, median_seconds double precision)
{HEAD} $$
  select w.queue, max(w.age), percentile_cont(0.5) within group (order by w.age)
  from (
    select j.queue, extract(epoch from clock_timestamp() - min(j.run_after))::double precision as age
    from job j where {DUE} group by j.queue, j.organization_id) w
  group by w.queue
$$""",
    "background_state()": f"""
create or replace function background_state()
returns table (expired_leases bigint, outbox_waiting bigint, outbox_oldest_seconds double precision, outbox_dead bigint)
{HEAD} $$
  select (select count(*) from job_lease l where l.expires_at < clock_timestamp()), o.waiting, o.oldest,
    (select count(*) from outbox d where d.dead_at is not null)
  from (
    select count(*) as waiting,
      coalesce(extract(epoch from clock_timestamp() - min(u.run_after)), 0)::double precision as oldest
    from outbox u where u.dead_at is null and u.run_after <= clock_timestamp()) o
$$""",
    "open_findings()": f"""
create or replace function open_findings() returns table (severity smallint, n bigint)
{HEAD} $$
  select c.severity, sum(c.n)::bigint from (
    select f.severity, f.n from finding_count f where f.triage <= 2
    union all
    select d.severity, d.n from count_delta d where d.triage <= 2) c
  group by c.severity
$$""",
    # One short stretch of an index for each organization.
    "overdue_findings()": f"""
create or replace function overdue_findings() returns table (severity smallint, n bigint)
{HEAD} $$
  select late.severity, sum(late.n)::bigint from organization o cross join lateral (
    select f.severity, count(*) as n from finding f
    where f.organization_id = o.id and f.due_at < now() and f.due_at is not null and {OPEN} group by f.severity) late
  group by late.severity
$$""",
    "recent_scans(interval)": f"""
create or replace function recent_scans(since interval) returns table (state text, n bigint)
{HEAD} $$
  select lately.state, sum(lately.n)::bigint from organization o cross join lateral (
    select s.state, count(*) as n from scan s
    where s.organization_id = o.id and s.accepted_at > now() - since and not s.is_dry_run group by s.state) lately
  group by lately.state
$$""",
    "people_state()": f"""
create or replace function people_state()
returns table (organizations bigint, users bigint, sessions bigint, day bigint, week bigint, month bigint)
{HEAD} $$
  with active as (
    select a.user_id, max(a.at) as at from (
      select s.user_id, s.last_seen_at as at from session s
      union all
      select t.user_id, t.last_used_at from token t where t.last_used_at is not null
      union all
      select u.id, u.last_sign_in_at from user_account u where u.last_sign_in_at is not null) a
    where a.at > now() - interval '30 days' group by a.user_id)
  select (select count(*) from organization), (select count(*) from user_account u where not u.is_disabled),
    (select count(*) from session s where s.expires_at > now()),
    count(*) filter (where a.at > now() - interval '1 day'),
    count(*) filter (where a.at > now() - interval '7 days'), count(*)
  from active a
$$""",
    # Where hauberk_system may not read the server's statistics, only what belongs to the product's own roles shows.
    "server_activity()": f"""
create or replace function server_activity()
returns table (state text, n bigint, longest_transaction double precision, waiting_for_locks bigint)
{HEAD} $$
  select coalesce(a.state, 'unknown'), count(*),
    coalesce(max(extract(epoch from clock_timestamp() - a.xact_start)), 0)::double precision,
    count(*) filter (where a.wait_event_type = 'Lock')
  from pg_stat_activity a where a.backend_type = 'client backend' group by 1
$$""",
    "server_replicas()": f"""
create or replace function server_replicas() returns table (name text, lag_seconds double precision, lag_bytes double precision)
{HEAD} $$
  select r.application_name || coalesce('@' || host(r.client_addr), ''),
    coalesce(extract(epoch from r.replay_lag), 0)::double precision,
    coalesce(pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_receive_lsn() else pg_current_wal_lsn() end,
      r.replay_lsn), 0)::double precision
  from pg_stat_replication r where r.state is not null
$$""",
    "server_slots()": f"""
create or replace function server_slots() returns table (name text, is_active bool, kept_bytes double precision)
{HEAD} $$
  select s.slot_name::text, s.active, coalesce(pg_wal_lsn_diff(
    case when pg_is_in_recovery() then pg_last_wal_receive_lsn() else pg_current_wal_lsn() end, s.restart_lsn), 0)::double precision
  from pg_replication_slots s
$$""",
    # Looked up when it is called: the extension is not everywhere, and may come later. Texts have no values in them.
    "server_statements(int)": f"""
create or replace function server_statements(at_most int)
returns table (id text, statement text, calls bigint, seconds double precision, longest_seconds double precision, rows_read bigint)
{LATE} $$
begin
  return query execute
    'select s.queryid::text, left(regexp_replace(s.query, ''\\s+'', '' '', ''g''), 80), s.calls,
       s.total_exec_time / 1000, s.max_exec_time / 1000, s.rows
     from pg_stat_statements s where s.dbid = (select oid from pg_database where datname = current_database())
       and s.queryid is not null and s.query ~* ''^\\s*(select|insert|update|delete|with|copy)''
     order by s.total_exec_time desc limit $1' using at_most;
exception when undefined_table or insufficient_privilege or object_not_in_prerequisite_state then
  return;
end $$""",
}


def upgrade() -> None:
    for table in ("finding", "finding_count", "count_delta"):
        op.execute(f"grant select on {table} to hauberk_system")
        op.execute(f"create policy system on {table} for select to hauberk_system using (true)")
    for signature, body in FUNCTIONS.items():
        create_system_function(signature, body)


def downgrade() -> None:
    for signature in FUNCTIONS:
        op.execute(f"drop function {signature}")
    for table in ("finding", "finding_count", "count_delta"):
        op.execute(f"drop policy system on {table}")
        op.execute(f"revoke select on {table} from hauberk_system")
