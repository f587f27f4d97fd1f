"""What an upload is refused for as it comes in, and which refusals keep the file for administrators to know of."""

from collections.abc import Sequence
from typing import Final

from anyio import to_thread

from hauberk.db.repository import DbSession
from hauberk.db.session import pause
from hauberk.domain.permissions import Actor
from hauberk.features.identity.context import Context
from hauberk.features.quarantine import service as quarantine
from hauberk.infra import clamav
from hauberk.ingest import receive
from hauberk.ingest.receive import Upload
from hauberk.kit.errors import Refusal, UnsupportedMedia
from hauberk.parsers.sdk import Parser

UNKNOWN: Final = "unsupported_format"


class Quarantined(Exception):
    """The file is refused, and the quarantine's now: whoever has it must not delete it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


async def check(
    session: DbSession,
    context: Context,
    actor: Actor,
    upload: Upload,
    *,
    head: bytes,
    mapped: Sequence[Parser],
) -> None:
    """By content, never by name. Raises the refusal, or `Quarantined` with it."""
    try:
        await to_thread.run_sync(receive.check_head, head, upload.requested.format, mapped)
    except Refusal as error:
        refusal = await _after_clamav(session, context, upload, error)
        if refusal.code not in quarantine.CODES:
            raise
        await quarantine.keep(
            session,
            actor,
            upload.stored,
            file_name=upload.file_name,
            code=refusal.code,
            detail=refusal.message,
        )
        await pause(session)
        raise Quarantined(refusal) from refusal


async def _after_clamav(session: DbSession, context: Context, upload: Upload, refusal: Refusal) -> Refusal:
    """What no format recognises may be worse than that: the virus scanner knows more names than we do."""
    if refusal.code != UNKNOWN or not context.settings.clamav.address:
        return refusal
    await pause(session)
    found = await to_thread.run_sync(_look, context, upload.stored.key)
    if found.signature is None:
        return refusal
    return UnsupportedMedia(f"ClamAV found {found.signature} in the file.", code="malware_found")


def _look(context: Context, key: str) -> clamav.Looked:
    with context.storage.open_local(key) as path:
        return clamav.look(context.settings, path)
