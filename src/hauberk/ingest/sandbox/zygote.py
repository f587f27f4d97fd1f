"""The zygote: a small process with the parsers imported, which forks one child for each task and says how it ended.

    python -I -m hauberk.ingest.sandbox.zygote DESCRIPTOR LIMITS FOLDERS

A task comes over the socket DESCRIPTOR as a fixed-size header with these descriptors: the task's control socket, the
child's message pipe, its arguments pipe, its files. Closing the control socket kills the child; how it ended is
written to it. When the socket's other end is closed or its owner dies, the zygote ends, and its children with it.
"""

import contextlib
import encodings
import gc
import importlib
import json
import os
import pkgutil
import selectors
import signal
import socket
import sys
from dataclasses import dataclass

from hauberk.ingest.sandbox import child
from hauberk.ingest.sandbox.limits import Limits
from hauberk.parsers import registry

HEADER_BYTES = 1024
MAX_DESCRIPTORS = 32


@dataclass(frozen=True)
class _Child:
    pid: int
    control: socket.socket


class Zygote:
    def __init__(self, tasks: socket.socket, limits: Limits) -> None:
        self._tasks = tasks
        self._limits = limits
        self._children: dict[int, _Child] = {}
        self._selector = selectors.DefaultSelector()

    def serve(self) -> None:
        wake_up, wake_up_from_signal = os.pipe()
        os.set_blocking(wake_up, False)
        os.set_blocking(wake_up_from_signal, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake_up_from_signal)
        self._selector.register(self._tasks, selectors.EVENT_READ)
        self._selector.register(wake_up, selectors.EVENT_READ)
        while True:
            for key, _ in self._selector.select():
                if key.fileobj == wake_up:
                    os.read(wake_up, 4096)
                    self._reap()
                elif key.fileobj == self._tasks:
                    if not self._start_task():
                        return
                elif key.data in self._children:
                    self._kill(key.data)

    def _start_task(self) -> bool:
        header, descriptors, _, _ = socket.recv_fds(self._tasks, HEADER_BYTES, MAX_DESCRIPTORS)
        if not header:
            return False
        while len(header) < HEADER_BYTES:
            header += self._tasks.recv(HEADER_BYTES - len(header))
        wanted = json.loads(header)
        control, messages, arguments, *files = descriptors
        task = child.Task(
            wanted["entry"], dict(zip(wanted["files"], files, strict=True)), messages, arguments
        )
        with contextlib.suppress(Exception):  # the child meets the same error, and tells it
            child.prepare(task.entry)
        zygote = os.getpid()
        pid = os.fork()
        if pid == 0:
            child.run(task, self._limits, zygote)
        for descriptor in (messages, arguments, *files):
            os.close(descriptor)
        started = _Child(pid, socket.socket(fileno=control))
        self._children[pid] = started
        self._selector.register(started.control, selectors.EVENT_READ, pid)
        return True

    def _kill(self, pid: int) -> None:
        """Its parent has no use for it any more; it is reaped like any other."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self._selector.unregister(self._children[pid].control)

    def _reap(self) -> None:
        while self._children:
            pid, status, used = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            ended = self._children.pop(pid)
            with contextlib.suppress(KeyError):
                self._selector.unregister(ended.control)
            report = {"status": status, "cpu_seconds": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss}
            with contextlib.suppress(OSError), ended.control:
                ended.control.sendall(json.dumps(report).encode())


# What the standard library imports only when it is first used.
LATE_IMPORTS = (
    "_strptime",
    "zoneinfo",
    "email.utils",
    "html.entities",
    "stringprep",
    "unicodedata",
    "quopri",
    "zlib",
)


def _preload() -> None:
    """All that a child could want to import: it cannot open a file."""
    registry.parsers()
    for name in LATE_IMPORTS:
        importlib.import_module(name)
    for module in pkgutil.iter_modules(encodings.__path__):
        with contextlib.suppress(ImportError):  # those of other systems
            importlib.import_module(f"encodings.{module.name}")


def main() -> None:
    descriptor, limits, folders = sys.argv[1:]
    sys.path.extend(json.loads(folders))
    os.environ.clear()  # Python itself has put its locale there
    # A number of more digits than Python converts by default makes ijson's C code crash; the limits bound the cost.
    sys.set_int_max_str_digits(0)
    _preload()
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Zygote(socket.socket(fileno=int(descriptor)), Limits(**json.loads(limits))).serve()


if __name__ == "__main__":
    main()
