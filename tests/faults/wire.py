"""A wire between a process and a server, which loses replies, breaks, falls silent or refuses, when it is told to.

with Wire(("10.0.0.1", 0), "/run/queue.sock") as wire:
    wire.lose_replies(3)     # the next three are read from the server, and reach nobody: their connections are reset
    wire.reset()             # every connection is
    wire.is_silent = True    # nothing arrives any more, either way, and no connection ends
"""

import socket
import struct
import threading
from contextlib import suppress
from typing import Self

_RESETS = struct.pack("ii", 1, 0)
"""Lingering for no time: closing tells the other end that the connection broke."""


class Wire:
    """Listens at `here`, and leads to the socket of a server on this machine."""

    def __init__(self, here: tuple[str, int], there: str) -> None:
        self._there = there
        self._listener = socket.create_server(here)
        self.host, self.port = self._listener.getsockname()[:2]
        self.is_silent = False
        self.lost = 0
        self._to_lose = 0
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.reset()

    def lose_replies(self, number: int) -> None:
        with self._lock:
            self._to_lose += number

    def reset(self) -> None:
        with self._lock:
            standing, self._open = self._open, set()
        for each in standing:
            _break(each)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.socket(socket.AF_UNIX)
                try:
                    far.connect(self._there)
                except OSError:
                    _break(near)
                    continue
                with self._lock:
                    self._open |= {near, far}
                for source, sink, is_reply in ((near, far, False), (far, near, True)):
                    threading.Thread(target=self._carry, args=(source, sink, is_reply), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, is_reply: bool) -> None:
        with suppress(OSError):
            while received := source.recv(1 << 16):
                if self.is_silent:
                    continue
                if is_reply and self._loses():
                    break
                sink.sendall(received)
        with self._lock:
            self._open -= {source, sink}
        for each in (source, sink):
            _break(each)

    def _loses(self) -> bool:
        with self._lock:
            if self._to_lose == 0:
                return False
            self._to_lose -= 1
            self.lost += 1
            return True


def _break(end: socket.socket) -> None:
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESETS)
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
