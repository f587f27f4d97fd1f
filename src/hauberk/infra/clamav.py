"""ClamAV: a file is streamed to clamd, which says what it found. Asked through the way out, with its limits and breaker."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import urlsplit

import structlog

from hauberk.infra.http import (
    CallFailed,
    CircuitOpen,
    Connected,
    Destination,
    Limits,
    Trust,
    blocking_outbound,
    register,
)
from hauberk.infra.settings import Settings

CLAMAV: Final = register(
    Destination(
        "clamav",
        "Looks for malware in uploaded files",
        trust=Trust.OPERATOR,
        limits=Limits(connect=2.0, read=60.0, total=120.0),
    )
)
CHUNK: Final = 256 * 1024
MAX_ANSWER: Final = 4_096

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Looked:
    """What clamd said: a signature's name, nothing found, or that it could not look (`unseen` says why)."""

    signature: str | None = None
    unseen: str | None = None


NOT_ASKED: Final = Looked()


def look(settings: Settings, path: Path) -> Looked:
    """Blocks; never raises for what clamd does or does not do."""
    if not settings.clamav.address:
        return NOT_ASKED
    if path.stat().st_size > settings.clamav.max_bytes:
        return Looked(unseen=f"it is larger than the {settings.clamav.max_bytes:,} bytes that ClamAV is sent")
    try:
        with blocking_outbound(settings) as http, path.open("rb") as file:
            return _judged(http.exchange(CLAMAV, *_place(settings), lambda to: _stream(to, file)))
    except (CallFailed, CircuitOpen) as error:
        _log.warning("clamav_did_not_look", error=error.message)
        return Looked(unseen="ClamAV did not answer")


def version(settings: Settings) -> str:
    """Engine and age of the signatures, as clamd tells them. Raises what the way out raises."""
    with blocking_outbound(settings) as http:
        return http.exchange(CLAMAV, *_place(settings), lambda to: _ask(to, b"zVERSION\0"))


def _place(settings: Settings) -> tuple[str, int]:
    parts = urlsplit(settings.clamav.address)
    return (parts.path, 0) if parts.scheme == "unix" else (parts.hostname or "", parts.port or 0)


def _stream(to: Connected, file: BinaryIO) -> str:
    to.sendall(b"zINSTREAM\0")
    try:
        while chunk := file.read(CHUNK):
            to.sendall(struct.pack("!L", len(chunk)) + chunk)
        to.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # it had enough, and says why
    return _answer(to)


def _ask(to: Connected, command: bytes) -> str:
    to.sendall(command)
    return _answer(to)


def _answer(from_: Connected) -> str:
    answer = b""
    while len(answer) < MAX_ANSWER and not answer.endswith(b"\0") and (more := from_.recv(MAX_ANSWER)):
        answer += more
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _judged(answer: str) -> Looked:
    said = answer.removeprefix("stream:").strip()
    if said == "OK":
        return Looked()
    if said.endswith(" FOUND"):
        return Looked(signature=said.removesuffix(" FOUND")[:200])
    _log.warning("clamav_refused_to_look", answer=said[:200])
    return Looked(unseen="ClamAV could not look at it")
