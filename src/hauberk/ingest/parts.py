"""A part of a report that covers several assets: what the report says of one of them, in a file of its own.

A file of frames (four bytes of length, then MessagePack): first a `PartHead`, then findings. It holds what the parser
read, so that hundreds of hosts do not have one large report read hundreds of times.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

import msgspec

from hauberk.domain.finding import FindingKind
from hauberk.domain.reported import ItemProblem, ReportedFinding, ReportHeader
from hauberk.parsers.sdk import FormatInfo, ReportError
from hauberk.parsers.sdk.unchanged import Unchanged

LENGTH: Final = struct.Struct("!I")
MAX_FRAME: Final = 64 * 1024 * 1024
_pack = msgspec.msgpack.Encoder()
_finding = msgspec.msgpack.Decoder(ReportedFinding)


class PartHead(msgspec.Struct, kw_only=True):
    """`format`, `scanner` and `kinds` are the whole report's."""

    format: str
    scanner: str
    kinds: tuple[FindingKind, ...]
    header: ReportHeader
    problems: list[ItemProblem] = []
    """Of the whole report: whose results could not be read nobody knows, so that any asset's may be among them."""
    further_problems: int = 0
    """How many more there were, which nobody listed."""


def frame(value: msgspec.Struct) -> bytes:
    packed = _pack.encode(value)
    return LENGTH.pack(len(packed)) + packed


class OpenedPart:
    """A part, as `parsers.reading.OpenedReport`."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._head = msgspec.msgpack.decode(self._read() or b"", type=PartHead)
        about = self._head
        self.format = FormatInfo(
            id=about.format, scanner=about.scanner, title=about.format, kinds=about.kinds, docs=""
        )

    @property
    def bytes_read(self) -> int:
        return self._file.tell()

    @property
    def further_problems(self) -> int:
        return self._head.further_problems

    def records(
        self,
        unchanged: Unchanged | None = None,  # noqa: ARG002 — a part's text is ours, not the scanner's
    ) -> Iterator[ReportedFinding | ReportHeader | ItemProblem]:
        yield self._head.header
        yield from self._head.problems
        while (packed := self._read()) is not None:
            yield _finding.decode(packed)

    def _read(self) -> bytes | None:
        head = self._file.read(LENGTH.size)
        if not head:
            return None
        length = LENGTH.unpack(head)[0] if len(head) == LENGTH.size else MAX_FRAME
        packed = self._file.read(length)
        if len(packed) != length:
            raise ReportError("truncated", "The file ends inside a result.", f"byte {self._file.tell()}")
        return packed
