"""The scope's open occurrences, as the comparison holds them: 50 bytes each, read from a binary COPY in key order.

What is rarely asked (ids, lines) stays in the file. Keys are found by bisection over their first half, elements (see
`parsers.sdk.unchanged`) in an open-addressed table of positions.
"""

import mmap
import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain
from typing import BinaryIO, Final

from hauberk.ingest.encode import HEADER, TRAILER

UNSEEN, SEEN, SUPPRESSED = 0, 1, 2
KNOWN_COLUMNS: Final = "fingerprint, place_hash, content_hash, element_hash, id, coalesce(line, -1)"
KNOWN_ORDER: Final = "fingerprint, place_hash"
_ROW = struct.Struct("!hi16siqiqiqiqii")
_PLACED = struct.Struct("!2x4xQQ4xq4xq4x8x4x8x4x4x")  # the key in two halves, place, content
_ELEMENT = struct.Struct("!2x4x16x4x8x4x8x4xq4x8x4x4x")
_ID_AT: Final = 2 + 4 + 16 + 3 * 12 + 4
_ID = struct.Struct("!qii")
_BLOCK: Final = 4_096
_COUNT_BITS: Final = 8
_COUNT_MASK: Final = (1 << _COUNT_BITS) - 1
BYTES_A_KNOWN: Final = 50
MAX_OF_ELEMENT: Final = _COUNT_MASK - 1


def element_mark(element: int, results: int) -> int:
    """What an occurrence keeps of the element it was read from: the element, and how many results it had in all.

    0 where nothing may be passed over on its account.
    """
    if element == 0 or not 0 < results <= MAX_OF_ELEMENT:
        return 0
    return element & ~_COUNT_MASK | results


class KnownRows:
    """A binary COPY of `KNOWN_COLUMNS`, by position."""

    def __init__(self, copied: "bytes | mmap.mmap") -> None:
        self._copied = copied
        self._size = max(len(copied) - len(HEADER) - len(TRAILER), 0) // _ROW.size

    @classmethod
    def of_file(cls, file: BinaryIO) -> "KnownRows":
        """Of an export; an empty file has none."""
        file.flush()
        size = file.seek(0, 2)
        return cls(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b"")

    @classmethod
    def of_rows(cls, rows: Iterable[tuple[bytes, int, int, int, int, int]]) -> "KnownRows":
        """Of key, place, content, element, id and line each, in any order."""
        packed = (
            _ROW.pack(6, 16, key, 8, place, 8, content, 8, element, 8, number, 4, line)
            for key, place, content, element, number, line in sorted(rows)
        )
        return cls(HEADER + b"".join(packed) + TRAILER)

    def __len__(self) -> int:
        return self._size

    def id(self, position: int) -> int:
        found: int = _ID.unpack_from(self._copied, self._at(position) + _ID_AT)[0]
        return found

    def line(self, position: int) -> int:
        """-1 where it has none."""
        found: int = _ID.unpack_from(self._copied, self._at(position) + _ID_AT)[2]
        return found

    def unpacked(self, wanted: struct.Struct) -> Iterator[Iterator[tuple[int, ...]]]:
        """What `wanted` unpacks of each row, in blocks of rows; what was read is let go of."""
        end = self._at(self._size)
        for start in range(len(HEADER), end, _BLOCK * _ROW.size):
            block = self._copied[start : min(start + _BLOCK * _ROW.size, end)]
            yield wanted.iter_unpack(block)
        if isinstance(self._copied, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            self._copied.madvise(mmap.MADV_DONTNEED)

    @staticmethod
    def _at(position: int) -> int:
        return len(HEADER) + position * _ROW.size


class Marks:
    """Which of the known occurrences a report confirms, or says it suppressed: `seen` has one byte each."""

    def __init__(self, rows: KnownRows, seen: bytearray | None = None) -> None:
        self.rows = rows
        self.seen = bytearray(len(rows)) if seen is None else seen
        if len(self.seen) != len(rows):
            raise ValueError(f"{len(self.seen)} of {len(rows)} known occurrences are marked")

    def __len__(self) -> int:
        return len(self.rows)

    def positions_marked(self, mark: int) -> Iterator[int]:
        at = self.seen.find(mark)
        while at >= 0:
            yield at
            at = self.seen.find(mark, at + 1)

    def ids_marked(self, mark: int) -> "array[int]":
        return array("q", map(self.rows.id, self.positions_marked(mark)))


class _Placed:
    """Keys, places and contents by position."""

    def __init__(self, rows: KnownRows) -> None:
        self.heads, self.tails = array("Q"), array("Q")
        self.places, self.contents = array("q"), array("q")
        for block in rows.unpacked(_PLACED):
            heads, tails, places, contents = zip(*block, strict=True)
            self.heads.extend(heads)
            self.tails.extend(tails)
            self.places.extend(places)
            self.contents.extend(contents)


class Known(Marks):
    """The same, to be looked up by element, and by key: what that takes is read when the first key is asked for."""

    def __init__(self, rows: KnownRows) -> None:
        super().__init__(rows)
        self._elements = array("q")
        for block in rows.unpacked(_ELEMENT):
            self._elements.extend(chain.from_iterable(block))
        self._slots, self._slot_mask = self._table()

    @cached_property
    def _placed(self) -> _Placed:
        return _Placed(self.rows)

    def _table(self) -> "tuple[array[int], int]":
        size = 1
        while size * 2 < len(self) * 3:
            size *= 2
        slots, mask = array("I", bytes(4 * size)), size - 1
        for position, element in enumerate(self._elements, start=1):
            if element:
                slot = element >> _COUNT_BITS & mask
                while slots[slot]:
                    slot = slot + 1 & mask
                slots[slot] = position
        return slots, mask

    def positions(self, key: bytes) -> Iterator[int]:
        """Where the occurrences under this key are."""
        heads, tails = self._placed.heads, self._placed.tails
        head, tail = int.from_bytes(key[:8], "big"), int.from_bytes(key[8:], "big")
        position = bisect_left(heads, head)
        while position < len(heads) and heads[position] == head:
            if tails[position] == tail:
                yield position
            position += 1

    def at(self, key: bytes, place: int) -> int | None:
        places = self._placed.places
        return next((position for position in self.positions(key) if places[position] == place), None)

    def content(self, position: int) -> int:
        return self._placed.contents[position]

    def confirm(self, element: int) -> int:
        """Marks what was read of this element as seen and says how many it is; 0 when it has to be read again.

        It has to when not all of what was read of it stands, or when the report has shown it before. There are never more
        than were read of it: the same text is always the same results, and each of them is known once.
        """
        slots, elements, seen = self._slots, self._elements, self.seen
        name = element >> _COUNT_BITS
        slot, found = name & self._slot_mask, []
        while position := slots[slot]:
            position -= 1
            known = elements[position]
            if known >> _COUNT_BITS == name:
                if seen[position]:
                    return 0
                if known & _COUNT_MASK == 1:  # nearly always
                    seen[position] = SEEN
                    return 1
                found.append(position)
                if len(found) == known & _COUNT_MASK:
                    break
            slot = slot + 1 & self._slot_mask
        else:
            return 0
        for position in found:
            seen[position] = SEEN
        return len(found)
