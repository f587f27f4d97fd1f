"""Readers that no longer behave, in the place of the real one. They run in the sandbox, where they can import no test."""

import os
import re
import socket


class RefusedError(Exception):
    def __init__(self, message):
        super().__init__(message)
        self.code, self.message, self.position = "schema_mismatch", message, None


def loop(files, arguments, progress):
    while True:
        pass


def match_for_ever(files, arguments, progress):
    re.match(r"(a+)+$", "a" * 60 + "b")


def hoard(files, arguments, progress):
    kept = []
    while True:
        kept.append(bytearray(8_000_000))


def crash(files, arguments, progress):
    os.abort()


def reach(files, arguments, progress):
    attempts = {
        "a socket": socket.socket,
        "a file": lambda: os.open("/etc/passwd", os.O_RDONLY),
        "a place to write": lambda: os.open("/tmp/hauberk-was-here", os.O_WRONLY | os.O_CREAT),
    }
    reached = [name for name, attempt in attempts.items() if _succeeds(attempt)]
    if os.environ:
        reached.append("the environment")
    raise RefusedError(f"It reached {', '.join(reached) or 'nothing of all that it tried'}.")


def pry(files, arguments, progress):
    os.open("/etc/passwd", os.O_RDONLY)


def _succeeds(attempt):
    try:
        attempt()
    except OSError:
        return False
    return True
