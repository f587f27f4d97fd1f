"""Steps 1 and 2: a report whose bytes are durable becomes a scan and a job, in the caller's transaction."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hauberk.db.models.asset import Asset
from hauberk.db.models.scan import Scan
from hauberk.domain.fingerprint import text_hash
from hauberk.infra.storage import StoredFile
from hauberk.ingest.jobs import import_scan
from hauberk.ingest.scope import AUTOMATIC, Requested
from hauberk.jobs.enqueue import enqueue_async
from hauberk.kit.errors import Conflict, Invalid, UnsupportedMedia
from hauberk.parsers.naming import formats_named
from hauberk.parsers.reading import candidates
from hauberk.parsers.sdk import Parser, ReportError, Source
from hauberk.parsers.sdk.probe import NOTHING_IN_IT, PROBE_SIZE

HEAD_BYTES: Final = PROBE_SIZE + 1
"""What `check_head` wants to see; one byte more than is looked at, to know whether there is more."""
_COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04")


@dataclass(frozen=True)
class Upload:
    """A report as it came in, its bytes already durable."""

    requested: Requested
    stored: StoredFile
    file_name: str | None
    uploaded_by: int | None
    is_dry_run: bool = False
    idempotency_key: str | None = None

    @property
    def request_hash(self) -> str:
        """Equal for equal requests: what an idempotency key stands for."""
        asked = msgspec.json.encode((self.stored.sha256, self.requested, self.is_dry_run))
        return text_hash(asked).hex()


def check_head(head: bytes, format: str | None, mapped: Sequence[Parser] = ()) -> None:  # noqa: A002 — the field's own name
    """Refuses what is visibly no report that is known here or `mapped`. Raises Invalid or UnsupportedMedia."""
    if format is not None:
        named = [each for each in mapped if each.info.id == format] or formats_named(format)
        if not named:
            raise Invalid(
                [("/format", f"There is no format “{format[:60]}”; GET /api/v1/formats lists them.")]
            )
        if not head and not any(each.info.may_be_blank for each in named):
            raise Invalid([("/file", "The file is empty.")], code="empty_file")
        return
    if not head:
        raise Invalid([("/file", NOTHING_IN_IT)], code="empty_file")
    if head.startswith(_COMPRESSED) and len(head) >= HEAD_BYTES:
        return  # recognised when it is read: a cut archive tells nothing reliable
    try:
        found = candidates(Source(io.BytesIO(head)), mapped).found
    except ReportError as error:
        raise UnsupportedMedia(str(error), code=error.code) from error
    if not found and len(head) >= HEAD_BYTES and head.lstrip()[:1] in (b"{", b"["):
        return  # what tells its format may stand behind a long value: reading the whole says
    if not found:
        raise UnsupportedMedia(
            "The file is in no report format that is known here. Name it with `format`;"
            " GET /api/v1/formats lists what can be read.",
            code="unsupported_format",
        )
    best = [parser.info.id for score, parser in found if score == found[0][0]]
    if len(best) > 1:
        raise UnsupportedMedia(
            f"The file could be any of {', '.join(best)}: name one with `format`.", code="ambiguous_format"
        )


async def find_repeated(session: AsyncSession, organization_id: int, upload: Upload) -> int | None:
    """The scan that this idempotency key already made. Raises Conflict when it was made from something else."""
    if upload.idempotency_key is None:
        return None
    row = (
        await session.execute(
            select(Scan.id, Scan.request_hash).where(
                Scan.organization_id == organization_id, Scan.idempotency_key == upload.idempotency_key
            )
        )
    ).one_or_none()
    if row is None:
        return None
    if row.request_hash != upload.request_hash:
        raise Conflict(
            "This Idempotency-Key was used for another upload; use a new key for each.",
            code="idempotency_mismatch",
        )
    scan_id: int = row.id
    return scan_id


async def find_asset(session: AsyncSession, organization_id: int, requested: Requested) -> int | None:
    """The asset that was named, by its id or its name in any case; None when there is none, or none was named."""
    if requested.asset_id is not None:
        named = Asset.id == requested.asset_id
    elif requested.asset not in (None, AUTOMATIC):
        named = Asset.name_key == str(requested.asset).casefold()
    else:
        return None
    wanted = select(Asset.id).where(
        Asset.organization_id == organization_id, named, Asset.deleted_at.is_(None)
    )
    found: int | None = await session.scalar(wanted)
    return found


async def accept(
    session: AsyncSession,
    organization_id: int,
    upload: Upload,
    *,
    asset_id: int | None = None,
    accepted_at: datetime | None = None,
) -> int | None:
    """The scan's id; None when another upload with its idempotency key came first. `asset_id` is `find_asset`'s.

    It is accepted once the caller's transaction has committed; when, the database says, because the order of a series
    follows from it, and the clocks of several machines differ. `accepted_at`: of a demonstration, which plays in the past.
    """
    scan_id: int | None = (
        await session.execute(
            insert(Scan)
            .values(
                organization_id=organization_id,
                asset_id=asset_id,
                requested=msgspec.to_builtins(upload.requested),
                is_dry_run=upload.is_dry_run,
                is_partial=upload.requested.is_partial,
                format=upload.requested.format,
                file_name=upload.file_name,
                storage_key=upload.stored.key,
                size_bytes=upload.stored.size_bytes,
                sha256=upload.stored.sha256,
                uploaded_by=upload.uploaded_by,
                idempotency_key=upload.idempotency_key,
                request_hash=upload.request_hash,
                **({} if accepted_at is None else {"accepted_at": accepted_at}),
            )
            .on_conflict_do_nothing(
                index_elements=[Scan.organization_id, Scan.idempotency_key],
                index_where=Scan.idempotency_key.is_not(None),
            )
            .returning(Scan.id)
        )
    ).scalar_one_or_none()
    if scan_id is None:
        return None
    await enqueue_import(session, organization_id, scan_id, upload.requested, requested_by=upload.uploaded_by)
    return scan_id


def serial_key(requested: Requested) -> str | None:
    """What is done to the findings of one asset is done one after the other."""
    asset = requested.asset_id or (requested.asset or "").casefold()
    return f"asset:{asset}" if asset else None


async def enqueue_import(
    session: AsyncSession,
    organization_id: int,
    scan_id: int,
    requested: Requested,
    *,
    requested_by: int | None,
    is_release: bool = False,
) -> None:
    """Imports of one asset run one at a time, in the order of their acceptance."""
    job_id = await enqueue_async(
        session,
        import_scan,
        organization_id=organization_id,
        serial_key=serial_key(requested),
        requested_by=requested_by,
        scan_id=scan_id,
        is_release=is_release,
    )
    scan = await session.get_one(Scan, (organization_id, scan_id))
    scan.job_id = job_id
    await session.flush()  # the job's id belongs to the same statement batch as the job
