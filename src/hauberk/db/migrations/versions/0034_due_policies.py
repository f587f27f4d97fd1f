"""Within how many days the findings of which assets have to be settled."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from hauberk.db.tenancy import guard

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

INSTANT = postgresql.TIMESTAMP(timezone=True)
DAYS = ("critical_days", "high_days", "medium_days", "low_days", "info_days", "known_exploited_days")


def upgrade() -> None:
    op.create_table(
        "due_policy",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("asset_tags", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        *(sa.Column(name, sa.SmallInteger(), nullable=True) for name in DAYS),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("due_policy_pkey")),
    )
    op.create_index("due_policy_name_key", "due_policy", ["organization_id", "name_key"], unique=True)
    guard("due_policy")


def downgrade() -> None:
    op.drop_table("due_policy")
