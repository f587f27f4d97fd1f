"""Indexes that keep reads of millions of findings as short as those of thousands, and look-ups that row-level security would keep from theirs."""

import sqlalchemy as sa
from alembic import op

from hauberk.db.definer import create_system_function

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SHOWN = "joined_into_id is null"
OPEN = f"is_active and triage <= 2 and {SHOWN}"
HEAD = "language sql stable security definer set search_path = pg_catalog, public as"
TENANT = "nullif(current_setting('hauberk.organization_id', true), '')::int"

# The addresses of a place, the most telling first; the first two are indexed, and are what `path:` looks at. Cut off
# where an index could not hold them.
ADDRESS = """
create function occurrence_address(location jsonb, component jsonb, nth int) returns text
language sql immutable parallel safe as $$
  select left((array_remove(
    array[location->>'path', location->>'url', location->>'resource', location->>'host', component->>'path'], null))[nth], 500)
$$
"""
COMPONENT = """
create function component_name(component jsonb) returns text
language sql immutable parallel safe as $$ select left(lower(component->>'name'), 300) $$
"""
WORDS = """
create function rule_words(title text, rule_id text, rule_name text, identifiers text[]) returns text
language sql immutable parallel safe as $$
  select lower(concat_ws(E'\\n', title, rule_id, rule_name, array_to_string(identifiers, E'\\n')))
$$
"""

# Comparing arrays, patterns and JSON is not leakproof, so under row-level security no index serves it. These read as a
# role without it and hold to the organization of the transaction themselves. `at_most` bounds what they read.
FUNCTIONS = {
    "rules_identified(text[], int)": f"""
create or replace function rules_identified(spelled text[], at_most int) returns setof bigint
{HEAD} $$
  select t.id from rule_text t where t.identifiers && spelled and t.organization_id = {TENANT} limit at_most
$$""",
    "findings_between(text, text, int)": f"""
create or replace function findings_between(lowest text, highest text, at_most int) returns setof bigint
{HEAD} $$
  (select o.finding_id from occurrence o where o.organization_id = {TENANT}
     and occurrence_address(o.location, o.component, 1) between lowest and highest limit at_most)
  union all
  (select o.finding_id from occurrence o where o.organization_id = {TENANT}
     and occurrence_address(o.location, o.component, 2) between lowest and highest limit at_most)
$$""",
    "findings_with_component(text, text, int)": f"""
create or replace function findings_with_component(lowest text, highest text, at_most int) returns setof bigint
{HEAD} $$
  select o.finding_id from occurrence o where o.organization_id = {TENANT} and o.component is not null
    and component_name(o.component) between lowest and highest limit at_most
$$""",
}


def upgrade() -> None:
    op.execute(ADDRESS)
    op.execute(COMPONENT)
    op.execute(WORDS)
    # It rewrites the table, which has one row for each rule, not for each finding.
    op.execute(
        "-- squawk-ignore adding-field-with-default\n"
        "alter table rule_text add column words text not null"
        " generated always as (rule_words(title, rule_id, rule_name, identifiers)) stored"
    )
    op.create_index(
        "rule_text_flags_idx",
        "rule_text",
        ["organization_id", "id"],
        postgresql_include=["known_exploited", "has_fix", "cvss_score"],
    )
    for name in ("finding_list_idx", "finding_open_list_idx"):
        # The indexes that replace them are made in this transaction anyway.
        op.execute(f"-- squawk-ignore require-concurrent-index-deletion\ndrop index {name}")
    by_priority: list[str | sa.TextClause] = ["organization_id", sa.text("priority desc"), sa.text("id desc")]
    op.create_index(
        "finding_list_idx",
        "finding",
        by_priority,
        postgresql_include=["asset_id", "rule_text_id", "kind", "severity", "triage", "is_active"],
        postgresql_where=sa.text(SHOWN),
    )
    op.create_index(
        "finding_open_list_idx",
        "finding",
        by_priority,
        postgresql_include=["asset_id", "rule_text_id", "kind", "severity", "epss", "scanners"],
        postgresql_where=sa.text(OPEN),
    )
    op.create_index(
        "finding_due_idx",
        "finding",
        ["organization_id", "due_at"],
        postgresql_include=["asset_id"],
        postgresql_where=sa.text(f"{OPEN} and due_at is not null"),
    )
    op.create_index(
        "finding_assignee_idx",
        "finding",
        ["organization_id", "assignee_id", sa.text("priority desc"), sa.text("id desc")],
        postgresql_include=["asset_id", "triage", "is_active"],
        postgresql_where=sa.text(f"assignee_id is not null and {SHOWN}"),
    )
    op.create_index(
        "finding_tagged_idx",
        "finding",
        by_priority,
        postgresql_include=["asset_id", "tags", "triage", "is_active"],
        postgresql_where=sa.text(f"tags <> '{{}}' and {SHOWN}"),
    )
    op.create_index(
        "finding_decided_idx",
        "finding",
        by_priority,
        postgresql_include=["asset_id", "kind", "severity", "triage", "is_active"],
        postgresql_where=sa.text(f"triage > 2 and {SHOWN}"),
    )
    address = "occurrence_address(location, component, {})".format
    op.create_index("occurrence_address_idx", "occurrence", ["organization_id", sa.text(address(1))])
    op.create_index(
        "occurrence_second_address_idx",
        "occurrence",
        ["organization_id", sa.text(address(2))],
        postgresql_where=sa.text(f"{address(2)} is not null"),
    )
    op.create_index(
        "occurrence_component_idx",
        "occurrence",
        ["organization_id", sa.text("component_name(component)")],
        postgresql_where=sa.text("component is not null"),
    )
    for table in ("rule_text", "occurrence"):
        op.execute(f"grant select on {table} to hauberk_system")
        op.execute(f"create policy system on {table} for select to hauberk_system using (true)")
    for signature, body in FUNCTIONS.items():
        create_system_function(signature, body)


def downgrade() -> None:
    raise NotImplementedError("the first release has nothing before it")
