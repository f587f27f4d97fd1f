"""Uploads that can be interrupted, and the quarantine."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from hauberk.db.definer import create_system_function
from hauberk.db.tenancy import guard

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INSTANT = postgresql.TIMESTAMP(timezone=True)
NOW = sa.text("now()")
TABLES = ("upload", "upload_part", "quarantined_file")

# Files have no tenant: which of these stored files nobody refers to.
UNREFERENCED = """
create or replace function unreferenced_files(keys text[]) returns setof text
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  return query select unnest(keys) except select s.storage_key from scan s except select s.spool_key from scan s
    except select u.storage_key from upload u except select p.storage_key from upload_part p
    except select q.storage_key from quarantined_file q;
end $$"""


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("uploaded_by", sa.BigInteger()),
        sa.Column("file_name", sa.Text()),
        sa.Column("is_partial", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("storage_key", sa.Text()),
        sa.Column("sha256", sa.Text()),
        sa.Column("scan_id", sa.BigInteger()),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("upload_pkey")),
    )
    op.create_index("upload_expiry_idx", "upload", ["organization_id", "expires_at"])
    op.create_index("upload_owner_idx", "upload", ["organization_id", "uploaded_by", "id"])
    op.create_table(
        "upload_part",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("begins_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "upload_id"],
            ["upload.organization_id", "upload.id"],
            name=op.f("upload_part_organization_id_upload_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "upload_id", "begins_at", name=op.f("upload_part_pkey")),
    )
    op.create_table(
        "quarantined_file",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text()),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.BigInteger()),
        sa.Column("scan_id", sa.BigInteger()),
        sa.Column("quarantined_at", INSTANT, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "scan_id"],
            ["scan.organization_id", "scan.id"],
            name=op.f("quarantined_file_organization_id_scan_id_fkey"),
            ondelete="SET NULL (scan_id)",
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("quarantined_file_pkey")),
    )
    op.create_index(
        "quarantined_file_list_idx", "quarantined_file", ["organization_id", "quarantined_at", "id"]
    )
    guard(*TABLES)
    for table in TABLES:
        op.execute(f"grant select on {table} to hauberk_system")
        op.execute(f"create policy system on {table} for select to hauberk_system using (true)")
    create_system_function("unreferenced_files(text[])", UNREFERENCED)


def downgrade() -> None:
    raise NotImplementedError("what was sent so far would be lost")
