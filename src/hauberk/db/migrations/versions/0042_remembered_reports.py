"""A scope remembers what its newest complete report was read as: the same file again need not be read."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("scope", sa.Column("report_digest", sa.LargeBinary(), nullable=True))
    op.add_column("scope", sa.Column("report_outcome", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("scope", "report_outcome")
    op.drop_column("scope", "report_digest")
