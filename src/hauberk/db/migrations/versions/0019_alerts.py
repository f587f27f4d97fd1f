"""Alerts, the people and channels that hear of them, and the ledger of what was sent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from hauberk.db.definer import create_system_function
from hauberk.db.tenancy import guard

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INSTANT = postgresql.TIMESTAMP(timezone=True)
NOW = sa.text("now()")
TABLES = (
    "notification_channel",
    "notification_delivery",
    "notification_attempt",
    "alert_rule",
    "alert",
    "on_call_schedule",
    "on_call_override",
    "escalation_policy",
)
HEAD = "language plpgsql security definer set search_path = pg_catalog, public as"
FUNCTIONS = {
    # Alerts about the installation are the operator's; in a database without one, the first organization's.
    "operating_organization()": """
create or replace function operating_organization() returns int
language sql stable security definer set search_path = pg_catalog, public as $$
  select o.id from organization o where o.purpose <> 'probe' order by (o.purpose = 'operator') desc, o.id limit 1
$$""",
    # Taken for a while, so that a sender that dies gives them back.
    "claim_deliveries(int, interval)": f"""
create or replace function claim_deliveries(at_most int, lease interval)
returns table (organization_id int, id bigint)
{HEAD} $$
#variable_conflict use_column
begin
  return query update notification_delivery d set next_attempt_at = clock_timestamp() + lease
    from (select n.organization_id, n.id from notification_delivery n
      where n.state = 'waiting' and n.next_attempt_at <= clock_timestamp()
      order by n.next_attempt_at limit at_most for update skip locked) due
    where d.organization_id = due.organization_id and d.id = due.id
    returning d.organization_id, d.id;
end $$""",
    # Who has something to look at: an alert that is open, or an act since then that the detector watches.
    "organizations_to_watch(text[], timestamptz)": f"""
create or replace function organizations_to_watch(actions text[], since timestamptz) returns setof int
{HEAD} $$
begin
  return query select a.organization_id from alert a where a.state <> 'resolved'
    union select e.organization_id from event e where e.at >= since and e.action = any(actions);
end $$""",
    "organizations_to_escalate()": f"""
create or replace function organizations_to_escalate() returns setof int
{HEAD} $$
begin
  return query select distinct a.organization_id from alert a
    where a.escalate_at <= clock_timestamp() and a.state = 'firing';
end $$""",
    # Failed sign-ins that are not forgiven, over all accounts and addresses: numbers only.
    "sign_in_pressure(interval)": f"""
create or replace function sign_in_pressure(since interval)
returns table (failures bigint, addresses bigint, worst bigint)
{HEAD} $$
begin
  return query select coalesce(sum(s.failures), 0)::bigint, count(*)::bigint, coalesce(max(s.failures), 0)::bigint
    from sign_in_attempt s
    where s.subject like 'address:%' and s.window_started_at >= clock_timestamp() - since;
end $$""",
    "notification_state()": f"""
create or replace function notification_state()
returns table (waiting bigint, dead bigint, oldest_seconds float8)
{HEAD} $$
begin
  return query select
    (select count(*) from notification_delivery d where d.state = 'waiting'),
    (select count(*) from notification_delivery d where d.state = 'dead'),
    (select coalesce(extract(epoch from clock_timestamp() - min(d.next_attempt_at)), 0)::float8
      from notification_delivery d where d.state = 'waiting' and d.next_attempt_at < clock_timestamp());
end $$""",
    "firing_alerts()": f"""
create or replace function firing_alerts() returns table (severity text, n bigint)
{HEAD} $$
begin
  return query select a.severity, count(*)::bigint from alert a where a.state = 'firing' and not a.is_test
    group by a.severity;
end $$""",
    "job_outcomes(interval)": f"""
create or replace function job_outcomes(since interval)
returns table (kind text, ended bigint, failed bigint)
{HEAD} $$
begin
  return query select j.kind, count(*)::bigint, count(*) filter (where j.state = 'failed')::bigint
    from job j where j.finished_at >= clock_timestamp() - since and j.state in ('done', 'failed')
    group by j.kind;
