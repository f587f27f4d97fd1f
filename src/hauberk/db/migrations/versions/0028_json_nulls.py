"""Rows of earlier versions that hold the JSON value `null` where nothing was meant: they became `is not null`, and so told lies.

Scans and jobs are few beside findings, so one statement for each table does it, under the locks of the rows concerned alone.
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

COLUMNS = {"scan": ("counts", "error", "held"), "job": ("progress", "result", "error")}


def repair(table: str) -> str:
    columns = COLUMNS[table]
    values = ", ".join(f"{name} = nullif({name}, 'null'::jsonb)" for name in columns)
    wrong = " or ".join(f"{name} = 'null'::jsonb" for name in columns)
    return f"update {table} set {values} where {wrong}"


def upgrade() -> None:
    op.execute("set local role hauberk_system")
    for table in COLUMNS:
        op.execute(repair(table))
    op.execute("reset role")


def downgrade() -> None:
    """What means nothing either way stays as it is."""
