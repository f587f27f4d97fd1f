"""The quarantine: what was refused for what it is stays for a while, out of everybody's reach, for administrators to know of."""

from typing import Final

from hauberk.db.audit import record
from hauberk.db.models.upload import QuarantinedFile
from hauberk.db.repository import DbSession
from hauberk.domain.permissions import Actor
from hauberk.features.quarantine.repository import QuarantineRepository
from hauberk.infra.storage import Storage, StoredFile

CODES: Final = frozenset(
    {"malware_signature", "malware_found", "executable_content", "archive_unsafe", "archive_bomb"}
)
"""Refusals whose file is kept. What is only no report is deleted at once."""


async def keep(
    session: DbSession, actor: Actor, stored: StoredFile, *, file_name: str | None, code: str, detail: str
) -> None:
    """A file that was refused as it came in; it is the quarantine's from here on."""
    held = QuarantinedFile(
        organization_id=actor.organization_id,
        storage_key=stored.key,
        file_name=file_name,
        size_bytes=stored.size_bytes,
        sha256=stored.sha256,
        code=code,
        detail=detail,
        uploaded_by=actor.user_id,
    )
    await QuarantineRepository(session).add(held)
    detail_ = {"code": code, "sha256": stored.sha256, "size_bytes": stored.size_bytes, "file_name": file_name}
    await record(session, actor, "file.quarantined", "quarantined_file", held.id, detail_)


async def delete(session: DbSession, actor: Actor, storage: Storage, number: int) -> None:
    repository = QuarantineRepository(session)
    held = await repository.get(actor, number, for_update=True)
    await record(session, actor, "file.deleted", "quarantined_file", number, {"sha256": held.sha256})
    await repository.remove(held)
    await storage.delete(held.storage_key)
