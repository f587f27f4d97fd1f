"""What an import has filled is analyzed at once, where the server itself would look a minute later."""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

# Compared by pages: how many rows changed is told to the server a while after the commit. Of two at once one is enough.
ANALYZE_GROWN = """
create or replace function analyze_grown() returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  grown oid;
begin
  if not pg_try_advisory_xact_lock(hashtext('hauberk.analyze_grown')) then
    return;
  end if;
  for grown in
    select c.oid from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
      and pg_relation_size(c.oid) > 8192 * (32 + 2 * greatest(c.relpages, 0)::bigint)
  loop
    execute format('analyze %s', grown::regclass);
  end loop;
end
$$
"""


def upgrade() -> None:
    op.execute(ANALYZE_GROWN)  # of the role that owns the tables: only that may analyze them
    op.execute("revoke all on function analyze_grown() from public")
    op.execute("grant execute on function analyze_grown() to hauberk_app")


def downgrade() -> None:
    op.execute("drop function analyze_grown()")
