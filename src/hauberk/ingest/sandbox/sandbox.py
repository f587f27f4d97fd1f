"""Sandbox: runs a function over open files in a confined child, and answers what it returns.

    shared(settings).run("hauberk.ingest.reading:run", files={"report": 7}, arguments={...}, on_progress=print)

The function is `(files: dict[str, int], arguments: dict, progress: Callable[[dict], None]) -> dict`.
"""

import atexit
import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import msgspec
import structlog
from prometheus_client import Counter

from hauberk.infra.settings import Settings
from hauberk.ingest.sandbox import child
from hauberk.ingest.sandbox.errors import (
    ChildCrashed,
    ChildOutOfMemory,
    ChildRefused,
    ChildTimedOut,
    SandboxError,
    SandboxLost,
)
from hauberk.ingest.sandbox.limits import Limits
from hauberk.ingest.sandbox.messages import Inbox, TooMuchError

TICK_SECONDS = 1.0
KILL_SECONDS = 5.0
READ_BYTES = 256 * 1024
HEADER_BYTES = 1024
_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024

DENIED = Counter("sandbox_denied_total", "Readers of reports that ended by trying what they may not do")

log = structlog.get_logger(__name__)
Told = Callable[[dict[str, Any]], None]


def limits_of(settings: Settings) -> Limits:
    return Limits(
        memory=settings.parser.memory,
        cpu_seconds=settings.parser.cpu_seconds,
        wall_seconds=settings.parser.wall_seconds,
        file_bytes=settings.upload.max_expanded_bytes,
    )


class Sandbox:
    """One zygote, started at first use and again when it dies; any number of threads may run children at once."""

    def __init__(self, settings: Settings, *, folders: Sequence[str] = ()) -> None:
        self.limits = limits_of(settings)
        self._folders = list(folders)
        self._lock = threading.Lock()
        self._zygote: _Zygote | None = None

    def run(
        self,
        entry: str,
        *,
        files: Mapping[str, int],
        arguments: dict[str, Any],
        on_progress: Told | None = None,
        check: Callable[[], None] | None = None,
    ) -> dict[str, Any]:
        """`check` is called about once a second; what it or `on_progress` raises kills the child and is raised here."""
        with self._start(entry, files, arguments) as running:
            deadline = time.monotonic() + self.limits.wall_seconds
            while not running.has_ended:
                running.wait(on_progress or _ignore)
                if check is not None:
                    check()
                if time.monotonic() > deadline:
                    raise ChildTimedOut(f"Reading took longer than {self.limits.wall_seconds:.0f} seconds.")
            return running.result(self.limits)

    def missing(self) -> list[str]:
        """What this system refuses to a child; empty is the full sandbox."""
        with self._start("hauberk.ingest.sandbox.selftest:run", {}, {}) as running:
            deadline = time.monotonic() + 30
            while not running.has_ended and time.monotonic() < deadline:
                running.wait(_ignore)
            reached: list[str] = running.result(self.limits)["reached"]
            return [*running.missing, *reached]

    def close(self) -> None:
        with self._lock:
            if self._zygote is not None:
                self._zygote.close()
            self._zygote = None

    @property
    def zygote_pid(self) -> int | None:
        return None if self._zygote is None else self._zygote.process.pid

    @contextlib.contextmanager
    def _start(self, entry: str, files: Mapping[str, int], arguments: dict[str, Any]) -> Iterator["_Running"]:
        header = json.dumps({"entry": entry, "files": list(files)}).encode().ljust(HEADER_BYTES)
        control, theirs = socket.socketpair()
        messages, told = os.pipe()
        wanted, given = os.pipe()
        try:
            with theirs:
                self._send(header, [theirs.fileno(), told, wanted, *files.values()])
        except BaseException:
            control.close()
            _close(messages, given)
            raise
        finally:
            _close(told, wanted)
        running = _Running(control, messages)
        try:
            with contextlib.suppress(BrokenPipeError), os.fdopen(given, "wb") as pipe:
                pipe.write(msgspec.msgpack.encode(arguments))
            yield running
        finally:
            running.close()

    def _send(self, header: bytes, descriptors: list[int]) -> None:
        with self._lock:
            for _ in range(2):
                if self._zygote is None or self._zygote.process.poll() is not None:
                    self._restart()
                assert self._zygote is not None
                with contextlib.suppress(OSError):
                    socket.send_fds(self._zygote.tasks, [header], descriptors)
                    return
                self._zygote.close()
                self._zygote = None
        raise SandboxLost("The process that starts parsers does not answer.")

    def _restart(self) -> None:
        if self._zygote is not None:
            log.warning("zygote_died", returncode=self._zygote.process.returncode)
            self._zygote.close()
        self._zygote = _Zygote.start(self.limits, self._folders)


