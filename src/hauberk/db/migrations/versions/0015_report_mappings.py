"""Report formats that organizations describe themselves."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from hauberk.db.tenancy import guard

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

INSTANT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "report_mapping",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scanner", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.Column("is_recognised", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("report_mapping_pkey")),
    )
    op.create_index(
        "report_mapping_name_key",
        "report_mapping",
        ["organization_id", "name"],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    guard("report_mapping")


def downgrade() -> None:
    op.drop_table("report_mapping")
