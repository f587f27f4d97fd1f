"""A report that covers several assets is one scan of the whole and one of each part."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("scan", sa.Column("part_of", sa.BigInteger()))
    op.create_index(
        "scan_part_idx",
        "scan",
        ["organization_id", "part_of"],
        postgresql_where=sa.text("part_of is not null"),
    )


def downgrade() -> None:
    op.drop_index("scan_part_idx", table_name="scan")
    op.drop_column("scan", "part_of")
