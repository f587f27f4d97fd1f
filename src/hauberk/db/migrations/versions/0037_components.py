"""Components and the assets that have them, derived from open occurrences asset by asset; each asset is marked once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from hauberk.db.definer import create_system_function
from hauberk.db.tenancy import guard

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

SEVERITIES = ("critical", "high", "medium", "low", "info", "unknown")
OPEN = "unknown + info + low + medium + high + critical"
WORST = (
    "case when critical > 0 then 5 when high > 0 then 4 when medium > 0 then 3 when low > 0 then 2"
    " when info > 0 then 1 when unknown > 0 then 0 else -1 end"
)
HERE = "assets > 0"
ORDERS = {
    "component_list_idx": ("worst desc", "open_findings desc", "id desc"),
    "component_open_idx": ("open_findings desc", "id desc"),
    "component_assets_idx": ("assets desc", "id desc"),
}
TENANT = "nullif(current_setting('hauberk.organization_id', true), '')::int"
WORDS = "word_trigrams(c.organization_id, c.words)"
# As `rules_containing`: arrays are not leakproof, so it holds to the organization of the transaction itself.
SIGNATURE = "components_containing(text, int)"
CONTAINING = f"""
create or replace function components_containing(fragment text, at_most int) returns setof bigint
language sql stable security definer set search_path = pg_catalog, public as $$
  select c.id from component c where c.organization_id = {TENANT} and strpos(c.words, lower(fragment)) > 0
    and {WORDS} @> word_trigrams({TENANT}, lower(fragment))
  limit at_most
$$"""
# As each organization itself: nobody sees the assets of all. What is marked is derived by the job, one asset after the other.
MARK = """
do $$
declare organizations int[]; each int;
begin
  set local role hauberk_system;
  organizations := array(select id from organization order by id);
  set local role hauberk_app;
  foreach each in array organizations loop
    perform set_config('hauberk.organization_id', each::text, true);
    insert into component_mark (organization_id, asset_id)
    select organization_id, id from asset where organization_id = each and deleted_at is null order by id;
  end loop;
  perform set_config('hauberk.organization_id', '', true);
  reset role;
end $$
"""


def counts(kind: type[sa.types.TypeEngine[int]], *more: str) -> list[sa.Column[int]]:
    return [
        sa.Column(name, kind(), server_default=sa.text("0"), nullable=False) for name in (*SEVERITIES, *more)
    ]


def upgrade() -> None:
    op.create_table(
        "component",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("key_hash", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("package", "name", "version")),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("purl", "ecosystem")),
        *(sa.Column(name, sa.Text(collation="C"), nullable=False) for name in ("name_key", "version_key")),
        sa.Column("words", sa.Text(), nullable=False),
        *counts(sa.BigInteger, "settled", "exploited", "fixable", "assets"),
        sa.Column("open_findings", sa.BigInteger(), sa.Computed(OPEN, persisted=True), nullable=False),
        sa.Column("worst", sa.SmallInteger(), sa.Computed(WORST, persisted=True), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("component_pkey")),
    )
    op.create_index("component_key", "component", ["organization_id", "key_hash"], unique=True)
    for name, columns in ORDERS.items():
        op.create_index(
            name,
            "component",
            ["organization_id", *map(sa.text, columns)],
            postgresql_where=sa.text(HERE),
        )
    op.create_index("component_name_idx", "component", ["organization_id", "name_key", "version_key", "id"])
    op.create_index(
        "component_words_idx",
        "component",
        [sa.text("word_trigrams(organization_id, words)")],
        postgresql_using="gin",
    )
    op.create_table(
        "asset_component",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("component_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("finding_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("fixed_in", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("fixed_version", sa.Text(), nullable=True),
        *counts(sa.Integer, "settled", "exploited", "fixable"),
        sa.Column("open_findings", sa.Integer(), sa.Computed(OPEN, persisted=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "organization_id", "asset_id", "component_id", name=op.f("asset_component_pkey")
        ),
    )
    op.create_index(
        "asset_component_list_idx",
        "asset_component",
        ["organization_id", "component_id", sa.text("open_findings desc"), "asset_id"],
    )
    op.create_table(
        "component_mark",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("component_mark_pkey")),
    )
    op.create_index("component_mark_asset_idx", "component_mark", ["organization_id", "asset_id"])
    guard("component", "asset_component", "component_mark")
    op.execute("create policy system on component to hauberk_system using (true)")
    create_system_function(SIGNATURE, CONTAINING)
    op.execute(MARK)


def downgrade() -> None:
    op.execute(f"drop function {SIGNATURE}")
    for name in ("component_mark", "asset_component", "component"):
        op.drop_table(name)
