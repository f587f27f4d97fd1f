"""Rows in PostgreSQL's binary COPY format, so that the writer streams the child's spool without reading it.

Format: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format".
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from functools import lru_cache
from io import BytesIO
from mmap import ACCESS_READ, mmap
from typing import BinaryIO, Final, NamedTuple

from hauberk.ingest.normalise import Result

HEADER: Final = b"PGCOPY\n\xff\r\n\x00" + struct.pack("!ii", 0, 0)
TRAILER: Final = struct.pack("!h", -1)
_NULL: Final = struct.pack("!i", -1)
_JSONB_VERSION: Final = 1

# Columns of the temporary table `imported` (ingest.write), in order.
COLUMNS: Final = (
    "seq int4, action int2, occurrence_id int8, fingerprint uuid, group_key uuid, place_hash int8, content_hash int8,"
    " element_hash int8,"
    " kind int2, severity int2, rule_hash uuid, line int4, epss float8, severity_word text,"
    " target text, location jsonb, component jsonb, suppression jsonb, stable_ids int8[]"
)
_FIXED = struct.Struct("!hiiihiqi16si16siqiqiqihihi16s")
ACTION_OFFSET: Final = 2 + 8 + 4
"""Where the action and the occurrence id stand in a row: decided by the drift passes after the row was written."""
_PATCH = struct.Struct("!hiq")
_KEY_ROW = struct.Struct("!hi16sihi16s")
_RULE_HEAD = struct.Struct("!hi16s")
_VARIABLE: Final = 8
"""Fields after the fixed ones: line, epss, severity word, target, location, component, suppression, stable ids."""
_LENGTH = struct.Struct("!i")
_JSONB_HEAD = struct.Struct("!ib")
_INT4 = struct.Struct("!ii")
_FLOAT8 = struct.Struct("!id")
_INT8 = struct.Struct("!iq")
_INT8S = struct.Struct("!iiiiii")
_ONE_INT8 = struct.Struct("!iiiiiiiq")
_INT8_TYPE: Final = 20


class Action(IntEnum):
    """What is to be done with a result that is not simply unchanged."""

    NEW = 0
    CHANGED = 1
    MOVED = 2
    SAID_NEW = 3
    """New, and the report itself calls it so: others come first where it might be a known one that moved."""
    VOID = 4
    """Nothing: another result of the report says that all is as it was."""


def result_row(result: Result, *, seq: int, action: Action, occurrence_id: int, group: bytes) -> bytes:
    """One row of `imported`."""
    line, epss, word, target = result.line, result.epss, result.severity_word, result.target
    location, component, suppression = result.location, result.component, result.suppression
    stable_ids = result.stable_ids
    return b"".join(
        (
            _FIXED.pack(
                19, 4, seq, 2, action, 8, occurrence_id, 16, result.keys[0], 16, group, 8, result.place, 8, result.content,
                8, result.element, 2, result.kind, 2, result.severity, 16, result.rule,
            ),
            _NULL if line is None else _INT4.pack(4, line),
            _NULL if epss is None else _FLOAT8.pack(8, epss),
            _NULL if word is None else _repeated_text(word),
            _NULL if target is None else _repeated_text(target),
            _NULL if location is None else _jsonb(location),
            _NULL if component is None else _jsonb(component),
            _NULL if suppression is None else _jsonb(suppression),
            _int8s(stable_ids) if stable_ids else _NULL,
        )
    )  # fmt: skip


def patch_action(spool: BinaryIO | mmap, offset: int, action: Action, occurrence_id: int) -> None:
    """Overwrites action and occurrence of the row at `offset`; the caller stands at the end again afterwards.

    For very many a map of the file that may be written: each costs a file three calls of the system.
    """
    if isinstance(spool, mmap):
        _PATCH.pack_into(spool, offset + ACTION_OFFSET, action, 8, occurrence_id)
        return
    spool.seek(offset + ACTION_OFFSET)
    spool.write(_PATCH.pack(action, 8, occurrence_id))
    spool.seek(0, 2)


def key_row(group: bytes, ordinal: int, fingerprint: bytes) -> bytes:
    """One row of `imported_key (group_key uuid, ordinal int2, fingerprint uuid)`."""
    return _KEY_ROW.pack(3, 16, group, 2, ordinal, 16, fingerprint)


def rule_row(content_hash: bytes, body: bytes) -> bytes:
    """One row of `imported_rule (content_hash uuid, body jsonb)`."""
    return _RULE_HEAD.pack(2, 16, content_hash) + _jsonb(body)


class Spooled(NamedTuple):
    """A row of `imported`, read back; `offset` is where it stands."""

    offset: int
    action: int
    fingerprint: bytes
    group: bytes
    place: int
    kind: int
    rule: bytes
    line: int
    location: bytes | None
    component: bytes | None
    stable_ids: tuple[int, ...]
    occurrence_id: int
    target: bytes | None


@contextmanager
def readable(spool: BinaryIO) -> Iterator[mmap | bytes]:
    """What was written so far."""
    spool.flush()
    if isinstance(spool, BytesIO):
        yield spool.getvalue()
        return
    with mmap(spool.fileno(), 0, access=ACCESS_READ) as mapped:
        yield mapped


def spooled_results(spool: mmap | bytes, *actions: Action) -> Iterator[Spooled]:
    """The rows of the results' spool that have these actions, in order. Rows of others cost a look at their lengths."""
    at = len(HEADER)
    while (fields := spool[at : at + 2]) and fields != TRAILER:
        offset = at
        values, at = _variable(spool, offset)
        if _FIXED.unpack_from(spool, offset)[4] in actions:
            yield _spooled(spool, offset, values)


