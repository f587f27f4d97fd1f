"""A scan knows which targets it covered, and when the closings that it held were released."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("scan", sa.Column("covered_targets", postgresql.ARRAY(sa.Text()), nullable=True))
    op.add_column("scan", sa.Column("released_at", sa.TIMESTAMP(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("scan", "released_at")
    op.drop_column("scan", "covered_targets")
