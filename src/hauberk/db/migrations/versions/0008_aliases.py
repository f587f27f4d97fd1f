"""Names of one vulnerability: who says so, and the groups that follow."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from hauberk.db.tenancy import guard

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("vulnerability", sa.Column("group_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "vulnerability_group_idx",
        "vulnerability",
        ["organization_id", "group_id"],
        postgresql_where=sa.text("group_id is not null"),
    )
    op.create_table(
        "alias_assertion",
        sa.Column("vulnerability_id", sa.BigInteger(), nullable=False),
        sa.Column("alias_id", sa.BigInteger(), nullable=False),
        sa.Column("asserter_kind", sa.Text(), nullable=False),
        sa.Column("asserter", sa.Text(), nullable=False),
        sa.Column("is_same", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("scan_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "asserted_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("applied_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "vulnerability_id"],
            ["vulnerability.organization_id", "vulnerability.id"],
            name=op.f("alias_assertion_organization_id_vulnerability_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "alias_id"],
            ["vulnerability.organization_id", "vulnerability.id"],
            name=op.f("alias_assertion_organization_id_alias_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("alias_assertion_pkey")),
    )
    op.create_index(
        "alias_assertion_key",
        "alias_assertion",
        ["organization_id", "vulnerability_id", "alias_id", "asserter_kind", "asserter"],
        unique=True,
    )
    op.create_index(
        op.f("alias_assertion_organization_id_alias_id_idx"),
        "alias_assertion",
        ["organization_id", "alias_id"],
    )
    op.create_index(
        "alias_assertion_new_idx",
        "alias_assertion",
        ["organization_id", "id"],
        postgresql_where=sa.text("applied_at is null"),
    )
    guard("alias_assertion")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: groups would come apart")
