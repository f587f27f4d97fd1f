"""Look-ups of places, components and package URLs that tell whether each claim still stands."""

from alembic import op

from hauberk.db.definer import create_system_function

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

HEAD = "language sql stable security definer set search_path = pg_catalog, public as"
TENANT = "nullif(current_setting('hauberk.organization_id', true), '')::int"

ADDRESS = "occurrence_address(o.location, o.component, {})"
SECOND = f"{ADDRESS.format(2)} is not null"
# By look-up: the indexed expressions it reads, and of which rows.
LOOK_UPS = {
    "places_between": ((ADDRESS.format(1), "true"), (ADDRESS.format(2), SECOND)),
    "places_ending_between": (
        (f"reverse({ADDRESS.format(1)})", "true"),
        (f"reverse({ADDRESS.format(2)})", SECOND),
    ),
    "places_with_component": (("component_name(o.component)", "o.component is not null"),),
    "places_with_purl": (("component_purl(o.component)", "component_purl(o.component) is not null"),),
}


def look_up(name: str) -> str:
    """A range is all that begins alike only where texts are ordered by their bytes; elsewhere the beginning is compared."""
    parts = (
        f"(select o.finding_id, o.closed_at is null from occurrence o where o.organization_id = {TENANT}"
        f" and {condition} and {expression} between lowest and highest"
        f" and ('a' > 'B' or starts_with({expression}, lowest)) limit at_most)"
        for expression, condition in LOOK_UPS[name]
    )
    answer = "returns table (finding_id bigint, is_open boolean)"
    arguments = "(lowest text, highest text, at_most int)"
    return (
        f"create or replace function {name}{arguments} {answer}\n{HEAD} $$\n{' union all '.join(parts)}\n$$"
    )


def upgrade() -> None:
    for name in LOOK_UPS:
        create_system_function(f"{name}(text, text, int)", look_up(name))


def downgrade() -> None:
    for name in LOOK_UPS:
        op.execute(f"drop function {name}(text, text, int)")
