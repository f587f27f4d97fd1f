"""What a file is that no format recognises: malware's test signature, a program, an unsafe archive, or only the wrong kind.

A signature says something only here. Inside a recognised report it is text: scanners quote what they find.
"""

import zlib
from typing import Final

from hauberk.parsers.sdk.archive import Archive, Member, archive_of
from hauberk.parsers.sdk.errors import ReportError, excerpt
from hauberk.parsers.sdk.source import BOMB_FLOOR, BOMB_RATIO, Source

HEAD: Final = 4_096
MAX_LOOKED_AT: Final = 200
_EICAR: Final = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + b"$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

_PROGRAMS: Final = (
    (b"\x7fELF", "a Linux program"),
    (b"MZ", "a Windows program"),
    (b"\xfe\xed\xfa\xce", "a macOS program"),
    (b"\xfe\xed\xfa\xcf", "a macOS program"),
    (b"\xce\xfa\xed\xfe", "a macOS program"),
    (b"\xcf\xfa\xed\xfe", "a macOS program"),
    (b"\xca\xfe\xba\xbe", "a Java class or macOS program"),
    (b"dex\n", "an Android program"),
    (b"\0asm", "a WebAssembly program"),
    (b"#!", "a script"),
    (b"L\0\0\0\x01\x14\x02\0", "a Windows shortcut"),
)
_ARCHIVES: Final = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\xfd7zXZ\0", "an xz file"),
    (b"BZh", "a bzip2 file"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
)
_OTHERS: Final = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document or Windows installer"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"ID3", "a sound"),
    (b"OggS", "a sound or film"),
    *_ARCHIVES[2:],
)
# The header's `magic`: https://www.gnu.org/software/tar/manual/html_node/Standard.html
_TAR: Final = slice(257, 262)


def refuse(source: Source) -> None:
    """Raises ReportError with the reason, where there is a better one than that no format fits."""
    archive = archive_of(source)
    if archive is not None:
        _refuse_archive(archive)
        return
    head = source.file().read(HEAD)
    if head.startswith(b"\x1f\x8b"):
        head = _unpacked(head)
        _refuse_nested(head, "The gzip file")
    _refuse_content(head, "The file")
    for magic, kind in _OTHERS:
        if head.startswith(magic):
            raise ReportError("unsupported_format", f"The file is {kind}, not a report.")


def refuse_tar(source: Source) -> None:
    """Of a tar archive, packed or not, whose text would be taken for a report with something printed around it."""
    head = source.file().read(HEAD)
    head = _unpacked(head) if head.startswith(b"\x1f\x8b") else head
    if head[_TAR] == b"ustar":
        message = "The file is a tar archive: unpack it, and send each report by itself."
        raise ReportError("unsupported_format", message)


def has_signature(source: Source) -> bool:
    """Whether the file begins like malware or a program; that alone refuses nothing."""
    try:
        _refuse_content(source.file().read(HEAD), "The file")
    except ReportError:
        return True
    return False


def _refuse_archive(archive: Archive) -> None:
    for member in list(archive.members("*"))[:MAX_LOOKED_AT]:
        name = f"“{excerpt(member.name)}” in the ZIP archive"
        if member.is_link:
            raise ReportError("archive_unsafe", f"{name} is a link, not a file.")
        if member.leads_out:
            raise ReportError("archive_unsafe", f"{name} has a name that leads out of the archive.")
        if member.size > max(BOMB_FLOOR, BOMB_RATIO * member.packed_size):
            raise ReportError("archive_bomb", f"{name} inflates more than {BOMB_RATIO} times.")
        head = _head_of(member)
        _refuse_nested(head, name)
        _refuse_content(head, name)
    if len(archive.names) > 1:
        message = (
            f"The ZIP archive holds {len(archive.names):,} files and is as a whole in no format that is known:"
            " unpack it, and send each report by itself."
        )
        raise ReportError("unsupported_format", message)


def _refuse_nested(head: bytes, name: str) -> None:
    if any(head.startswith(magic) for magic, _ in _ARCHIVES):
        raise ReportError("archive_nested", f"{name} holds another archive; send the reports themselves.")


def _refuse_content(head: bytes, name: str) -> None:
    if _EICAR in head:
        raise ReportError("malware_signature", f"{name} is the EICAR test file for virus scanners.")
    for magic, kind in _PROGRAMS:
        if head.startswith(magic):
            raise ReportError("executable_content", f"{name} is {kind}, not a report.")


def _head_of(member: Member) -> bytes:
    head = b""
    stream = member.file()
    while len(head) < HEAD and (more := stream.read(HEAD)):
        head += more
    return head


def _unpacked(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(head, HEAD)
    except zlib.error:
        return b""
