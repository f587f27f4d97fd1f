"""An upload knows the service account that sends it: several accounts are not one sender."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("upload", sa.Column("service_account_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("upload", "service_account_id")
