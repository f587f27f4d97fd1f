"""What a parser that was taken over, or is merely broken, might do. Runs inside the sandbox."""

import contextlib
import ctypes
import os
import pathlib
import signal
import socket
import sys
import time


class RefusedError(Exception):
    def __init__(self, code, message, position):
        super().__init__(message)
        self.code, self.message, self.position = code, message, position


def copy(files, arguments, progress):
    with os.fdopen(files["report"], "rb") as report, os.fdopen(files["spool"], "wb") as spool:
        data = report.read()
        progress({"bytes_read": len(data)})
        spool.write(data.upper())
    return {"read": len(data), "arguments": arguments}


def refuse(files, arguments, progress):
    raise RefusedError("truncated", "The file was cut off.", "line 3")


def fail(files, arguments, progress):
    raise ValueError("nobody thought of this")


def segfault(files, arguments, progress):
    ctypes.string_at(0)


def abort(files, arguments, progress):
    os.abort()


def exit_quietly(files, arguments, progress):
    os._exit(0)


def hoard_memory(files, arguments, progress):
    hoard = []
    while True:
        hoard.append(bytearray(1_000_000))


def burn(files, arguments, progress):
    while True:
        pass


def hang(files, arguments, progress):
    progress({"phase": "hanging"})
    time.sleep(600)


def fill_the_disk(files, arguments, progress):
    while True:
        os.write(files["spool"], bytes(1_000_000))


def talk_without_end(files, arguments, progress):
    while True:
        progress({"text": "x" * 1_000_000})


def say_nonsense(files, arguments, progress):
    for descriptor in range(3, 64):
        with contextlib.suppress(OSError):
            os.write(descriptor, b"\xff\xff\xff\xff nonsense")
    time.sleep(600)


def kill_the_parent(files, arguments, progress):
    return {"answer": _error_of(lambda: os.kill(os.getppid(), signal.SIGKILL))}


def try_everything(files, arguments, progress):
    return {
        "opened by the child": {
            name: _error_of(act)
            for name, act in {
                "tcp": lambda: socket.create_connection(("127.0.0.1", arguments["port"]), timeout=1),
                "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
                "unix": lambda: socket.socket(socket.AF_UNIX),
                "passwd": lambda: os.open("/etc/passwd", os.O_RDONLY),
                "write": lambda: os.open("/tmp/hauberk-was-here", os.O_WRONLY | os.O_CREAT),
                "unlink": lambda: pathlib.Path(arguments["file"]).unlink(),
                "list": lambda: list(pathlib.Path("/").iterdir()),
                "fork": os.fork,
                "exec": lambda: os.execv("/bin/true", ["true"]),
                "own memory": lambda: os.open("/proc/self/mem", os.O_RDWR),
            }.items()
        },
        "environment": dict(os.environ),
        "descriptors": [number for number in range(3, 200) if _is_open(number)],
        "files": sorted(files.values()),
        "modules": sorted(
            name for name in sys.modules if name.startswith(("sqlalchemy", "psycopg", "redis"))
        ),
        "digits": len(str(int("9" * 5_000))),
        "uid": os.geteuid(),
    }


def _error_of(act):
    try:
        act()
    except OSError as error:
        return type(error).__name__
    return "nothing stopped it"


def _is_open(number):
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