def spooled_result(spool: mmap, offset: int) -> Spooled:
    """The row that stands there."""
    return _spooled(spool, offset, _variable(spool, offset)[0])


def spooled_rule(spool: mmap, offset: int) -> bytes:
    """The content hash of the rule of the row that stands there, alone."""
    rule: bytes = _FIXED.unpack_from(spool, offset)[22]
    return rule


def _variable(spool: mmap | bytes, offset: int) -> tuple[list[tuple[int, int]], int]:
    """Where the row's values of varying length begin, and their lengths; and where the row ends."""
    at, values = offset + _FIXED.size, []
    for _ in range(_VARIABLE):
        (length,) = _LENGTH.unpack_from(spool, at)
        values.append((at + 4, length))
        at += 4 + max(length, 0)
    return values, at


def _spooled(spool: mmap | bytes, offset: int, values: list[tuple[int, int]]) -> Spooled:
    row = _FIXED.unpack_from(spool, offset)
    line, _, _, target, location, component, _, stable_ids = (
        None if length < 0 else spool[start : start + length] for start, length in values
    )
    return Spooled(
        offset, row[4], row[8], row[10], row[12], row[18], row[22],
        -1 if line is None else int.from_bytes(line, "big"),
        location and location[1:], component and component[1:],
        () if stable_ids is None else tuple(value for _, value in _INT8.iter_unpack(stable_ids[_INT8S.size - 4 :])),
        row[6], target,
    )  # fmt: skip


def spooled_keys(spool: mmap) -> Iterator[tuple[bytes, int, bytes]]:
    """Group, ordinal and fingerprint of each row of the keys' spool."""
    for at in range(len(HEADER), len(spool) - len(TRAILER), _KEY_ROW.size):
        row = _KEY_ROW.unpack_from(spool, at)
        yield row[2], row[4], row[6]


def spooled_rules(spool: mmap) -> Iterator[tuple[bytes, bytes]]:
    """Content hash and body of each row of the rules' spool."""
    at, end = len(HEADER), len(spool) - len(TRAILER)
    while at < end:
        content_hash = _RULE_HEAD.unpack_from(spool, at)[2]
        start = at + _RULE_HEAD.size + 4
        (length,) = _LENGTH.unpack_from(spool, start - 4)
        at = start + length
        yield content_hash, spool[start + 1 : at]


def _text(value: str) -> bytes:
    encoded = value.encode()
    return _LENGTH.pack(len(encoded)) + encoded


_repeated_text = lru_cache(maxsize=256)(_text)


def _jsonb(value: bytes) -> bytes:
    return _JSONB_HEAD.pack(len(value) + 1, _JSONB_VERSION) + value


def _int8s(values: tuple[int, ...]) -> bytes:
    """One dimension, no nulls, from index 1."""
    if len(values) == 1:  # nearly always
        return _ONE_INT8.pack(32, 1, 0, _INT8_TYPE, 1, 1, 8, values[0])
    size = _INT8S.size - 4 + _INT8.size * len(values)
    head = _INT8S.pack(size, 1, 0, _INT8_TYPE, len(values), 1)
    return head + b"".join([_INT8.pack(8, value) for value in values])
