"""Uploads under way in the database. Everybody sees only what they send themselves."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import ColumnElement, Select, delete, func, select, text, update

from hauberk.db.models.upload import Upload, UploadPart
from hauberk.db.repository import Order, Repository
from hauberk.domain.permissions import Actor
from hauberk.infra.storage import StoredFile
from hauberk.kit.errors import Gone

_LOCK = text("select pg_advisory_xact_lock(hashtext('hauberk.uploads'), :organization)")


class UploadRepository(Repository[Upload]):
    model = Upload
    kind = "upload"
    orders: ClassVar[dict[str, Order]] = {"-id": Order.by(Upload.id, descending=True)}

    def visible_to(self, actor: Actor) -> Select[Upload]:
        return super().visible_to(actor).where(*_sent_by(actor))

    async def current(self, actor: Actor, number: int, *, for_update: bool = False) -> Upload:
        """As it is now; raises `Gone` for one that nobody continued in time."""
        found = await self.get(actor, number, for_update=for_update)
        await self.session.refresh(found)
        if found.expires_at <= await self.now():
            raise Gone("Nobody continued this upload in time; start it anew.")
        return found

    async def now(self) -> datetime:
        found: datetime = (await self.session.scalars(select(func.clock_timestamp()))).one()
        return found

    async def under_way(self, actor: Actor) -> tuple[int, int]:
        """How many this person has unfinished, and the bytes that all of the organization hold; counted one by one."""
        await self.session.execute(_LOCK, {"organization": actor.organization_id})
        going = (
            Upload.organization_id == actor.organization_id,
            Upload.scan_id.is_(None),
            Upload.expires_at > func.clock_timestamp(),
        )
        mine = await self.session.scalar(select(func.count()).where(*going, *_sent_by(actor)))
        held = await self.session.scalar(select(func.coalesce(func.sum(Upload.length), 0)).where(*going))
        return mine or 0, int(held or 0)

    async def advance(
        self, upload: Upload, at: int, parts: Sequence[StoredFile], lifetime: timedelta
    ) -> bool:
        """Adds durable bytes; False when somebody else has, at the same place."""
        size = sum(part.size_bytes for part in parts)
        moved = await self.session.scalar(
            update(Upload)
            .where(
                Upload.organization_id == upload.organization_id,
                Upload.id == upload.id,
                Upload.received == at,
            )
            .values(received=at + size, expires_at=func.clock_timestamp() + lifetime)
            .returning(Upload.id)
        )
        if moved is None:
            return False
        for part in parts:
            self.session.add(_part(upload, at, part))
            at += part.size_bytes
        await self.session.flush()
        return True

    async def parts(self, *uploads: Upload) -> list[UploadPart]:
        """In the order of their bytes, one upload after the other."""
        found: list[UploadPart] = []
        for upload in uploads:
            wanted = (
                select(UploadPart)
                .where(
                    UploadPart.organization_id == upload.organization_id, UploadPart.upload_id == upload.id
                )
                .order_by(UploadPart.begins_at)
            )
            found += (await self.session.scalars(wanted)).all()
        return found

    async def complete(self, upload: Upload, whole: StoredFile) -> bool:
        """One file from here on; False when another request was quicker."""
        done = await self.session.scalar(
            update(Upload)
            .where(
                Upload.organization_id == upload.organization_id,
                Upload.id == upload.id,
                Upload.storage_key.is_(None),
            )
            .values(storage_key=whole.key, sha256=whole.sha256)
            .returning(Upload.id)
        )
        if done is not None:
            await self.session.execute(
                delete(UploadPart).where(
                    UploadPart.organization_id == upload.organization_id, UploadPart.upload_id == upload.id
                )
            )
        return done is not None

    async def join(self, final: Upload, partials: Sequence[Upload]) -> None:
        """The parts of the partial uploads become those of the final one, which ends them."""
        at = 0
        for part in await self.parts(*partials):
            stored = StoredFile(part.storage_key, part.size_bytes, part.sha256)
            self.session.add(_part(final, at, stored))
            at += part.size_bytes
        for partial in partials:
            await self.remove(partial)
        await self.session.flush()


def _sent_by(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return Upload.uploaded_by == actor.user_id, Upload.service_account_id == actor.service_account_id


def _part(upload: Upload, at: int, stored: StoredFile) -> UploadPart:
    return UploadPart(
        organization_id=upload.organization_id,
        upload_id=upload.id,
        begins_at=at,
        size_bytes=stored.size_bytes,
        storage_key=stored.key,
        sha256=stored.sha256,
    )
