"""The audit trail is asked what somebody did, and when something rare was done."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    newest_first = sa.text("id desc")
    op.create_index(
        "event_actor_idx",
        "event",
        ["organization_id", "actor_id", newest_first],
        postgresql_where=sa.text("actor_id is not null"),
    )
    # By bytes: a family of acts is all between two texts, whatever order the database has.
    op.create_index(
        "event_action_idx", "event", ["organization_id", sa.text('action collate "C"'), newest_first]
    )


def downgrade() -> None:
    for name in ("event_action_idx", "event_actor_idx"):
        op.drop_index(name, "event")
