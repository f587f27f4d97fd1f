"""Resumable uploads: each few mebibytes are durable, and counted, before the next are read; so any death costs only those."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from hauberk.db.models.upload import Upload, UploadPart
from hauberk.db.repository import DbSession
from hauberk.db.session import pause
from hauberk.domain.permissions import Actor
from hauberk.features.uploads.protocol import Checksum
from hauberk.features.uploads.repository import UploadRepository
from hauberk.infra.settings import Settings
from hauberk.infra.storage import Storage, StoredFile
from hauberk.kit.errors import Conflict, Forbidden, Invalid, TooLarge

PART_BYTES: Final = 8 * 1024 * 1024
_copying: dict[tuple[int, int], asyncio.Task[StoredFile]] = {}


class QuotaExceeded(TooLarge):
    """More is under way than one person or organization may have."""

    default_code = "quota_exceeded"


class ChecksumMismatch(Invalid):
    """What arrived is not what was sent."""

    default_code = "checksum_mismatch"


@dataclass
class Incoming:
    """A request's body, cut into parts. A client that goes away ends it; what came until then counts."""

    body: AsyncIterator[bytes]
    gone: type[Exception]
    checksum: Checksum | None = None
    received: int = 0
    is_cut: bool = False
    _rest: bytes = b""
    _is_over: bool = False
    _hash: Any = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._hash = self.checksum.start() if self.checksum else None

    async def has_more(self) -> bool:
        while not self._rest and not self._is_over:
            await self._read()
        return bool(self._rest)

    async def part(self) -> AsyncIterator[bytes]:
        left = PART_BYTES
        while left and await self.has_more():
            piece, self._rest = self._rest[:left], self._rest[left:]
            left -= len(piece)
            yield piece

    def is_sound(self) -> bool:
        return self.checksum is None or (not self.is_cut and self._hash.digest() == self.checksum.digest)

    async def _read(self) -> None:
        try:
            self._rest = await anext(self.body)
        except StopAsyncIteration:
            self._is_over = True
        except self.gone:
            self._is_over = self.is_cut = True
        else:
            self.received += len(self._rest)
            if self._hash is not None:
                self._hash.update(self._rest)


async def create(
    session: DbSession,
    actor: Actor,
    settings: Settings,
    *,
    length: int,
    file_name: str | None,
    is_partial: bool,
) -> Upload:
    """An upload of that many bytes, none of them here yet."""
    limits = settings.upload
    if length > limits.max_bytes:
        raise TooLarge(limits.max_bytes)
    if length == 0:
        raise Invalid([("/Upload-Length", "The file is empty.")], code="empty_file")
    repository = UploadRepository(session)
    mine, held = await repository.under_way(actor)
    if mine >= limits.unfinished_per_person:
        raise QuotaExceeded(
            limits.unfinished_per_person,
            message=f"You have {mine} uploads under way; finish or discard one of them first.",
        )
    if held + length > limits.unfinished_bytes:
        raise QuotaExceeded(
            limits.unfinished_bytes,
            message=f"The uploads under way here hold {held:,} bytes, and {limits.unfinished_bytes:,} are allowed"
            " together; try again when one has finished.",
        )
    upload = Upload(
        organization_id=actor.organization_id,
        uploaded_by=actor.user_id,
        service_account_id=actor.service_account_id,
        file_name=file_name,
        is_partial=is_partial,
        length=length,
        expires_at=await repository.now() + _lifetime(settings),
    )
    await repository.add(upload)
    return upload


async def receive(
    session: DbSession,
    actor: Actor,
    settings: Settings,
    storage: Storage,
    *,
    upload: Upload,
    body: Incoming,
    at: int,
) -> Upload:
    """Takes bytes in from an offset on, which must be where the upload stands; the upload as it is then."""
    if upload.storage_key is not None or upload.received != at:
        raise Conflict(
            f"This upload stands at {upload.received:,} bytes, not at {at:,}; continue there.",
            code="wrong_offset",
        )
    repository = UploadRepository(session)
    pending: list[StoredFile] = []
    begins = at
    await pause(session)
    try:
        while await body.has_more():
            part = await storage.write(body.part(), limit=min(PART_BYTES, upload.length - at))
            pending.append(part)
            at += part.size_bytes
            if body.checksum is None:
                await _keep(repository, upload, begins, pending, settings)
                begins, pending = at, []
        if not body.is_sound():
            raise ChecksumMismatch(
                [("/Upload-Checksum", "The bytes that arrived have another checksum; send them again.")]
            )
        if pending:
            await _keep(repository, upload, begins, pending, settings)
            pending = []
    finally:
        for part in pending:
            await storage.delete(part.key)
    found = await repository.current(actor, upload.id)
    return await assembled(session, storage, found) if _is_whole(found) else found


