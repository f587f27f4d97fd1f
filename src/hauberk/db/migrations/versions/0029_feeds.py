"""Feeds: what others publish about vulnerabilities, and where it shows on rules and findings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")
_INSTANT = postgresql.TIMESTAMP(timezone=True)
# Of the installation, not of a tenant: the same for all, and holding nothing of any.
_GRANTS = {"feed": "select, insert, update, delete", "feed_entry": "select, insert, update, delete"}


def upgrade() -> None:
    op.create_table(
        "feed",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.Text(), nullable=True),
        sa.Column("row_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("published_at", _INSTANT, nullable=True),
        sa.Column("first_tried_at", _INSTANT, server_default=_NOW, nullable=False),
        sa.Column("tried_at", _INSTANT, server_default=_NOW, nullable=False),
        sa.Column("synced_at", _INSTANT, nullable=True),
        sa.Column("changed_at", _INSTANT, nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("failing_since", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("feed_pkey")),
    )
    op.create_table(
        "feed_entry",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("epss", sa.Double(), nullable=True),
        sa.Column("epss_percentile", sa.Double(), nullable=True),
        sa.Column("is_exploited", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("detail", postgresql.JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("name", "feed", name=op.f("feed_entry_pkey")),
    )
    for table, privileges in _GRANTS.items():
        op.execute(f"grant {privileges} on {table} to hauberk_app")
    op.add_column("rule_text", sa.Column("feed_epss", sa.Double(), nullable=True))
    for flag in ("feed_known_exploited", "is_feed_pending"):
        op.add_column("rule_text", sa.Column(flag, sa.Boolean(), server_default="false", nullable=False))
        # Few rows ever have it, so it costs an import nothing.
        op.create_index(
            f"rule_text_{flag}_idx", "rule_text", ["organization_id", "id"], postgresql_where=sa.text(flag)
        )
    op.add_column("finding", sa.Column("epss_reported", sa.Double(), nullable=True))
    op.add_column(
        "finding", sa.Column("is_epss_of_feed", sa.Boolean(), server_default="false", nullable=False)
    )


def downgrade() -> None:
    # Findings whose score is a feed's have the scanner's again.
    op.execute("update finding set epss = epss_reported where is_epss_of_feed")
    op.drop_column("finding", "is_epss_of_feed")
    op.drop_column("finding", "epss_reported")
    for flag in ("is_feed_pending", "feed_known_exploited"):
        op.drop_index(f"rule_text_{flag}_idx", table_name="rule_text")
        op.drop_column("rule_text", flag)
    op.drop_column("rule_text", "feed_epss")
    op.drop_table("feed_entry")
    op.drop_table("feed")
