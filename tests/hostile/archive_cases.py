"""Archives and bodies that lie about their size: Z1 to Z9 (the connection itself in test_connection.py)."""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator

from hostile.catalogue import Ended, Size, Try, case
from hostile.json_cases import finding, report

REPORT = report(finding(1), finding(2))
NAME = "report.json"


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return made.getvalue()


def bomb(mib: int) -> bytes:
    """A report that ends after so many blanks."""
    return REPORT.replace(b"]}", b" " * (mib * 2**20) + b"]}")


@case("Z1", "a thousand times as large inside as outside")
def bombs(size: Size) -> Iterator[Try]:
    large = bomb(size(400, 24))
    yield Try(gzip.compress(large), ("archive_bomb",), cpu_seconds=5)
    yield Try(zipped((NAME, large)), ("archive_bomb",), cpu_seconds=5)


@case("Z2", "archives in archives")
def nested(_: Size) -> Iterator[Try]:
    inner = zipped((NAME, REPORT))
    for _level in range(4):
        inner = zipped(("inner.zip", inner))
    yield Try(inner, ("archive_nested",))
    yield Try(gzip.compress(gzip.compress(REPORT)), ("archive_nested",))


@case("Z3", "many members that are one and the same bytes")
def overlapping(size: Size) -> Iterator[Try]:
    whole = zipped(("0.json", bomb(size(10, 1))))  # a thousand of ten megabytes are ten gigabytes
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        start = archive.start_dir
    entry = whole[start:-22]
    count = size(1_000, 200)
    directory = b"".join(entry[:46] + b"%d.json" % (number % 10) + entry[52:] for number in range(count))
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0)
    yield Try(whole[:start] + directory + end, ("archive_bomb",), cpu_seconds=2)


@case("Z4", "sizes that are lies")
def lies(size: Size) -> Iterator[Try]:
    whole = bytearray(zipped((NAME, bomb(size(50, 2)))))
    for place in (22, whole.rindex(b"PK\x01\x02") + 24):
        whole[place : place + 4] = struct.pack("<L", 10)
    yield Try(bytes(whole), ("archive_corrupt", "truncated"))
    packed = bytearray(gzip.compress(REPORT))
    packed[-4:] = struct.pack("<L", 10)
    yield Try(bytes(packed), ("archive_corrupt",))
    broken = bytearray(zipped((NAME, REPORT)))
    broken[45] ^= 0xFF
    yield Try(bytes(broken), ("archive_corrupt", "truncated"))
    yield Try(_with_descriptor(b"\xff" * 12), findings=2)  # sizes behind the content are asked by nobody


def _with_descriptor(lie: bytes) -> bytes:
    """A member whose size was not known when it was begun: checksum and sizes follow it, and are these."""

    class Pipe(io.BytesIO):
        def tell(self) -> int:
            raise OSError

    made = Pipe()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NAME, REPORT)
    whole = bytearray(made.getvalue())
    place = whole.index(b"PK\x07\x08") + 4
    whole[place : place + 12] = lie
    return bytes(whole)


@case("Z5", "names that lead out of the archive")
def names(size: Size) -> Iterator[Try]:
    for name in (
        "../../x.json",
        "/etc/x.json",
        "C:\\x.json",
        "..\\x.json",
        "a/../../b.json",
        "n" * 4000,
        "CON",
        "a\nb.json",
        "\u202eabc.json",
        "a\0.json",
    )[: size(10, 3)]:
        yield Try(zipped((name, REPORT)), findings=2)
    yield Try(
        zipped(("Report.json", REPORT), ("report.JSON", REPORT)), ("unsupported_format", "ambiguous_format")
    )


