"""Roles, grants and row-level security: the app sees one organization at a time, and none when none is set."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Tables of the installation, not of a tenant.
GLOBAL_TABLES = ("installation", "leader_lease", "process_heartbeat", "schedule_run")
SYSTEM_TABLES = (
    "job", "job_lease", "outbox", "leader_lease", "process_heartbeat", "schedule_run", "organization", "user_account", "membership",
    "session", "token", "invitation", "sign_in_link", "sign_in_attempt", "scan", "event", "installation",
)  # fmt: skip

ROLES = """
do $$
declare role_name text;
begin
  foreach role_name in array array['hauberk_app', 'hauberk_system'] loop
    if not exists (select from pg_roles where rolname = role_name) then
      execute format('create role %I nologin', role_name);
      execute format('grant %I to current_user', role_name);
    end if;
  end loop;
end $$
"""

# Whoever reclaims an expired lease ends the backend that held it.
TERMINATE = """
do $$
begin
  if not pg_has_role('hauberk_system', 'hauberk_app', 'member') then
    grant hauberk_app to hauberk_system;
  end if;
end $$
"""

TENANT_POLICIES = """
do $$
declare t record;
begin
  for t in
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = 'organization_id' and not a.attisdropped
  loop
    execute format('alter table %I enable row level security', t.relname);
    execute format('alter table %I force row level security', t.relname);
    execute format('create policy tenant on %I to hauberk_app using'
      ' (organization_id = nullif(current_setting(''hauberk.organization_id'', true), '''')::int)', t.relname);
    execute format('grant select, insert, update, delete on %I to hauberk_app', t.relname);
  end loop;
end $$
"""


def upgrade() -> None:
    op.execute(ROLES)
    op.execute("grant usage on schema public to hauberk_app, hauberk_system")
    op.execute(TENANT_POLICIES)
    op.execute("grant usage on all sequences in schema public to hauberk_app, hauberk_system")
    # Importers take ids in blocks of a thousand, ascending: indexes stay dense.
    for name in ("finding_id_seq", "occurrence_id_seq"):
        op.execute(f"alter sequence {name} increment by 1000")

    _guard(
        "organization",
        "id = nullif(current_setting('hauberk.organization_id', true), '')::int",
        "select, update",
    )
    _guard("user_account", "id in (select user_id from membership)", "select, update")
    for name in ("sign_in_link", "sign_in_attempt"):
        op.execute(f"alter table {name} enable row level security")
        op.execute(f"alter table {name} force row level security")
    for name in GLOBAL_TABLES:
        op.execute(f"grant select on {name} to hauberk_app")
    for name in SYSTEM_TABLES:
        op.execute(f"grant select, insert, update, delete on {name} to hauberk_system")
        if name not in GLOBAL_TABLES:
            op.execute(f"create policy system on {name} to hauberk_system using (true)")
    op.execute(TERMINATE)
    op.execute("grant select on alembic_version to hauberk_app")
    op.execute("revoke create on schema public from public")


def _guard(table: str, condition: str, privileges: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy tenant on {table} to hauberk_app using ({condition})")
    op.execute(f"grant {privileges} on {table} to hauberk_app")


def downgrade() -> None:
    raise NotImplementedError("the first release has nothing before it")
