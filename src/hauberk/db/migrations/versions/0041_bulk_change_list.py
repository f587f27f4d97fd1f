"""The changes of many findings are listed; they are few among the jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

KINDS = "kind in ('findings.change_findings', 'findings.undo_change')"


def upgrade() -> None:
    op.create_index("job_bulk_change_idx", "job", ["organization_id", "id"], postgresql_where=sa.text(KINDS))


def downgrade() -> None:
    op.drop_index("job_bulk_change_idx", table_name="job")
