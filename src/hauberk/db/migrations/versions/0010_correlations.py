"""Correlations that somebody dismissed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from hauberk.db.tenancy import guard

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "correlation_dismissal",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("other_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("dismissed_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "dismissed_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "finding_id"],
            ["finding.organization_id", "finding.id"],
            name=op.f("correlation_dismissal_organization_id_finding_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "other_id"],
            ["finding.organization_id", "finding.id"],
            name=op.f("correlation_dismissal_organization_id_other_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "finding_id", "other_id", name=op.f("correlation_dismissal_pkey")
        ),
    )
    op.create_index(
        op.f("correlation_dismissal_organization_id_other_id_idx"),
        "correlation_dismissal",
        ["organization_id", "other_id"],
    )
    guard("correlation_dismissal")


def downgrade() -> None:
    raise NotImplementedError("what was dismissed would come back")
