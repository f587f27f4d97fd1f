"""Which secret keys the encrypted values of all organizations take: what a rotation has left to do."""

from alembic import op

from hauberk.db.definer import create_system_function

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

HEAD = "language plpgsql security definer set search_path = pg_catalog, public as"
# Every column of an encrypted value; in its bytes stand version, length of the key's id, and the id.
_VALUES = """
  select o.id as organization_id, o.identity_key as value from organization o
  union all
  select c.organization_id, c.secret from notification_channel c where c.secret is not null
"""
_READ = f"""
  select v.organization_id, get_byte(v.value, 0) = 1 as is_first_version,
    encode(substr(v.value, 3, get_byte(v.value, 1)), 'escape') as kid
  from ({_VALUES}) v where length(v.value) > 2
"""

FUNCTIONS = {
    "sealed_by_key()": f"""
create or replace function sealed_by_key()
returns table (kid text, is_first_version bool, n bigint)
{HEAD} $$
begin
  return query select r.kid, r.is_first_version, count(*) from ({_READ}) r group by 1, 2 order by 1, 2;
end $$""",
    "sealed_elsewhere(text, int, int)": f"""
create or replace function sealed_elsewhere(newest text, after_organization int, at_most int)
returns setof int
{HEAD} $$
begin
  return query select distinct r.organization_id from ({_READ}) r
    where (r.kid <> newest or r.is_first_version) and r.organization_id > after_organization
    order by 1 limit at_most;
end $$""",
}


def upgrade() -> None:
    op.execute("grant select on notification_channel to hauberk_system")
    op.execute("create policy system on notification_channel to hauberk_system using (true)")
    # A record of a drill keeps its signature when the secret keys rotate: it is made again under the newest one.
    op.execute("grant update (signature) on readiness_record to hauberk_app")
    for signature, body in FUNCTIONS.items():
        create_system_function(signature, body)


def downgrade() -> None:
    raise NotImplementedError("what is encrypted since would be read by nobody")
