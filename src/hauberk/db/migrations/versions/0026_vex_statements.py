"""What suppliers state about vulnerabilities (VEX), and what it decided."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from hauberk.db.tenancy import guard

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INSTANT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "vex_statement",
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("scope_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_scan_id", sa.BigInteger(), nullable=False),
        sa.Column("closed_scan_id", sa.BigInteger(), nullable=True),
        sa.Column("content_hash", sa.Uuid(), nullable=False),
        sa.Column("vex_status", sa.SmallInteger(), nullable=False),
        sa.Column("names", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("component", sa.Text(), nullable=True),
        sa.Column("package", sa.Text(), nullable=True),
        sa.Column("versions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("qualifiers", postgresql.JSONB(), nullable=False),
        sa.Column("justification", sa.Text(), nullable=True),
        sa.Column("impact", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("stated_at", INSTANT, nullable=False),
        sa.Column("document_id", sa.Text(), nullable=True),
        sa.Column("document_version", sa.Text(), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "asset_id"],
            ["asset.organization_id", "asset.id"],
            name=op.f("vex_statement_organization_id_asset_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "scope_id"],
            ["scope.organization_id", "scope.id"],
            name=op.f("vex_statement_organization_id_scope_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("vex_statement_pkey")),
    )
    op.create_index(
        "vex_statement_scope_idx", "vex_statement", ["organization_id", "scope_id", "content_hash"]
    )
    op.create_index(
        "vex_statement_standing_idx",
        "vex_statement",
        ["organization_id", "asset_id", "id"],
        postgresql_where=sa.text("closed_scan_id is null"),
    )
    op.create_table(
        "vex_statement_name",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("statement_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "statement_id"],
            ["vex_statement.organization_id", "vex_statement.id"],
            name=op.f("vex_statement_name_organization_id_statement_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "asset_id", "name", "statement_id", name=op.f("vex_statement_name_pkey")
        ),
    )
    op.create_index(
        op.f("vex_statement_name_organization_id_statement_id_idx"),
        "vex_statement_name",
        ["organization_id", "statement_id"],
    )
    guard("vex_statement", "vex_statement_name")
    op.add_column("decision", sa.Column("vex_statement_id", sa.BigInteger(), nullable=True))
    op.add_column("decision", sa.Column("scan_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "decision_scan_idx",
        "decision",
        ["organization_id", "scan_id", "id"],
        postgresql_where=sa.text("scan_id is not null"),
    )
    op.add_column("finding", sa.Column("vex_statement_id", sa.BigInteger(), nullable=True))
    op.add_column("finding", sa.Column("vex_status", sa.SmallInteger(), nullable=True))
    op.create_index(
        "finding_vex_idx",
        "finding",
        ["organization_id", sa.text("priority desc"), sa.text("id desc")],
        postgresql_include=["asset_id", "vex_status"],
        postgresql_where=sa.text("vex_status is not null"),
    )


def downgrade() -> None:
    op.drop_index("finding_vex_idx", table_name="finding")
    op.drop_column("finding", "vex_status")
    op.drop_column("finding", "vex_statement_id")
    op.drop_index("decision_scan_idx", table_name="decision")
    op.drop_column("decision", "scan_id")
    op.drop_column("decision", "vex_statement_id")
    op.drop_table("vex_statement_name")
    op.drop_table("vex_statement")
