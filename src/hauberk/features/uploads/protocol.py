"""The headers of tus 1.0, the protocol of resumable uploads (https://tus.io/protocols/resumable-upload), read strictly."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final

from hauberk.kit.errors import Invalid, UnsupportedMedia

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,creation-with-upload,termination,checksum,expiration,concatenation"
OFFSET_TYPE: Final = "application/offset+octet-stream"
ALGORITHMS: Final = ("sha1", "sha256")
MAX_METADATA_CHARS: Final = 4_096
MAX_JOINED: Final = 100
_NUMBER = re.compile(r"\d{1,18}")


@dataclass(frozen=True, slots=True)
class Concat:
    """`Upload-Concat`: a part of a file, or the file made of those parts (their ids, in order)."""

    is_partial: bool
    joined: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checksum:
    algorithm: str
    digest: bytes

    def start(self) -> Any:
        return hashlib.new(self.algorithm, usedforsecurity=False)


def number(header: str, value: str | None) -> int:
    if value is None or not _NUMBER.fullmatch(value):
        raise Invalid([(f"/{header}", f"{header} must be a whole number of bytes.")], code="header_wrong")
    return int(value)


def metadata(value: str | None) -> dict[str, str]:
    """`Upload-Metadata`: pairs of a name and base64, apart by commas."""
    found: dict[str, str] = {}
    if value is None:
        return found
    if len(value) > MAX_METADATA_CHARS:
        raise _wrong("Upload-Metadata", f"has at most {MAX_METADATA_CHARS:,} characters")
    for pair in value.split(","):
        name, _, packed = pair.strip().partition(" ")
        if not name or name in found:
            raise _wrong("Upload-Metadata", "names each key once, followed by a space and base64")
        try:
            found[name] = base64.b64decode(packed, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise _wrong(
                "Upload-Metadata", f"must hold base64 of UTF-8 text; “{name[:40]}” does not"
            ) from error
    return found


def checksum(value: str | None) -> Checksum | None:
    if value is None:
        return None
    algorithm, _, packed = value.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise _wrong("Upload-Checksum", f"can be made with {' or '.join(ALGORITHMS)}")
    try:
        return Checksum(algorithm, base64.b64decode(packed, validate=True))
    except binascii.Error as error:
        raise _wrong("Upload-Checksum", "is an algorithm, a space and base64") from error


def concat(value: str | None) -> Concat | None:
    if value is None:
        return None
    if value == "partial":
        return Concat(is_partial=True)
    kind, _, paths = value.partition(";")
    joined = tuple(path.rstrip("/").rpartition("/")[2] for path in paths.split())
    if kind != "final" or not 0 < len(joined) <= MAX_JOINED:
        raise _wrong(
            "Upload-Concat", f"is “partial”, or “final;” with 1 to {MAX_JOINED} addresses of uploads"
        )
    return Concat(is_partial=False, joined=joined)


def check_content_type(value: str | None) -> None:
    if value != OFFSET_TYPE:
        raise UnsupportedMedia(f"The bytes of an upload are sent as {OFFSET_TYPE}.")


def expires(instant: datetime) -> str:
    return format_datetime(instant.astimezone(UTC), usegmt=True)  # a database may speak of another zone


def _wrong(header: str, words: str) -> Invalid:
    return Invalid([(f"/{header}", f"{header} {words}.")], code="header_wrong")
