"""Counts for facets: all findings by asset, presence, kind, severity, triage and scanners, kept by triggers on `finding`."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from hauberk.db.tenancy import guard

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

CODES = ("kind", "severity", "triage")
BUCKET = "organization_id, asset_id, is_active, kind, severity, triage, scanners"
OF_ALL = BUCKET.replace("asset_id", "0")
COUNTED = """exists (
      select from asset a where a.organization_id = c.organization_id and a.id = c.asset_id and a.deleted_at is null)"""


def rows(table: str, n: int) -> str:
    return f"select {BUCKET}, {n} as n from {table} where joined_into_id is null"


def deltas(changes: str) -> str:
    return f"""
    insert into facet_delta ({BUCKET}, n)
    select {BUCKET}, sum(n) from ({changes}) c where {COUNTED}
    group by {BUCKET} having sum(n) <> 0;"""


# Whoever writes findings, and however: a statement is one look at all that it changed. What is not the asset's any more
# was taken away when it was deleted.
FUNCTION = f"""
create function count_for_facets() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
  if tg_op = 'INSERT' then {deltas(rows("added", 1))}
  elsif tg_op = 'DELETE' then {deltas(rows("removed", -1))}
  else {deltas(rows("removed", -1) + " union all " + rows("added", 1))}
  end if;
  return null;
end $$
"""
# As each organization itself: nobody sees the findings and assets of all.
COUNT = f"""
do $$
declare organizations int[]; each int;
begin
  set local role hauberk_system;
  organizations := array(select id from organization order by id);
  set local role hauberk_app;
  foreach each in array organizations loop
    perform set_config('hauberk.organization_id', each::text, true);
    insert into facet_count ({BUCKET}, n) select {BUCKET}, count(*) from finding c
      where organization_id = each and joined_into_id is null and {COUNTED} group by {BUCKET};
    insert into facet_count ({BUCKET}, n) select {OF_ALL}, sum(n) from facet_count
      where organization_id = each group by organization_id, is_active, kind, severity, triage, scanners;
  end loop;
  perform set_config('hauberk.organization_id', '', true);
  reset role;
end $$
"""
TRIGGERS = {
    "insert": "new table as added",
    "update": "old table as removed new table as added",
    "delete": "old table as removed",
}


def bucket_columns() -> list[sa.Column[Any]]:
    numbers = (("asset_id", sa.BigInteger()), *((name, sa.SmallInteger()) for name in CODES))
    columns: list[sa.Column[Any]] = [
        sa.Column(name, type_, nullable=False, autoincrement=False) for name, type_ in numbers
    ]
    columns.insert(1, sa.Column("is_active", sa.Boolean(), nullable=False))
    return [*columns, sa.Column("scanners", postgresql.ARRAY(sa.Text()), nullable=False)]


def upgrade() -> None:
    op.create_table(
        "facet_delta",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        *bucket_columns(),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("facet_delta_pkey")),
    )
    op.create_table(
        "facet_count",
        sa.Column("organization_id", sa.Integer(), autoincrement=False, nullable=False),
        *bucket_columns(),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(*BUCKET.split(", "), name=op.f("facet_count_pkey")),
    )
    op.execute(FUNCTION)
    for act, tables in TRIGGERS.items():
        op.execute(
            f"create trigger finding_{act}_counts after {act} on finding referencing {tables}"
            " for each statement execute function count_for_facets()"
        )
    guard("facet_delta", "facet_count")
    # The triggers keep writers away until the commit, so they go on from what is counted here.
    op.execute(COUNT)


def downgrade() -> None:
    for act in TRIGGERS:
        op.execute(f"drop trigger finding_{act}_counts on finding")
    op.execute("drop function count_for_facets()")
    op.drop_table("facet_count")
    op.drop_table("facet_delta")
