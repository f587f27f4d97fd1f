"""The spool folder of one import: what goes into the child and what comes out, in files that end with the import."""

import tempfile
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from hauberk.ingest import encode
from hauberk.ingest.compare import Tally
from hauberk.ingest.known import KnownRows, Marks

_OF_CHILD: Final = ("known", "results", "keys", "rules", "seen", "secrets", "stated", "suppressed")
_OF_WORKER: Final = ("matches",)


class SpoolFolder:
    """Unnamed temporary files, in the state folder so that a large report does not fill the system's own."""

    known: BinaryIO
    results: BinaryIO
    keys: BinaryIO
    rules: BinaryIO
    seen: BinaryIO
    secrets: BinaryIO
    stated: BinaryIO
    suppressed: BinaryIO
    matches: BinaryIO

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in (*_OF_CHILD, *_OF_WORKER):
            setattr(self, name, tempfile.TemporaryFile(dir=folder))  # noqa: SIM115 — closed by __exit__

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._all():
            file.close()

    def files(self) -> dict[str, BinaryIO]:
        """Those that go into the child."""
        return {name: getattr(self, name) for name in _OF_CHILD}

    def _all(self) -> list[BinaryIO]:
        return [getattr(self, name) for name in (*_OF_CHILD, *_OF_WORKER)]

    def reset(self) -> None:
        """Empties every file, before the report is read (again)."""
        for file in self._all():
            file.seek(0)
            file.truncate()

    def fill_with_nothing(self) -> None:
        """As a reading leaves it in which everything was as it was."""
        for file in (self.results, self.keys, self.rules):
            file.write(encode.HEADER + encode.TRAILER)
            file.flush()

    def marks(self) -> Marks:
        """The scope's known occurrences with the child's marks on them."""
        self.seen.seek(0)
        return Marks(KnownRows.of_file(self.known), bytearray(self.seen.read()))

    def reopened_for_append(self) -> tuple[BinaryIO, BinaryIO, BinaryIO]:
        """The three COPY files without their trailers, at their ends."""
        for file in (self.results, self.keys, self.rules):
            file.seek(-len(encode.TRAILER), 2)
            file.truncate()
        return self.results, self.keys, self.rules

    @staticmethod
    def results_written(tally: Tally) -> int:
        """How many rows the child spooled: the next one's number."""
        return tally.new + tally.moved + tally.changed + tally.voids
