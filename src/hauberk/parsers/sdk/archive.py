"""Archive: the members of a ZIP file (Fortify's FPR, zipped exports, XLSX workbooks), each read like a file of its own.

Nothing is ever extracted: a member is inflated while it is read, as often as asked, with bounds on how many there are, how
large they are and how much comes out of how little. An archive inside an archive stays closed.
"""

import codecs
import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import IO, cast

from hauberk.parsers.sdk.errors import ReportError
from hauberk.parsers.sdk.source import BOMB_FLOOR, BOMB_RATIO, CHUNK, Source

MAX_MEMBERS = 65_536
MAX_MEMBER = 4 * 1024**3
_MAX_DIRECTORY = 16 * 1024 * 1024
_NOT_CONTENT = ("__macosx/*", "*.ds_store", "*/thumbs.db")
_MEMBER_HEADER = 30
_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
codecs.lookup("cp437")  # loaded now: names without the UTF-8 flag are in it, and the sandbox opens no files
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


class Archive:
    """The directory of a ZIP file. Raises ReportError when it is damaged, cut off or not plausible."""

    def __init__(self, source: Source) -> None:
        self._source = source
        try:
            self._zip = zipfile.ZipFile(cast(IO[bytes], _Directory(source.file())))
        except zipfile.BadZipFile as error:
            raise ReportError(
                "truncated", "The ZIP archive has no readable directory at its end; was the file cut off?"
            ) from error
        except (*_DAMAGE, LookupError) as error:
            raise ReportError("archive_corrupt", f"The ZIP archive is damaged: {error}.") from error
        entries = [entry for entry in self._zip.infolist() if not entry.is_dir()]
        if len(entries) > MAX_MEMBERS:
            raise ReportError("too_many_items", f"The ZIP archive has more than {MAX_MEMBERS} members.")
        if _overlap(entries, source.size):
            raise ReportError("archive_bomb", "The members of the ZIP archive overlap.")
        named = {entry.filename.replace("\\", "/"): entry for entry in entries}
        self._entries = {name: entry for name, entry in named.items() if not _matches(name, _NOT_CONTENT)}
        source.furthest = 0  # the directory lies at the end: nothing is read yet

    @property
    def names(self) -> list[str]:
        return list(self._entries)

    def members(self, *patterns: str) -> Iterator["Member"]:
        """Those whose whole name fits one of the patterns (`*audit.fvdl`; `*` also spans folders; any case)."""
        for name, entry in self._entries.items():
            if _matches(name, patterns):
                yield Member(self._source, self._zip, name, entry)


class Member(Source):
    """One member as a report of its own."""

    def __init__(self, whole: Source, archive: zipfile.ZipFile, name: str, entry: zipfile.ZipInfo) -> None:
        super().__init__(io.BytesIO())
        self.name = name
        self._whole, self._zip, self._entry = whole, archive, entry
        self.size = entry.file_size

    @property
    def bytes_read(self) -> int:
        return self._whole.bytes_read

    @property
    def packed_size(self) -> int:
        return self._entry.compress_size

    @property
    def is_link(self) -> bool:
        return stat.S_ISLNK(self._entry.external_attr >> 16)

    @property
    def leads_out(self) -> bool:
        """Whether it would be written elsewhere, if it ever were."""
        return self.name.startswith("/") or ".." in self.name.split("/") or ":" in self.name[:2]

    def file(self) -> io.RawIOBase:
        entry = self._entry
        if entry.flag_bits & 1:
            raise ReportError("archive_corrupt", f"“{self.name[:100]}” in the ZIP archive is encrypted.")
        if entry.compress_type not in _READABLE:
            raise ReportError(
                "archive_corrupt",
                f"“{self.name[:100]}” is compressed in a way that is not read (only deflate).",
            )
        if entry.file_size > MAX_MEMBER:
            raise ReportError(
                "value_too_large",
                f"“{self.name[:100]}” in the ZIP archive is larger than {MAX_MEMBER >> 30} GiB.",
            )
        return _Inflated(self._zip, entry)


class _Inflated(io.RawIOBase):
    def __init__(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        self._entry, self._out = entry, 0
        try:
            self._stream = archive.open(entry)
        except _DAMAGE as error:
            raise _damage(entry, error) from error

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._stream.read(size if 0 < size <= CHUNK else CHUNK)
        except _DAMAGE as error:
            raise _damage(self._entry, error) from error
        self._out += len(data)
        if self._out > BOMB_FLOOR and self._out > BOMB_RATIO * self._entry.compress_size:
            raise ReportError(
                "archive_bomb", f"“{self._entry.filename[:100]}” inflates more than {BOMB_RATIO} times."
            )
        return data


class _Directory(io.BufferedIOBase):
    """What zipfile reads from: it takes the directory in one piece, whose size the file claims."""

    def __init__(self, file: io.RawIOBase) -> None:
        self._file = file

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > _MAX_DIRECTORY:
            raise ReportError("too_many_items", "The directory of the ZIP archive is too large.")
        return self._file.read(-1 if size is None else size) or b""


def archive_of(source: Source) -> Archive | None:
    """The archive that this file is, or None; one inside another is none."""
    return Archive(source) if source.is_zip and not isinstance(source, Member) else None


def report_in(source: Source) -> Source:
    """The file itself, or the only one in it: a report is often sent zipped."""
    archive = archive_of(source)
    if archive is None or len(archive.names) != 1:
        return source
    return next(archive.members("*"))


def _overlap(entries: list[zipfile.ZipInfo], size: int) -> bool:
    """Whether members share bytes: each begins with a header of 30, and ends before the next one does."""
    begins = sorted((entry.header_offset, entry.compress_size) for entry in entries)
    ends = [offset + _MEMBER_HEADER + packed for offset, packed in begins]
    return any(end > begin for end, (begin, _) in zip(ends, [*begins[1:], (size, 0)], strict=False))


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    lowered = name.lower()
    return any(fnmatchcase(lowered, pattern.lower()) for pattern in patterns)


def _damage(entry: zipfile.ZipInfo, error: Exception) -> ReportError:
    return ReportError("archive_corrupt", f"“{entry.filename[:100]}” in the ZIP archive is damaged: {error}.")