@case("Z6", "tar with links, devices and holes")
def tars(size: Size) -> Iterator[Try]:
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE)[: size(4, 1)]:
        made = io.BytesIO()
        with tarfile.open(fileobj=made, mode="w") as archive:
            entry = tarfile.TarInfo("../out")
            entry.type, entry.linkname, entry.mode = kind, "/etc/passwd", 0o4777
            archive.addfile(entry)
        yield Try(made.getvalue(), ("unsupported_format",))
        yield Try(gzip.compress(made.getvalue()), ("unsupported_format",))
    sparse = tarfile.TarInfo(NAME)
    sparse.type, sparse.size = tarfile.GNUTYPE_SPARSE, 2**40
    negative = tarfile.TarInfo(NAME)
    negative.size, negative.mtime = -(2**40), -1
    for entry in (sparse, negative):
        yield Try(entry.tobuf(tarfile.GNU_FORMAT) + REPORT.ljust(1024, b"\0"), ("unsupported_format",))
    link = zipfile.ZipInfo("link.json")
    link.external_attr = 0o120777 << 16
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    yield Try(
        made.getvalue(),
        ("unsupported_format", "archive_unsafe"),
        check=lambda ended: "root:" not in ended.message,
    )


@case("Z7", "encrypted, unknown, spanned, and hundreds of thousands of members")
def unreadable(size: Size) -> Iterator[Try]:
    encrypted = bytearray(zipped((NAME, REPORT)))
    for place in (6, encrypted.rindex(b"PK\x01\x02") + 8):
        encrypted[place] |= 1
    yield Try(bytes(encrypted), ("archive_corrupt",), says="encrypted")
    yield Try(zipped((NAME, REPORT), method=zipfile.ZIP_LZMA), ("archive_corrupt",), says="deflate")
    for method in (93, 99):  # zstandard; AES
        yield Try(_patched({8: method, 10 + _DIRECTORY: method}), ("archive_corrupt",), says="deflate")
    yield Try(
        _patched({20 + _DIRECTORY: 0xFFFF, 22 + _DIRECTORY: 0xFFFF, 24 + _DIRECTORY: 0xFFFF, 26 + _DIRECTORY: 0xFFFF}),
        ("archive_bomb", "archive_corrupt", "truncated"),
    )  # fmt: skip
    yield Try(b"PK\x07\x08" + zipped((NAME, REPORT)), ("unsupported_format", "archive_corrupt", "truncated"))
    yield Try(zipped((NAME, REPORT))[:-30], ("truncated", "archive_corrupt", "unsupported_format"))
    count = size(200_000, 70_000)
    yield Try(zipped(*((f"{number}", b"") for number in range(count))), ("too_many_items",), cpu_seconds=20)


_DIRECTORY = 1_000_000
"""Added to a place in the entry of the directory; others are in the header before the member."""


def _patched(values: dict[int, int]) -> bytes:
    """A ZIP file of one member with other numbers of two bytes at these places."""
    whole = bytearray(zipped((NAME, REPORT)))
    start = whole.rindex(b"PK\x01\x02")
    for place, value in values.items():
        at = start + place - _DIRECTORY if place >= _DIRECTORY else place
        whole[at : at + 2] = struct.pack("<H", value)
    return bytes(whole)


@case("Z8", "gzip of several members, with something behind it")
def gzips(_: Size) -> Iterator[Try]:
    half = len(REPORT) // 2
    yield Try(gzip.compress(REPORT[:half]) + gzip.compress(REPORT[half:]), findings=2)
    yield Try(gzip.compress(REPORT) + b"\0" * 512, findings=2)
    yield Try(gzip.compress(REPORT) + b"trailing", ("archive_corrupt", "schema_mismatch"))
    yield Try(gzip.compress(REPORT)[:-12], ("truncated",))
    deflated = zlib.compress(REPORT)
    yield Try(deflated, ("unsupported_format",))


def _blanks(size: int) -> Iterable[bytes]:
    yield REPORT
    for _ in range(size // 2**20):
        yield b" " * 2**20


@case("Z9", "larger than what is taken")
def too_large(_: Size) -> Iterator[Try]:
    yield Try(
        _blanks(161 * 2**20),
        ("too_large", "upload_too_large", "payload_too_large"),
        check=_was_413,
    )


def _was_413(ended: Ended) -> bool:
    return ended.answered == 413
