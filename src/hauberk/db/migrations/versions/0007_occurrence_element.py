"""Occurrences remember the report's element that they were read from, so that the same text need not be read again."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = ["organization_id", "scope_id", "fingerprint", "place_hash"]
OPEN = sa.text("closed_at is null")


def upgrade() -> None:
    op.add_column(
        "occurrence", sa.Column("element_hash", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.drop_index("occurrence_open_key", table_name="occurrence")
    op.create_index(
        "occurrence_open_key",
        "occurrence",
        KEY,
        unique=True,
        postgresql_include=["content_hash", "element_hash", "id", "line"],
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    op.drop_index("occurrence_open_key", table_name="occurrence")
    op.create_index(
        "occurrence_open_key",
        "occurrence",
        KEY,
        unique=True,
        postgresql_include=["content_hash", "id", "finding_id", "severity", "line"],
        postgresql_where=OPEN,
    )
    op.drop_column("occurrence", "element_hash")
