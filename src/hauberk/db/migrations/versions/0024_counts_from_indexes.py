"""Indexes that hold what rules, words, ages and scanners are counted by, and the look-up of rules by a part of a word."""

import sqlalchemy as sa
from alembic import op

from hauberk.db.definer import create_system_function

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

SHOWN = "joined_into_id is null"
OPEN = "is_active and triage <= 2"
HEAD = "language sql stable security definer set search_path = pg_catalog, public as"
TENANT = "nullif(current_setting('hauberk.organization_id', true), '')::int"

# The organization is part of each number, so that an index reads what one tenant has. What is longer than is looked
# through has the number of nothing, which every question asks for too.
TRIGRAMS = """
create function word_trigrams(organization int, words text) returns bigint[]
language sql immutable parallel safe as $$
  select coalesce(array_agg(distinct organization::int8 * 4294967296 + hashtext(substr(words, n, 3))), '{}')
    || case when length(words) > 2000 then array[organization::int8 * 4294967296] else '{}' end
  from generate_series(1, least(length(words), 2000) - 2) as n
$$
"""
WORDS = "word_trigrams(t.organization_id, t.words)"
# As those of 0011: arrays are not leakproof, so it holds to the organization of the transaction itself.
SIGNATURE = "rules_containing(text, int)"
FUNCTION = f"""
create or replace function rules_containing(fragment text, at_most int) returns setof bigint
{HEAD} $$
  select t.id from rule_text t where t.organization_id = {TENANT} and strpos(t.words, lower(fragment)) > 0 and (
    {WORDS} @> word_trigrams({TENANT}, lower(fragment)) or {WORDS} @> array[{TENANT}::int8 * 4294967296])
  limit at_most
$$"""
# By name: what they are sorted by, what else they hold, and of which findings; now, and before.
Columns = tuple[tuple[str, ...], tuple[str, ...], str | None]
WIDER: dict[str, Columns] = {
    "finding_rule_text_idx": (
        ("rule_text_id", "priority desc", "id desc"), ("asset_id", "severity", "triage", "is_active"), SHOWN,
    ),
    "finding_first_seen_idx": (
        ("first_seen_at desc", "id desc"), ("priority", "asset_id", "severity", "triage", "is_active"), SHOWN,
    ),
    "finding_due_idx": (("due_at",), ("id", "priority", "asset_id"), f"{OPEN} and {SHOWN} and due_at is not null"),
    "finding_vulnerability_idx": (("vulnerability_id",), ("severity", "asset_id", "first_seen_at", "epss"), OPEN),
}  # fmt: skip
BEFORE: dict[str, Columns] = {
    "finding_rule_text_idx": (("rule_text_id", "id"), (), None),
    "finding_first_seen_idx": (("first_seen_at desc", "id desc"), (), None),
    "finding_due_idx": (("due_at",), ("asset_id",), f"{OPEN} and {SHOWN} and due_at is not null"),
    "finding_vulnerability_idx": (("vulnerability_id",), ("severity", "asset_id"), OPEN),
}


def replace(indexes: dict[str, Columns]) -> None:
    for name, (columns, held, condition) in indexes.items():
        # The index that replaces it is made in this transaction.
        op.execute(f"-- squawk-ignore require-concurrent-index-deletion\ndrop index {name}")
        op.create_index(
            name,
            "finding",
            ["organization_id", *map(sa.text, columns)],
            postgresql_include=list(held) or None,
            postgresql_where=None if condition is None else sa.text(condition),
        )


def upgrade() -> None:
    replace(WIDER)
    op.create_index(
        "rule_text_exploited_idx",
        "rule_text",
        ["organization_id", "id"],
        postgresql_where=sa.text("known_exploited"),
    )
    op.create_index("scope_scanner_idx", "scope", ["organization_id", "scanner"])
    op.execute(TRIGRAMS)
    op.create_index(
        "rule_text_words_idx",
        "rule_text",
        [sa.text("word_trigrams(organization_id, words)")],
        postgresql_using="gin",
    )
    create_system_function(SIGNATURE, FUNCTION)


def downgrade() -> None:
    op.execute(f"drop function {SIGNATURE}")
    for name, table in (
        ("rule_text_words_idx", "rule_text"),
        ("scope_scanner_idx", "scope"),
        ("rule_text_exploited_idx", "rule_text"),
    ):
        op.drop_index(name, table_name=table)
    op.execute("drop function word_trigrams(int, text)")
    replace(BEFORE)