@dataclass(frozen=True)
class _Zygote:
    process: subprocess.Popen[bytes]
    tasks: socket.socket

    @classmethod
    def start(cls, limits: Limits, folders: list[str]) -> "_Zygote":
        tasks, theirs = socket.socketpair()
        module = "hauberk.ingest.sandbox.zygote"
        command = [sys.executable, "-I", "-X", "utf8", "-m", module, str(theirs.fileno())]
        with theirs:
            process = subprocess.Popen(  # noqa: S603 — our own interpreter and module
                [*command, json.dumps(asdict(limits)), json.dumps(folders)],
                env={},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        return cls(process, tasks)

    def close(self) -> None:
        """It ends when its socket is closed."""
        self.tasks.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class _Running:
    """One child from this side: what it says, and what the zygote says of its end."""

    def __init__(self, control: socket.socket, messages: int) -> None:
        self.missing: list[str] = []
        self._control = control
        self._messages = messages
        self._inbox = Inbox()
        self._result: dict[str, Any] | None = None
        self._error: SandboxError | None = None
        self._ending: bytes | None = None
        self._selector = selectors.DefaultSelector()
        self._selector.register(messages, selectors.EVENT_READ)
        self._selector.register(control, selectors.EVENT_READ)

    @property
    def has_ended(self) -> bool:
        """Both sides have: the child's last words are read before its end is judged."""
        return not self._selector.get_map()

    def wait(self, on_progress: Told) -> None:
        for key, _ in self._selector.select(TICK_SECONDS):
            if key.fileobj is self._control:
                self._ending = self._control.recv(4096)
                self._selector.unregister(self._control)
            elif data := os.read(self._messages, READ_BYTES):
                self._hear(data, on_progress)
            else:
                self._selector.unregister(self._messages)

    def result(self, limits: Limits) -> dict[str, Any]:
        """Raises how it ended when there is none."""
        if not self._ending:
            raise self._error or SandboxLost("The process that starts parsers was lost.")
        end = json.loads(self._ending)
        status = end["status"]
        log.info(
            "child_ended",
            status=status,
            cpu_seconds=round(end["cpu_seconds"], 2),
            peak_mib=round(end["peak"] * _PEAK_UNIT / 2**20, 1),
        )
        if self._error is not None:
            raise self._error
        if self._result is not None and status == 0:
            return self._result
        raise _ended(status, limits)

    def close(self) -> None:
        """Kills the child if it still runs, and waits until it can no longer write to the files."""
        self._selector.close()
        if self._ending is None:
            with contextlib.suppress(OSError):
                self._control.shutdown(socket.SHUT_WR)
                self._control.settimeout(KILL_SECONDS)
                self._control.recv(4096)
        self._control.close()
        os.close(self._messages)

    def _hear(self, data: bytes, on_progress: Told) -> None:
        try:
            messages = list(self._inbox.feed(data))
        except (TooMuchError, msgspec.DecodeError) as error:
            raise ChildCrashed(f"the child says what no child says: {error}") from error
        for message in messages:
            DENIED.inc(message.was_denied)
            if message.progress is not None:
                on_progress(message.progress)
            elif message.result is not None:
                self._result = message.result
            elif message.refused is not None:
                refused = message.refused
                self._error = ChildRefused(refused.code, refused.message, refused.position)
            elif message.crashed is not None:
                self._error = ChildCrashed(message.crashed)
            else:
                self.missing = message.missing or []


def _ended(status: int, limits: Limits) -> SandboxError:
    code = os.waitstatus_to_exitcode(status)
    if code == child.OUT_OF_MEMORY:
        return ChildOutOfMemory(
            f"Reading needs more than the {limits.memory // 2**20:,} MiB that it may use."
        )
    if code == -signal.SIGXCPU:
        return ChildTimedOut(f"Reading needed more than {limits.cpu_seconds} seconds of the processor.")
    if code < 0:
        return ChildCrashed(f"signal {-code}", signal_number=-code)
    return ChildCrashed(f"exit {code} without a result", exit_code=code)


def _ignore(_values: dict[str, Any]) -> None:
    """For whoever does not ask."""


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


_shared: dict[Limits, Sandbox] = {}
_sharing = threading.Lock()


def shared(settings: Settings) -> Sandbox:
    """This process's sandbox of these limits: one zygote, which ends with the process if nobody closed it before."""
    limits = limits_of(settings)
    with _sharing:
        if limits not in _shared:
            _shared[limits] = Sandbox(settings)
            atexit.register(_shared[limits].close)
        return _shared[limits]
