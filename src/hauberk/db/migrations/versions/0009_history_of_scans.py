"""History of scans: what can be undone, in which order it was applied, and which scan brought a key."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INSTANT = postgresql.TIMESTAMP(timezone=True)

# What scans of before this revision did, as far as their rows still tell it.
APPLIED = """
update scan set applied_at = finished_at
where scope_id is not null and not is_dry_run and state in ('done', 'held')
    and (superseded_by is null or held is not null)
"""
COMPLETE = (
    "update scan set is_complete = true where applied_at is not null and not is_partial and held is null"
)


def upgrade() -> None:
    op.add_column("scan", sa.Column("applied_at", INSTANT))
    op.add_column("scan", sa.Column("is_complete", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("scan", sa.Column("closings", sa.Text()))
    op.add_column("scan", sa.Column("undone_at", INSTANT))
    op.add_column("scan", sa.Column("undone_by", sa.BigInteger()))
    op.add_column("scan", sa.Column("preview_of", sa.BigInteger()))
    op.add_column("scan", sa.Column("preview_act", sa.Text()))
    op.add_column("finding_key", sa.Column("added_scan_id", sa.BigInteger()))
    op.create_index(
        "finding_duplicate_idx",
        "finding",
        ["organization_id", "duplicate_of_id"],
        postgresql_where=sa.text("duplicate_of_id is not null"),
    )
    op.execute("set local role hauberk_system")
    op.execute(APPLIED)
    op.execute(COMPLETE)
    op.execute("reset role")


def downgrade() -> None:
    op.drop_index("finding_duplicate_idx", table_name="finding")
    op.drop_column("finding_key", "added_scan_id")
    for name in (
        "preview_act", "preview_of", "undone_by", "undone_at", "closings", "is_complete", "applied_at",
    ):  # fmt: skip
        op.drop_column("scan", name)