end $$""",
}


def upgrade() -> None:
    _notifications()
    _alerts()
    _on_call()
    # The evaluator asks for the last minutes only.
    op.create_index(
        "job_finished_idx",
        "job",
        ["finished_at"],
        postgresql_where=sa.text("state in ('done', 'failed')"),
    )
    op.create_index("event_at_idx", "event", ["organization_id", "at"])
    guard(*TABLES)
    for name in ("notification_delivery", "alert"):
        op.execute(f"create policy system on {name} to hauberk_system using (true)")
    op.execute("grant select on alert to hauberk_system")
    op.execute("grant select, update on notification_delivery to hauberk_system")
    for signature, body in FUNCTIONS.items():
        create_system_function(signature, body)


def _notifications() -> None:
    op.create_table(
        "notification_channel",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("configuration", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("host", sa.Text(), server_default="", nullable=False),
        sa.Column("secret", sa.LargeBinary()),
        sa.Column("is_enabled", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("disabled_reason", sa.Text()),
        sa.Column("least_severity", sa.Text(), nullable=False),
        sa.Column("rules", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("quiet_hours", postgresql.JSONB()),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("notification_channel_pkey")),
    )
    op.create_index(
        "notification_channel_name_key", "notification_channel", ["organization_id", "name"], unique=True
    )
    op.create_table(
        "notification_delivery",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("channel_id", sa.BigInteger()),
        sa.Column("user_id", sa.BigInteger()),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("dedup_key", sa.Text(), nullable=False),
        sa.Column("notice", postgresql.JSONB(), nullable=False),
        sa.Column("is_test", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_attempt_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("held_for_quiet_hours", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("reference", sa.Text()),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("notification_delivery_pkey")),
    )
    op.create_index(
        "notification_delivery_due_idx",
        "notification_delivery",
        ["next_attempt_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "notification_delivery_dead_idx",
        "notification_delivery",
        ["organization_id", "id"],
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.create_index(
        "notification_delivery_created_idx",
        "notification_delivery",
        ["organization_id", sa.literal_column("id desc")],
    )
    op.create_index(
        "notification_delivery_dedup_idx", "notification_delivery", ["organization_id", "dedup_key", "id"]
    )
    op.create_index(
        "notification_delivery_channel_idx", "notification_delivery", ["organization_id", "channel_id", "id"]
    )
    op.create_table(
        "notification_attempt",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("code", sa.Integer()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "delivery_id"],
            ["notification_delivery.organization_id", "notification_delivery.id"],
            name=op.f("notification_attempt_organization_id_delivery_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("notification_attempt_pkey")),
    )
    op.create_index(
        "notification_attempt_delivery_idx", "notification_attempt", ["organization_id", "delivery_id", "id"]
    )


def _alerts() -> None:
    op.create_table(
        "alert_rule",
        sa.Column("organization_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("threshold", sa.Double()),
        sa.Column("value", sa.Double()),
        sa.Column("seen", sa.Text()),
        sa.Column("evaluated_at", INSTANT),
        sa.PrimaryKeyConstraint("organization_id", "name", name=op.f("alert_rule_pkey")),
    )
    op.create_table(
        "alert",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("is_test", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("began_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("last_seen_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("fired_at", INSTANT),
        sa.Column("resolved_at", INSTANT),
        sa.Column("resolved_by", sa.BigInteger()),
        sa.Column("acknowledged_at", INSTANT),
        sa.Column("acknowledged_by", sa.BigInteger()),
        sa.Column("escalation_policy_id", sa.BigInteger()),
        sa.Column("escalation_step", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("escalate_at", INSTANT),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("alert_pkey")),
    )
    op.create_index(
        "alert_open_key",
        "alert",
        ["organization_id", "fingerprint"],
        unique=True,
        postgresql_where=sa.text("state <> 'resolved'"),
    )
    op.create_index(
        "alert_list_idx",
        "alert",
        ["organization_id", sa.literal_column("id desc")],
        postgresql_where=sa.text("state <> 'pending'"),
    )
    op.create_index(
        "alert_escalation_idx",
        "alert",
        ["escalate_at"],
        postgresql_where=sa.text("escalate_at is not null"),
    )


def _on_call() -> None:
    op.create_table(
        "on_call_schedule",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("layers", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("on_call_schedule_pkey")),
    )
    op.create_index("on_call_schedule_name_key", "on_call_schedule", ["organization_id", "name"], unique=True)
    op.create_table(
        "on_call_override",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("schedule_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "schedule_id"],
            ["on_call_schedule.organization_id", "on_call_schedule.id"],
            name=op.f("on_call_override_organization_id_schedule_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("on_call_override_pkey")),
    )
    op.create_index(
        "on_call_override_schedule_idx", "on_call_override", ["organization_id", "schedule_id", "ends_at"]
    )
    op.create_table(
        "escalation_policy",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("steps", postgresql.JSONB(), nullable=False),
        sa.Column("repeats", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("least_severity", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("escalation_policy_pkey")),
    )
    op.create_index(
        "escalation_policy_name_key", "escalation_policy", ["organization_id", "name"], unique=True
    )
    op.create_index(
        "escalation_policy_default_key",
        "escalation_policy",
        ["organization_id"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )


def downgrade() -> None:
    for signature in FUNCTIONS:
        op.execute(f"drop function {signature}")
    op.drop_index("event_at_idx", table_name="event")
    op.drop_index("job_finished_idx", table_name="job")
    for name in ("escalation_policy", "on_call_override", "on_call_schedule", "alert", "alert_rule",
                 "notification_attempt", "notification_delivery", "notification_channel"):  # fmt: skip
        op.drop_table(name)
