"""Indexes for the ends of addresses (`path:*/pom.xml`) and for package URLs, and the look-ups that use them."""

import sqlalchemy as sa
from alembic import op

from hauberk.db.definer import create_system_function

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

HEAD = "language sql stable security definer set search_path = pg_catalog, public as"
TENANT = "nullif(current_setting('hauberk.organization_id', true), '')::int"

PURL = """
create function component_purl(component jsonb) returns text
language sql immutable parallel safe as $$ select left(component->>'purl', 300) $$
"""
# As those of 0011: patterns are not leakproof, so these hold to the organization of the transaction themselves.
FUNCTIONS = {
    "findings_ending_between(text, text, int)": f"""
create or replace function findings_ending_between(lowest text, highest text, at_most int) returns setof bigint
{HEAD} $$
  (select o.finding_id from occurrence o where o.organization_id = {TENANT}
     and reverse(occurrence_address(o.location, o.component, 1)) between lowest and highest limit at_most)
  union all
  (select o.finding_id from occurrence o where o.organization_id = {TENANT}
     and occurrence_address(o.location, o.component, 2) is not null
     and reverse(occurrence_address(o.location, o.component, 2)) between lowest and highest limit at_most)
$$""",
    "findings_with_purl(text, text, int)": f"""
create or replace function findings_with_purl(lowest text, highest text, at_most int) returns setof bigint
{HEAD} $$
  select o.finding_id from occurrence o where o.organization_id = {TENANT} and component_purl(o.component) is not null
    and component_purl(o.component) between lowest and highest limit at_most
$$""",
}


def upgrade() -> None:
    op.execute(PURL)
    ending = "reverse(occurrence_address(location, component, {}))".format
    op.create_index("occurrence_ending_idx", "occurrence", ["organization_id", sa.text(ending(1))])
    op.create_index(
        "occurrence_second_ending_idx",
        "occurrence",
        ["organization_id", sa.text(ending(2))],
        postgresql_where=sa.text("occurrence_address(location, component, 2) is not null"),
    )
    op.create_index(
        "occurrence_purl_idx",
        "occurrence",
        ["organization_id", sa.text("component_purl(component)")],
        postgresql_where=sa.text("component_purl(component) is not null"),
    )
    for signature, body in FUNCTIONS.items():
        create_system_function(signature, body)


def downgrade() -> None:
    for signature in FUNCTIONS:
        op.execute(f"drop function {signature}")
    for name in ("occurrence_purl_idx", "occurrence_second_ending_idx", "occurrence_ending_idx"):
        op.drop_index(name, table_name="occurrence")
    op.execute("drop function component_purl(jsonb)")
