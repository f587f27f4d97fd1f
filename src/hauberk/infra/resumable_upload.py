"""A large file sent to a Hauberk server in pieces (tus 1.0): a lost connection, a restart of either side costs one piece."""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

from hauberk.infra.api_client import UPLOAD_TIMEOUT, ApiClient, ProblemError, credentials_file
from hauberk.kit.errors import Unavailable

TUS: Final = {"Tus-Resumable": "1.0.0"}
CHUNK: Final = 32 * 1024 * 1024
PIECE: Final = 256 * 1024
PATIENCE_SECONDS: Final = 300.0
"""Without a byte of progress."""
_PASSING: Final = frozenset({409, 423, 429, 500, 502, 503, 504})
_GONE: Final = frozenset({404, 410})


class ResumableUpload:
    """`ResumableUpload(client, path, progress).send()` is the id of a complete upload."""

    def __init__(self, client: ApiClient, path: Path, progress: Callable[[int], Any]) -> None:
        self._client = client
        self._path = path
        self._progress = progress
        found = path.stat()
        self._size = found.st_size
        name = f"{client.url}|{path.resolve()}|{found.st_size}|{found.st_mtime_ns}"
        self._key = hashlib.sha256(name.encode()).hexdigest()
        self._where = _kept().get(self._key)

    def send(self) -> str:
        """Goes on where it stood. Gives up when for minutes nothing moved."""
        until = time.monotonic() + PATIENCE_SECONDS
        pause, at = 0.5, 0
        with self._path.open("rb") as file:
            while at < self._size:
                try:
                    at = self._stands()
                    self._progress(at)
                    while at < self._size:
                        at = self._send_from(file, at)
                        until, pause = time.monotonic() + PATIENCE_SECONDS, 0.5
                except (ProblemError, Unavailable) as error:
                    if isinstance(error, ProblemError) and error.status not in _PASSING:
                        raise
                    if time.monotonic() > until:
                        raise
                    time.sleep(pause)
                    pause = min(pause * 2, 10.0)
        assert self._where is not None
        return self._where.rpartition("/")[2]

    def forget(self) -> None:
        """It has become a scan; a next call with this file begins anew."""
        _keep({key: where for key, where in _kept().items() if key != self._key})

    def _stands(self) -> int:
        """Where to go on; a beginning where there is none, or where it has expired."""
        if self._where is not None:
            try:
                answer = self._client.send("HEAD", self._where, headers=TUS)
                return int(answer.headers["upload-offset"])
            except ProblemError as error:
                if error.status not in _GONE:
                    raise
        named = base64.b64encode(self._path.name.encode()).decode()
        answer = self._client.send(
            "POST",
            "/uploads",
            headers=TUS | {"Upload-Length": str(self._size), "Upload-Metadata": f"filename {named}"},
        )
        self._where = f"/uploads/{answer.headers['location'].rpartition('/')[2]}"
        _keep(_kept() | {self._key: self._where})
        return 0

    def _send_from(self, file: BinaryIO, at: int) -> int:
        assert self._where is not None
        length = min(CHUNK, self._size - at)
        answer = self._client.send(
            "PATCH",
            self._where,
            content=self._pieces(file, at, length),
            headers=TUS
            | {
                "Upload-Offset": str(at),
                "Content-Type": "application/offset+octet-stream",
                "Content-Length": str(length),
            },
            timeout=UPLOAD_TIMEOUT,
        )
        return int(answer.headers["upload-offset"])

    def _pieces(self, file: BinaryIO, at: int, length: int) -> Iterator[bytes]:
        file.seek(at)
        while length and (piece := file.read(min(PIECE, length))):
            yield piece
            at += len(piece)
            length -= len(piece)
            self._progress(at)


def _file() -> Path:
    return credentials_file().with_name("uploads.json")


def _kept() -> dict[str, str]:
    """Uploads under way, by server and file; which they are is no secret, and they expire on the server."""
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _keep(kept: dict[str, str]) -> None:
    _file().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _file().write_text(json.dumps(kept), encoding="utf-8")
