"""Service accounts and their client secrets."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from hauberk.db.definer import create_system_function
from hauberk.db.tenancy import guard

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

INSTANT = postgresql.TIMESTAMP(timezone=True)
NOW = sa.text("now()")
TABLES = ("service_account", "client_secret")
HEAD = "language plpgsql security definer set search_path = pg_catalog, public as"

FUNCTIONS = {
    # The account of a client secret's public id: to exchange it, and at each use of the token it was exchanged for.
    "find_client_secret(text)": f"""
create or replace function find_client_secret(given_public_id text)
returns table (organization_id int, service_account_id bigint, secret_id bigint, name text, role text, scopes text[],
  secret_hash bytea, is_unused bool)
{HEAD} $$
begin
  return query select a.organization_id, a.id, s.id, a.name, a.role, a.scopes, s.secret_hash,
      s.last_used_at is null or s.last_used_at < now() - interval '1 minute'
    from client_secret s
    join service_account a on a.organization_id = s.organization_id and a.id = s.service_account_id
    where s.public_id = given_public_id and s.expires_at > now() and not a.is_disabled;
end $$""",
    "client_secret_was_used(int, bigint)": f"""
create or replace function client_secret_was_used(of_organization int, of_secret bigint) returns void
{HEAD} $$
begin
  update client_secret c set last_used_at = now() where (c.organization_id, c.id) in (
    select k.organization_id, k.id from client_secret k
    where k.organization_id = of_organization and k.id = of_secret for update skip locked);
end $$""",
}


def upgrade() -> None:
    op.create_table(
        "service_account",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_by", sa.BigInteger()),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("service_account_pkey")),
    )
    op.create_index("service_account_name_idx", "service_account", ["organization_id", "name", "id"])
    op.create_table(
        "client_secret",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("service_account_id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["organization_id", "service_account_id"],
            ["service_account.organization_id", "service_account.id"],
            name=op.f("client_secret_organization_id_service_account_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("client_secret_pkey")),
    )
    op.create_index(
        op.f("client_secret_organization_id_service_account_id_idx"),
        "client_secret",
        ["organization_id", "service_account_id"],
    )
    op.create_index("client_secret_public_id_key", "client_secret", ["public_id"], unique=True)
    guard(*TABLES)
    for table in TABLES:
        op.execute(f"grant select, update on {table} to hauberk_system")
        op.execute(f"create policy system on {table} to hauberk_system using (true)")
    for signature, body in FUNCTIONS.items():
        create_system_function(signature, body)


def downgrade() -> None:
    raise NotImplementedError("programs would lose their accounts")
