"""What was found to have drifted, in a file until it is written: of very many findings the reasons alone fill a memory."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO, Final

import msgspec

AT_ONCE: Final = 5_000
_encoder = msgspec.json.Encoder()


class Matches:
    """One a line: a known occurrence that goes on under another key, the pass that found it, and why.

    Nothing else uses the file meanwhile.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, occurrence_id: int, pass_name: str, detail: dict[str, Any]) -> None:
        self._file.write(_encoder.encode((occurrence_id, pass_name, detail)) + b"\n")
        self._count += 1

    def batches(self) -> Iterator[str]:
        """All, in the order in which they were found: JSON arrays of `[occurrence, pass, detail]`, as they are written."""
        self._file.seek(0)
        while some := list(islice(self._file, AT_ONCE)):
            yield f"[{b','.join(some).decode()}]"
