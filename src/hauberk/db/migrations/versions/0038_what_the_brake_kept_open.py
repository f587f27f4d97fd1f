"""A scan that was held remembers which occurrences it did not report: they stayed open without being seen."""

import sqlalchemy as sa
from alembic import op

from hauberk.db.tenancy import guard

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "held_occurrence",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("scan_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("occurrence_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "scan_id"],
            ["scan.organization_id", "scan.id"],
            name=op.f("held_occurrence_organization_id_scan_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "scan_id", "occurrence_id", name=op.f("held_occurrence_pkey")
        ),
    )
    guard("held_occurrence")


def downgrade() -> None:
    op.drop_table("held_occurrence")
