"""What must always be true: where it was not, how far the looking has come, and the indexes that keep it cheap."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from hauberk.db.definer import create_system_function

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")
_TABLES = ("invariant_violation", "invariant_look")
_STATE = """
create or replace function invariant_state() returns table (invariant text, violations bigint, looked_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public as $$
  select v.invariant, sum(v.n)::bigint, null::timestamptz from invariant_violation v group by v.invariant
  union all
  select null, 0, min(l.looked_at) from invariant_look l
$$"""


def upgrade() -> None:
    op.create_table(
        "invariant_violation",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("invariant", sa.Text(), nullable=False),
        sa.Column("subject", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("found_at", postgresql.TIMESTAMP(timezone=True), server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint(
            "organization_id", "invariant", "subject", name=op.f("invariant_violation_pkey")
        ),
    )
    op.create_table(
        "invariant_look",
        sa.Column("organization_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("reached_asset_id", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("looked_at", postgresql.TIMESTAMP(timezone=True), server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("invariant_look_pkey")),
    )
    for name in _TABLES:
        op.execute(f"alter table {name} enable row level security")
        op.execute(f"alter table {name} force row level security")
        op.execute(
            f"create policy tenant on {name} to hauberk_app using"
            " (organization_id = nullif(current_setting('hauberk.organization_id', true), '')::int)"
        )
        op.execute(f"create policy system on {name} to hauberk_system using (true)")
        op.execute(f"grant select, insert, update, delete on {name} to hauberk_app")
        op.execute(f"grant select on {name} to hauberk_system")
    create_system_function("invariant_state()", _STATE)
    # Few rows at any time, however long the tables grow.
    op.create_index(
        "scan_in_flight_idx",
        "scan",
        ["organization_id", "id"],
        postgresql_where=sa.text("state in ('accepted', 'running')"),
    )
    op.create_index(
        "asset_deleted_idx",
        "asset",
        ["organization_id", "id"],
        postgresql_where=sa.text("deleted_at is not null"),
    )
    op.create_index(
        "outbox_dead_idx",
        "outbox",
        ["organization_id", "id"],
        postgresql_where=sa.text("dead_at is not null"),
    )


def downgrade() -> None:
    for index, table in (
        ("outbox_dead_idx", "outbox"),
        ("asset_deleted_idx", "asset"),
        ("scan_in_flight_idx", "scan"),
    ):
        op.drop_index(index, table_name=table)
    op.execute("drop function invariant_state()")
    for name in reversed(_TABLES):
        op.drop_table(name)
