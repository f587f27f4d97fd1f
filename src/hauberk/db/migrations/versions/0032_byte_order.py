"""Places, components and package URLs by the order of their bytes, also where the database has another order.

A look-up reads all between two texts; in the order of a dictionary what begins alike does not stand together, and was missed.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from hauberk.db.definer import create_system_function

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

HEAD = "language sql stable security definer set search_path = pg_catalog, public as"
TENANT = "nullif(current_setting('hauberk.organization_id', true), '')::int"
BYTES = 'collate "C"'

FIRST, SECOND = (f"occurrence_address(location, component, {nth})" for nth in (1, 2))
# By index: what it holds, of which rows, and the look-up that reads it.
INDEXES = {
    "occurrence_address_idx": (FIRST, None, "places_between"),
    "occurrence_second_address_idx": (SECOND, f"{SECOND} is not null", "places_between"),
    "occurrence_ending_idx": (f"reverse({FIRST})", None, "places_ending_between"),
    "occurrence_second_ending_idx": (f"reverse({SECOND})", f"{SECOND} is not null", "places_ending_between"),
    "occurrence_purl_idx": (
        "component_purl(component)",
        "component_purl(component) is not null",
        "places_with_purl",
    ),
    "occurrence_component_idx": (
        "component_name(component)",
        "component is not null",
        "places_with_component",
    ),
}


def look_ups(collation: str, check: str) -> Iterator[tuple[str, str]]:
    """`check` has a place for the expression."""
    for name in sorted({each for _, _, each in INDEXES.values()}):
        parts = (
            f"(select o.finding_id, o.closed_at is null from occurrence o where o.organization_id = {TENANT}"
            f" and {rows or 'true'} and {expression} {collation} between lowest and highest"
            f"{check.format(expression)} limit at_most)"
            for expression, rows, look_up in INDEXES.values()
            if look_up == name
        )
        yield (
            f"{name}(text, text, int)",
            (
                f"create or replace function {name}(lowest text, highest text, at_most int)"
                f" returns table (finding_id bigint, is_open boolean)\n{HEAD} $$\n{' union all '.join(parts)}\n$$"
            ),
        )


def upgrade() -> None:
    _order(BYTES, "")


def downgrade() -> None:
    _order("", " and ('a' > 'B' or starts_with({}, lowest))")


def _order(collation: str, check: str) -> None:
    is_of_bytes = op.get_bind().scalar(sa.text("select 'a' > 'B'"))
    if is_of_bytes:  # the indexes are in that order, and would not serve the same one by its name
        return
    for name, (expression, rows, _) in INDEXES.items():
        op.drop_index(name, table_name="occurrence")
        op.create_index(
            name,
            "occurrence",
            ["organization_id", sa.text(f"({expression}) {collation}")],
            postgresql_where=None if rows is None else sa.text(rows),
        )
    for signature, body in look_ups(collation, check):
        create_system_function(signature, body)
