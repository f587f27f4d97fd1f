"""Joins and splits of findings, and the places where a key leads to another finding than elsewhere."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from hauberk.db.tenancy import guard

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("finding", sa.Column("joined_into_id", sa.BigInteger(), nullable=True))
    op.create_table(
        "regrouping",
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("finding_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("keys", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "made_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("undone_by", sa.BigInteger(), nullable=True),
        sa.Column("undone_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "asset_id"],
            ["asset.organization_id", "asset.id"],
            name=op.f("regrouping_organization_id_asset_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "finding_id"],
            ["finding.organization_id", "finding.id"],
            name=op.f("regrouping_organization_id_finding_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("regrouping_pkey")),
    )
    op.create_index(
        op.f("regrouping_organization_id_finding_id_idx"), "regrouping", ["organization_id", "finding_id"]
    )
    op.create_index(
        op.f("regrouping_organization_id_other_id_idx"), "regrouping", ["organization_id", "other_id"]
    )
    op.create_table(
        "split_place",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.Uuid(), nullable=False),
        sa.Column("place_hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("finding_id", sa.BigInteger(), nullable=False),
        sa.Column("spot", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "finding_id"],
            ["finding.organization_id", "finding.id"],
            name=op.f("split_place_organization_id_finding_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "asset_id", "fingerprint", "place_hash", name=op.f("split_place_pkey")
        ),
    )
    op.create_index(
        op.f("split_place_organization_id_finding_id_idx"), "split_place", ["organization_id", "finding_id"]
    )
    guard("regrouping", "split_place")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: what was joined since would come apart")