def _is_whole(upload: Upload) -> bool:
    return upload.received == upload.length and not upload.is_partial


async def _keep(
    repository: UploadRepository, upload: Upload, at: int, parts: Sequence[StoredFile], settings: Settings
) -> None:
    if not await repository.advance(upload, at, parts, _lifetime(settings)):
        raise Conflict("Another request continues this upload.", code="wrong_offset")
    await pause(repository.session)


async def assembled(session: DbSession, storage: Storage, upload: Upload) -> Upload:
    """The parts as one stored file, whose hash is the file's. A twin that does the same finds it done."""
    repository = UploadRepository(session)
    parts = await repository.parts(upload)
    if upload.storage_key is not None or not parts:
        return upload
    await pause(session)
    if len(parts) == 1:
        whole = StoredFile(parts[0].storage_key, parts[0].size_bytes, parts[0].sha256)
    else:
        whole = await _copied(storage, upload, parts)
    is_first = await repository.complete(upload, whole)
    await pause(session)
    await session.refresh(upload)
    spare = [part.storage_key for part in parts] if is_first else [whole.key]
    for key in spare:
        if key != upload.storage_key:
            await storage.delete(key)
    return upload


async def _copied(storage: Storage, upload: Upload, parts: Sequence[UploadPart]) -> StoredFile:
    """Goes on when its request is given up: who asks again finds it further, or done."""

    async def content() -> AsyncIterator[bytes]:
        for part in parts:
            async for chunk in storage.read(part.storage_key):
                yield chunk

    key = (upload.organization_id, upload.id)
    if key not in _copying:
        _copying[key] = asyncio.create_task(storage.write(content(), limit=upload.length))
    copying = _copying[key]
    try:
        return await asyncio.shield(copying)
    finally:
        if copying.done():
            _copying.pop(key, None)


async def joined(
    session: DbSession,
    actor: Actor,
    settings: Settings,
    storage: Storage,
    *,
    numbers: Sequence[int],
    file_name: str | None,
) -> Upload:
    """One upload made of several partial ones, in this order."""
    repository = UploadRepository(session)
    partials = [await repository.current(actor, number, for_update=True) for number in numbers]
    if len(set(numbers)) != len(numbers) or not all(each.is_partial for each in partials):
        raise Invalid([("/Upload-Concat", "Name partial uploads, each once.")], code="header_wrong")
    if any(each.received != each.length for each in partials):
        raise Conflict("Not all of these uploads are complete.", code="upload_incomplete")
    length = sum(each.length for each in partials)
    if length > settings.upload.max_bytes:
        raise TooLarge(settings.upload.max_bytes)
    final = Upload(
        organization_id=actor.organization_id,
        uploaded_by=actor.user_id,
        service_account_id=actor.service_account_id,
        file_name=file_name,
        length=length,
        received=length,
        expires_at=await repository.now() + _lifetime(settings),
    )
    await repository.add(final)
    await repository.join(final, partials)
    return await assembled(session, storage, final)


async def discard(session: DbSession, actor: Actor, storage: Storage, number: int) -> None:
    """Ends an upload; its bytes go, unless a scan was made of them."""
    repository = UploadRepository(session)
    upload = await repository.get(actor, number, for_update=True)
    keys = [part.storage_key for part in await repository.parts(upload)]
    if upload.storage_key is not None and upload.scan_id is None:
        keys.append(upload.storage_key)
    await repository.remove(upload)
    await pause(session)
    for key in keys:
        await storage.delete(key)


async def taken(session: DbSession, actor: Actor, storage: Storage, number: int) -> Upload:
    """A complete upload, for whoever makes something of it."""
    upload = await UploadRepository(session).current(actor, number)
    if upload.is_partial:
        raise Invalid([("/upload", "This is a part of an upload; join the parts first.")])
    if upload.received != upload.length:
        raise Conflict(
            f"This upload stands at {upload.received:,} of {upload.length:,} bytes; send the rest first.",
            code="upload_incomplete",
        )
    await assembled(session, storage, upload)
    return await UploadRepository(session).current(actor, number, for_update=True)


async def became_scan(session: DbSession, actor: Actor, number: int, scan_id: int) -> None:
    """The file is the scan's from here on."""
    upload = await UploadRepository(session).get(actor, number)
    upload.scan_id = scan_id
    await session.flush()


async def gave_away(session: DbSession, actor: Actor, number: int) -> None:
    """Its file was taken from it; nothing of the upload is left."""
    repository = UploadRepository(session)
    await repository.remove(await repository.get(actor, number))
    await pause(session)


def refuse_final(upload: Upload) -> None:
    if upload.scan_id is not None:
        raise Forbidden("A scan was made of this upload; it takes no more bytes.")


def _lifetime(settings: Settings) -> timedelta:
    return timedelta(hours=settings.upload.unfinished_hours)
