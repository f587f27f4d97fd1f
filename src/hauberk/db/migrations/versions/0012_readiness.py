"""What the installation keeps of its readiness, and what an organization is for: a customer's, the operator's, a probe's."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from hauberk.db.definer import create_system_function

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")
_INSTANT = postgresql.TIMESTAMP(timezone=True)
# Of the installation, not of a tenant: written by the operator's administrators alone, which the routes ask for.
# Records and reports are only added to, and removed when they are old.
_GRANTS = {
    "readiness_record": "select, insert",
    "attestation": "select, insert",
    "waiver": "select, insert, update",
    "readiness_assignment": "select, insert, update",
    "readiness_report": "select, insert, delete",
}
HEAD = "language plpgsql security definer set search_path = pg_catalog, public as"

FUNCTIONS = {
    # The first organization is the operator's. A probe may have been here before it.
    "create_first_account(text, text, text, text, bytea)": f"""
create or replace function create_first_account(
  new_email text, new_name text, new_hash text, organization_name text, new_identity_key bytea)
returns table (user_id bigint, organization_id int)
{HEAD} $$
declare made record;
begin
  perform pg_advisory_xact_lock(hashtext('hauberk.first_account'));
  if exists (select from organization o where o.purpose <> 'probe') then return; end if;
  for made in select * from create_account(new_email, new_name, new_hash, organization_name, new_identity_key) loop
    update organization o set purpose = 'operator' where o.id = made.organization_id;
    user_id := made.user_id; organization_id := made.organization_id;
    return next;
  end loop;
end $$""",
    "organizations()": f"""
create or replace function organizations()
returns table (id int, name text, created_at timestamptz)
{HEAD} $$
begin
  return query select o.id, o.name, o.created_at from organization o where o.purpose <> 'probe' order by o.id;
end $$""",
    # The organization that checks and smoke tests act in, made when it is not there yet.
    "probe_organization(text, bytea)": f"""
create or replace function probe_organization(probe_email text, new_identity_key bytea)
returns table (user_id bigint, organization_id int)
{HEAD} $$
begin
  perform pg_advisory_xact_lock(hashtext('hauberk.probe_organization'));
  if not exists (select from organization o where o.purpose = 'probe') then
    insert into organization (name, identity_key, purpose)
      values ('Hauberk probe ' || gen_random_uuid(), new_identity_key, 'probe');
  end if;
  insert into user_account (email, name, password_hash) values (probe_email, 'Probe', null) on conflict do nothing;
  insert into membership (organization_id, user_id, role)
    select o.id, u.id, 'admin' from organization o, user_account u where o.purpose = 'probe' and u.email = probe_email
    on conflict do nothing;
  return query select u.id, o.id from organization o, user_account u
    where o.purpose = 'probe' and u.email = probe_email;
end $$""",
}


def upgrade() -> None:
    op.add_column("organization", sa.Column("purpose", sa.Text(), server_default="customer", nullable=False))
    op.execute(
        "alter table organization add constraint organization_purpose_check"
        " check (purpose in ('operator', 'customer', 'probe')) not valid"
    )
    op.execute("alter table organization validate constraint organization_purpose_check")
    op.execute(
        "update organization set purpose = 'operator' where id = (select min(o.id) from organization o)"
    )
    op.create_index(
        "organization_probe_key",
        "organization",
        ["purpose"],
        unique=True,
        postgresql_where=sa.text("purpose = 'probe'"),
    )
    op.create_table(
        "readiness_record",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("has_passed", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("started_at", _INSTANT, nullable=False),
        sa.Column("finished_at", _INSTANT, nullable=False),
        sa.Column("build", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("readiness_record_pkey")),
    )
    op.create_index(
        "readiness_record_newest_idx", "readiness_record", ["kind", "name", sa.text("finished_at desc")]
    )
    op.create_table(
        "attestation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("row_name", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("attested_at", _INSTANT, server_default=_NOW, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("attestation_pkey")),
    )
    op.create_index("attestation_newest_idx", "attestation", ["row_name", sa.text("attested_at desc")])
    op.create_table(
        "waiver",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("row_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("waived_at", _INSTANT, server_default=_NOW, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("withdrawn_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("waiver_pkey")),
    )
    op.create_index(
        "waiver_row_name_key",
        "waiver",
        ["row_name"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    op.create_table(
        "readiness_assignment",
        sa.Column("row_name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("row_name", name=op.f("readiness_assignment_pkey")),
    )
    op.create_table(
        "readiness_report",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("build", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("started_at", _INSTANT, nullable=False),
        sa.Column("finished_at", _INSTANT, nullable=False),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("readiness_report_pkey")),
    )
    for table, privileges in _GRANTS.items():
        op.execute(f"grant {privileges} on {table} to hauberk_app")
    op.execute("grant usage on all sequences in schema public to hauberk_app")
    for signature, body in FUNCTIONS.items():
        create_system_function(signature, body)


def downgrade() -> None:
    raise NotImplementedError(
        "restore a backup instead: which organization is the operator's would be forgotten"
    )
