"""Jobs that failed for good: found quickly, and counted over all tenants."""

import sqlalchemy as sa
from alembic import op

from hauberk.db.definer import create_system_function

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

DEAD_LETTERS = """
create or replace function dead_letters()
returns table (queue text, kind text, code text, failed bigint)
language sql stable security definer set search_path = pg_catalog, public as $$
  select j.queue, j.kind, j.error->>'code', count(*) from job j
  where j.state = 'failed' and j.finished_at > clock_timestamp() - interval '30 days'
  group by 1, 2, 3
$$"""


def upgrade() -> None:
    op.create_index(
        "job_failed_idx",
        "job",
        ["organization_id", sa.text("finished_at desc")],
        postgresql_where=sa.text("state = 'failed'"),
    )
    create_system_function("dead_letters()", DEAD_LETTERS)


def downgrade() -> None:
    op.execute("drop function dead_letters()")
    op.drop_index("job_failed_idx", table_name="job")
