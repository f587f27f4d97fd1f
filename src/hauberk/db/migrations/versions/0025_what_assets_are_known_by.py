"""What assets are known by: who says so and since when, what was taken away by hand, and that two may be known by the same."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

INSTANT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    now = sa.text("now()")
    for column in (
        sa.Column("scanner", sa.Text()),
        sa.Column("scan_id", sa.BigInteger()),
        sa.Column("added_by", sa.BigInteger()),
        sa.Column("first_seen_at", INSTANT, server_default=now, nullable=False),
        sa.Column("last_seen_at", INSTANT, server_default=now, nullable=False),
        sa.Column("removed_at", INSTANT),
    ):
        op.add_column("asset_identifier", column)
    op.drop_index("asset_identifier_value_key", "asset_identifier")
    op.create_index(
        "asset_identifier_value_key",
        "asset_identifier",
        ["organization_id", "kind", "value", "asset_id"],
        unique=True,
    )
    op.create_index("asset_identifier_scan_idx", "asset_identifier", ["organization_id", "scan_id"])


def downgrade() -> None:
    op.drop_index("asset_identifier_scan_idx", "asset_identifier")
    op.execute(
        "delete from asset_identifier i using asset_identifier o where o.organization_id = i.organization_id"
        " and o.kind = i.kind and o.value = i.value and o.id < i.id"
    )
    op.drop_index("asset_identifier_value_key", "asset_identifier")
    op.create_index(
        "asset_identifier_value_key", "asset_identifier", ["organization_id", "kind", "value"], unique=True
    )
    for name in ("removed_at", "last_seen_at", "first_seen_at", "added_by", "scan_id", "scanner"):
        op.drop_column("asset_identifier", name)
