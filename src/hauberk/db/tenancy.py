"""What a migration says of a new table of tenants: who may use it, and that each sees only the own organization's rows."""

from alembic import op


def guard(*tables: str) -> None:
    """The one canonical policy, as the first migrations gave it to the first tables."""
    for table in tables:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy tenant on {table} to hauberk_app using"
            " (organization_id = nullif(current_setting('hauberk.organization_id', true), '')::int)"
        )
        op.execute(f"grant select, insert, update, delete on {table} to hauberk_app")
    op.execute("grant usage on all sequences in schema public to hauberk_app, hauberk_system")
