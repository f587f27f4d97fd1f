"""The quarantine in the database."""

from typing import ClassVar

from sqlalchemy import Connection, text

from hauberk.db.audit import record_in_job
from hauberk.db.models.upload import QuarantinedFile
from hauberk.db.repository import Order, Repository
from hauberk.domain.permissions import Actor

# The scan gives its file away: it cannot be read again.
_FROM_SCAN = text("""
with given as (
    select id, storage_key, file_name, size_bytes, sha256, uploaded_by from scan
    where organization_id = :organization and id = :scan and storage_key is not null for update),
emptied as (update scan s set storage_key = null from given g
    where s.organization_id = :organization and s.id = g.id)
insert into quarantined_file
    (organization_id, storage_key, file_name, size_bytes, sha256, code, detail, uploaded_by, scan_id)
select :organization, storage_key, file_name, size_bytes, sha256, :code, :detail, uploaded_by, id from given returning id, sha256, file_name
""")


class QuarantineRepository(Repository[QuarantinedFile]):
    model = QuarantinedFile
    kind = "quarantined file"
    orders: ClassVar[dict[str, Order]] = {
        "-quarantined_at": Order.by(QuarantinedFile.quarantined_at, QuarantinedFile.id, descending=True)
    }


def keep_of_scan(connection: Connection, organization_id: int, scan_id: int, code: str, detail: str) -> None:
    """The report of a scan that failed for what it is, in the transaction that fails it."""
    values = {"organization": organization_id, "scan": scan_id, "code": code, "detail": detail}
    held = connection.execute(_FROM_SCAN, values).one_or_none()
    if held is not None:
        told = {"code": code, "sha256": held.sha256, "file_name": held.file_name, "scan_id": scan_id}
        actor = Actor.system(organization_id)
        record_in_job(connection, actor, "file.quarantined", "quarantined_file", held.id, told)
