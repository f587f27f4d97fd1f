"""What was found to have drifted, in a file until it is written: of very many findings the reasons alone fill a memory."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO, Final

import msgspec

AT_ONCE: Final = 5_000


class Match(msgspec.Struct, array_like=True, frozen=True):
    """A known occurrence that goes on under another key, and why: `detail` as JSON."""

    occurrence_id: int
    pass_name: str
    detail: msgspec.Raw


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Match)


class Matches:
    """One a line; nothing else uses the file meanwhile."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, occurrence_id: int, pass_name: str, detail: dict[str, Any]) -> None:
        encoded = msgspec.Raw(_encoder.encode(detail))
        self._file.write(_encoder.encode(Match(occurrence_id, pass_name, encoded)) + b"\n")
        self._count += 1

    def batches(self) -> Iterator[list[Match]]:
        """All, in the order in which they were found."""
        self._file.seek(0)
        while some := list(map(_decoder.decode, islice(self._file, AT_ONCE))):
            yield some
