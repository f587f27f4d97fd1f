"""The sandbox's test of itself, run in a child: tries what must not succeed, and names what did."""

import os
import socket
from collections.abc import Callable
from typing import Any


def run(_files: dict[str, int], _arguments: dict[str, Any], _progress: Callable[..., None]) -> dict[str, Any]:
    attempts = {
        "a socket could be opened": _open_socket,
        "a file could be read": _read_file,
        "the environment is not empty": _read_environment,
    }
    return {"reached": [name for name, attempt in attempts.items() if _succeeds(attempt)]}


def _succeeds(attempt: Callable[[], None]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def _open_socket() -> None:
    """A socket without a network leads nowhere; reaching this machine's own loopback would be a leak."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))


def _read_file() -> None:
    os.close(os.open("/etc/passwd", os.O_RDONLY))


def _read_environment() -> None:
    if not os.environ:
        raise OSError
