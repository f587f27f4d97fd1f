"""A scan made of a resumable upload: `POST /scans` with JSON that names it, in the place of a form with the file."""

from collections.abc import AsyncIterator
from typing import Any, Final

from fastapi import Request
from pydantic import ValidationError
from pydantic_core import from_json

from hauberk.db.repository import DbSession
from hauberk.domain.permissions import Actor
from hauberk.features.scans.schemas import UploadOrder
from hauberk.features.uploads import service as uploads
from hauberk.infra.storage import Storage, StoredFile
from hauberk.kit.errors import Invalid, TooLarge

MEDIA_TYPE: Final = "application/json"
MAX_BYTES: Final = 64 * 1024


def is_order(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == MEDIA_TYPE


async def read_order(request: Request) -> UploadOrder:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise TooLarge(MAX_BYTES, message=f"The body is larger than {MAX_BYTES:,} bytes.")
    try:
        return UploadOrder.model_validate(from_json(bytes(body)))
    except ValidationError as error:
        raise Invalid([_wrong(each) for each in error.errors()]) from error
    except ValueError as error:
        raise Invalid([("", "This is not JSON.")]) from error


async def stored_file(
    session: DbSession, actor: Actor, storage: Storage, number: int, *, head_bytes: int
) -> tuple[StoredFile, str | None, bytes]:
    """The file of a complete upload, its name and its first bytes."""
    upload = await uploads.taken(session, actor, storage, number)
    assert upload.storage_key is not None
    assert upload.sha256 is not None
    stored = StoredFile(upload.storage_key, upload.length, upload.sha256)
    return stored, upload.file_name, await _first(storage.read(stored.key), head_bytes)


async def _first(chunks: AsyncIterator[bytes], size: int) -> bytes:
    head = bytearray()
    async for chunk in chunks:
        head += chunk[: size - len(head)]
        if len(head) >= size:
            break
    return bytes(head)


def _wrong(error: Any) -> tuple[str, str]:
    place = "/" + "/".join(str(each) for each in error["loc"])
    if error["type"] == "extra_forbidden":
        return place, f"There is no such field; there are {', '.join(UploadOrder.model_fields)}."
    if error["type"] == "missing":
        return place, "This is needed: the id of a complete upload."
    return place.rstrip("/"), f"{error['msg']}."
