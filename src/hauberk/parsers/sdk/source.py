"""Source: a report's bytes as clean UTF-8, decompressed and decoded while they are read, from the start as often as asked."""

import codecs
import io
import json
import re
import zlib
from functools import cached_property
from typing import BinaryIO

from hauberk.parsers.sdk.errors import ReportError

CHUNK = 128 * 1024
BOMB_RATIO = 200
BOMB_FLOOR = 10 * 1024 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
_ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
_MAX_LINE_BEFORE = 64 * 1024
_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\r")
# What colours a terminal's text and clears its line; tools write it into files as well.
_TERMINAL = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
_TERMINAL_BEGUN = re.compile(rb"\x1b(?:\[[0-9;?]{0,20})?\Z")


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Reports that declare UTF-8 and hold Windows text are common; their stray bytes are read as that."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("hauberk.cp1252", _as_cp1252)


class Source:
    """The uploaded file. It must be seekable: recognising and two-pass formats read it again."""

    def __init__(self, file: BinaryIO, *, lines_before: int = 0) -> None:
        self._file = file
        self.lines_before = lines_before
        """So many lines are no part of the report: `log_lines`."""
        self._start = file.tell()
        self.size = file.seek(0, io.SEEK_END) - self._start
        self.furthest = 0

    @property
    def bytes_read(self) -> int:
        """How far into the file reading has got, for progress."""
        return self.furthest

    def after_lines(self, count: int) -> "Source":
        """The same text without its first lines."""
        self._file.seek(self._start)
        return Source(self._file, lines_before=count)

    def file(self) -> io.RawIOBase:
        """The bytes as they are, from the beginning."""
        return _Pass(self._file, self._start, self)

    @cached_property
    def is_zip(self) -> bool:
        return self.file().read(4) in _ZIP_MAGICS

    def open(self, *, repair: bool = False, encoding: str | None = None) -> io.BufferedReader:
        """The text from its beginning, as UTF-8 without a byte order mark.

        `repair` also replaces bytes that are no UTF-8 and drops control characters (XML, CSV, lines), a terminal's
        colours with all that belongs to them; without it only a UTF-16 or UTF-32 text is transcoded, UTF-8 passes
        untouched (JSON: the decoder checks it anyway).
        `encoding` is what the document declares; a byte order mark wins over it.
        """
        if self.is_zip:
            message = "The file is a ZIP archive, not the text that was expected: unpack it, and send each report by itself."
            raise ReportError("format_mismatch", message)
        raw = self.file()
        if self.file().read(2) == _GZIP_MAGIC:
            raw = _Gunzip(raw)
        stream: io.BufferedReader = io.BufferedReader(_Utf8(raw, repair=repair, declared=encoding), CHUNK)
        for _ in range(self.lines_before):
            stream.readline(_MAX_LINE_BEFORE)
        return stream


class _Pass(io.RawIOBase):
    """One reading of the file; several may be under way at once, each keeps its own place."""

    def __init__(self, file: BinaryIO, start: int, source: Source) -> None:
        self._file, self._start, self._source, self._offset = file, start, source, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._offset, io.SEEK_END: self._source.size}[whence]
        if base + offset < 0:
            raise ValueError("a place before the beginning")
        self._offset = base + offset
        return self._offset

    def read(self, size: int = -1) -> bytes:
        self._file.seek(self._start + self._offset)
        data = self._file.read(size if size > 0 else CHUNK)
        self._offset += len(data)
        self._source.furthest = max(self._source.furthest, self._offset)
        return data


class _Gunzip(io.RawIOBase):
    """Gzip, also of several members, with a bound on how much may come out of how little."""

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw = raw
        self._inflate = zlib.decompressobj(wbits=31)
        self._pending = b""
        self._in = self._out = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while True:
            if self._inflate.eof:
                self._pending = self._inflate.unused_data or self._more()
                if not self._pending.strip(b"\0"):
                    return b""
                self._inflate = zlib.decompressobj(wbits=31)
            data = self._pending or self._more()
            if not data:
                raise ReportError("truncated", "The gzip file ends in the middle; it was cut off.")
            try:
                out = self._inflate.decompress(data, size if size > 0 else CHUNK)
            except zlib.error as error:
                raise ReportError("archive_corrupt", f"The gzip file is damaged: {error}.") from error
            self._pending = self._inflate.unconsumed_tail
            self._out += len(out)
            if self._out > BOMB_FLOOR and self._out > BOMB_RATIO * self._in:
                raise ReportError("archive_bomb", f"The gzip file inflates more than {BOMB_RATIO} times.")
            if out:
                return out

    def _more(self) -> bytes:
        data = self._raw.read(CHUNK) or b""
        self._in += len(data)
        return data


class _Utf8(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, *, repair: bool, declared: str | None) -> None:
        self._raw = raw
        self._repair = repair
        self._declared = declared
        self._decoder: codecs.IncrementalDecoder | None = None
        self._pending: bytes | None = None
        self._at_end = False
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._pending and not self._at_end:
            self._pending = self._next(len(buffer))
        data = self._pending or b""
        taken = data[: len(buffer)]
        buffer[: len(taken)] = taken
        self._pending = data[len(taken) :]
        return len(taken)

    def _next(self, size: int) -> bytes:
        first = self._pending is None
        data = self._raw.read(size) or b""
        while first and len(data) < 4 and (more := self._raw.read(size)):
            data += more
        if first:
            data = self._begin(data)
        self._at_end = not data
        if self._decoder is None:
            return data
        text = self._decoder.decode(data, final=self._at_end).encode("utf-8", "replace")
        return self._printable(text) if self._repair else text

    def _printable(self, text: bytes) -> bytes:
        text, self._held = self._held + text, b""
        if b"\x1b" in text:
            text = _TERMINAL.sub(b"", text)
            begun = None if self._at_end else _TERMINAL_BEGUN.search(text)
            if begun:
                text, self._held = text[: begun.start()], begun[0]
        return text.translate(None, _CONTROLS)

    def _begin(self, head: bytes) -> bytes:
        found: str = json.detect_encoding(head) if head else "utf-8"
        if found == "utf-8-sig":
            head, found = head[3:], "utf-8"
        elif found == "utf-8" and self._declared:
            found = self._declared
        if found != "utf-8" or self._repair:
            errors = "hauberk.cp1252" if found == "utf-8" else "replace"
            self._decoder = codecs.getincrementaldecoder(found)(errors)
        return head
