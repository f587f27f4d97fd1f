"""Rows in PostgreSQL's binary COPY format, so that the writer streams the child's spool without reading it.

Format: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format".
"""

import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import BinaryIO, Final

from hauberk.ingest.normalise import Result

HEADER: Final = b"PGCOPY\n\xff\r\n\x00" + struct.pack("!ii", 0, 0)
TRAILER: Final = struct.pack("!h", -1)
_NULL: Final = struct.pack("!i", -1)
_JSONB_VERSION: Final = b"\x01"

# Columns of the temporary table `imported` (ingest.write), in order.
COLUMNS: Final = (
    "seq int4, action int2, occurrence_id int8, fingerprint uuid, group_key uuid, place_hash int8, content_hash int8,"
    " kind int2, severity int2, priority int4, rule_hash uuid, line int4, epss float8, severity_word text,"
    " target text, location jsonb, component jsonb, suppression jsonb"
)
_FIXED = struct.Struct("!hiiihiqi16si16siqiqihihiii16s")
ACTION_OFFSET: Final = 2 + 8 + 4
"""Where the action and the occurrence id stand in a row: decided by the drift passes after the row was written."""
_PATCH = struct.Struct("!hiq")
_KEY_ROW = struct.Struct("!hi16sihi16s")
_RULE_HEAD = struct.Struct("!hi16s")
_KNOWN = struct.Struct("!hi16siqiqiqii")
KNOWN_COLUMNS: Final = "fingerprint, place_hash, content_hash, id, coalesce(line, -1)"


class Action(IntEnum):
    """What is to be done with a result that is not simply unchanged."""

    NEW = 0
    CHANGED = 1
    MOVED = 2


def result_row(result: Result, *, seq: int, action: Action, occurrence_id: int, group: bytes) -> bytes:
    """One row of `imported`."""
    line, epss = result.line, result.epss
    return b"".join(
        (
            _FIXED.pack(
                18, 4, seq, 2, action, 8, occurrence_id, 16, result.keys[0], 16, group, 8, result.place, 8, result.content,
                2, result.kind, 2, result.severity, 4, result.priority, 16, result.rule,
            ),
            _NULL if line is None else struct.pack("!ii", 4, line),
            _NULL if epss is None else struct.pack("!id", 8, epss),
            _text(result.severity_word),
            _text(result.target),
            _jsonb(result.location),
            _jsonb(result.component),
            _jsonb(result.suppression),
        )
    )  # fmt: skip


def patch_action(spool: BinaryIO, offset: int, action: Action, occurrence_id: int) -> None:
    """Overwrites action and occurrence of the row at `offset`; the caller stands at the end again afterwards."""
    spool.seek(offset + ACTION_OFFSET)
    spool.write(_PATCH.pack(action, 8, occurrence_id))
    spool.seek(0, 2)


def key_row(group: bytes, ordinal: int, fingerprint: bytes) -> bytes:
    """One row of `imported_key (group_key uuid, ordinal int2, fingerprint uuid)`."""
    return _KEY_ROW.pack(3, 16, group, 2, ordinal, 16, fingerprint)


def rule_row(content_hash: bytes, body: bytes) -> bytes:
    """One row of `imported_rule (content_hash uuid, body jsonb)`."""
    return _RULE_HEAD.pack(2, 16, content_hash) + _jsonb(body)


def known_rows(copied: memoryview) -> Iterator[tuple[bytes, int, int, int, int]]:
    """Fingerprint, place, content, occurrence id and line (-1: none) of each row of a binary COPY OUT."""
    end = len(copied) - len(TRAILER)
    for fields in _KNOWN.iter_unpack(copied[len(HEADER) : end]):
        yield fields[2], fields[4], fields[6], fields[8], fields[10]


def _text(value: str | None) -> bytes:
    if value is None:
        return _NULL
    encoded = value.encode()
    return struct.pack("!i", len(encoded)) + encoded


def _jsonb(value: bytes | None) -> bytes:
    if value is None:
        return _NULL
    return struct.pack("!i", len(value) + 1) + _JSONB_VERSION + value
