"""The archive of changes in the backup target: PostgreSQL's log of all it writes, segment by segment, sealed.

`wal/SYSTEM/` holds the segments of one server, `files/` every stored file once. The segment that is being written is
delivered as `.partial` and replaced until it is full. `state.json` says how far all of it reaches.
"""

import json
import re
import zlib
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from hauberk.infra.backup.sealing import SealedReader, SealedWriter
from hauberk.infra.backup.target import Target
from hauberk.infra.crypto import KeyRing, Undecipherable
from hauberk.kit import clock
from hauberk.kit.errors import Conflict, NotFound

PARTIAL = ".partial"
WAL = "wal/"
FILES = "files/"
SEALED = ".sealed"
_SEGMENT = re.compile(r"[0-9A-F]{24}(\.partial)?")
_HISTORY = re.compile(r"[0-9A-F]{8}\.history")
_BLOCK_BYTES = 1024 * 1024
_FAST = 1
_GIB_4 = 0x1_0000_0000


@dataclass(frozen=True, slots=True)
class Reached:
    """How far the archive goes: a commit before that place in the log is in it."""

    lsn: str
    delivered_at: datetime


class Archive:
    """Of one server, known by its system identifier."""

    def __init__(self, target: Target, system: str, keys: KeyRing) -> None:
        self._target = target
        self._folder = f"{WAL}{system}/"
        self._keys = keys

    def segments(self) -> list[str]:
        """Segments and histories in order; a partial one only where the whole one is not there."""
        found = {
            name.rpartition("/")[2].removesuffix(SEALED)
            for name in self._target.names(self._folder.rstrip("/"))
            if name.endswith(SEALED)
        }
        return sorted(
            name for name in found if not (name.endswith(PARTIAL) and name.removesuffix(PARTIAL) in found)
        )

    def deliver(self, sealed: Path, name: str) -> None:
        self._target.take(sealed, f"{self._folder}{name}{SEALED}")
        if not name.endswith(PARTIAL):
            self._target.delete(f"{self._folder}{name}{PARTIAL}{SEALED}")

    def fetch(self, name: str, path: Path) -> None:
        """A partial one that became whole since it was listed is that."""
        try:
            with self._target.open_local(f"{self._folder}{name}{SEALED}") as sealed:
                unseal(sealed, path, self._keys)
        except NotFound:
            if not name.endswith(PARTIAL):
                raise
            self.fetch(name.removesuffix(PARTIAL), path)

    def delete_before(self, first: str) -> int:
        """Segments that no base needs any more, of whatever timeline; answers how many."""
        old = [name for name in self.segments() if _SEGMENT.fullmatch(name) and name[8:24] < first[8:24]]
        for name in old:
            self._target.delete(f"{self._folder}{name}{SEALED}")
        return len(old)

    def lacks(self, first: str, lsn: str, segment_bytes: int) -> list[str]:
        """Of the way from a segment to a place in the log, what is not here: recovery ends before it, on whatever timeline."""
        last = segment_number(segment_at(0, _before(lsn), segment_bytes), segment_bytes)
        found = {segment_number(name, segment_bytes) for name in self.segments() if _SEGMENT.fullmatch(name)}
        wanted = range(segment_number(first, segment_bytes), last + 1)
        return [segment_of(number, segment_bytes) for number in wanted if number not in found]

    def damaged(self, first: str) -> str | None:
        """The first one from that segment on that is not whole, read to its end."""
        for name in self.segments():
            if _SEGMENT.fullmatch(name) and name[8:24] < first[8:24]:
                continue
            try:
                with (
                    self._target.open_local(f"{self._folder}{name}{SEALED}") as path,
                    path.open("rb") as file,
                ):
                    opened = SealedReader(file, self._keys)
                    while opened.read(_BLOCK_BYTES):
                        pass
            except NotFound:
                continue  # a partial one that became whole meanwhile
            except Undecipherable:
                return name
        return None

    def bytes_from(self, first: str) -> int:
        """Of what is kept from that segment on."""
        sizes = self._target.names(self._folder.rstrip("/"))
        return sum(
            size
            for name, size in sizes.items()
            if name.endswith(SEALED) and name.rpartition("/")[2][8:24] >= first[8:24]
        )

    @property
    def reached(self) -> Reached | None:
        try:
            content = json.loads(self._target.read(f"{self._folder}state.json"))
        except (NotFound, ValueError):
            return None
        return Reached(content["lsn"], datetime.fromisoformat(content["delivered_at"]))

    def say_reached(self, lsn: str) -> None:
        state = asdict(Reached(lsn, clock.now()))
        self._target.write(f"{self._folder}state.json", json.dumps(state, default=str).encode())


def is_of_archive(name: str) -> bool:
    return bool(_SEGMENT.fullmatch(name) or _HISTORY.fullmatch(name))


def segment_at(timeline: int, lsn: str, segment_bytes: int) -> str:
    """The name of the segment with that place in it."""
    return f"{timeline:08X}{segment_of(lsn_number(lsn) // segment_bytes, segment_bytes)}"


def segment_of(number: int, segment_bytes: int) -> str:
    """Its name without the timeline."""
    high, low = divmod(number, _GIB_4 // segment_bytes)
    return f"{high:08X}{low:08X}"


def segment_number(name: str, segment_bytes: int) -> int:
    return int(name[8:16], 16) * (_GIB_4 // segment_bytes) + int(name[16:24], 16)


def _before(lsn: str) -> str:
    """A place on the border of two segments needs only the first of them."""
    high, low = divmod(max(lsn_number(lsn) - 1, 0), _GIB_4)
    return f"{high:X}/{low:X}"


def lsn_number(lsn: str) -> int:
    high, _, low = lsn.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


def seal(source: Path, target: Path, keys: KeyRing) -> Path:
    """Compressed and encrypted."""
    packer = zlib.compressobj(_FAST)
    with source.open("rb") as read, target.open("wb") as written:
        sealed = SealedWriter(written, keys, {})
        while block := read.read(_BLOCK_BYTES):
            sealed.write(packer.compress(block))
        sealed.write(packer.flush())
        sealed.finish()
    return target


def unseal(source: Path, target: Path, keys: KeyRing) -> None:
    unpacker = zlib.decompressobj()
    try:
        with source.open("rb") as read, target.open("wb") as written:
            opened = SealedReader(read, keys)
            while block := opened.read(_BLOCK_BYTES):
                written.write(unpacker.decompress(block))
            written.write(unpacker.flush())
    except (Undecipherable, zlib.error) as error:
        raise Conflict(f"{source.name} in the archive is damaged: {error}.") from error
