"""A program that runs under the shim, seen from its supervisor: start, stop, kill, and its last words."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal

from hauberk.infra.embedded import shim
from hauberk.kit.errors import Refusal

Identity = Literal["same", "namespace", "nobody"]

MAX_LOG_BYTES = 20 * 1024 * 1024
_KILL_SECONDS = 5.0


class StartFailed(Refusal):
    """Something could not be started; the message is a sentence for whoever started it."""

    default_code = "start_failed"


@dataclass(frozen=True)
class Program:
    """What to run and how it is stopped."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 10.0
    identity: Identity = "same"


class Process:
    """A running program. It ends when every holder of `hold` (by default this process alone) has closed it or died."""

    def __init__(self, program: Program, *, hold: Path | None = None) -> None:
        self.program = program
        self.started_at = time.monotonic()
        program.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        watched, self._hold = _fifo(hold) if hold else os.pipe()
        try:
            with _open_log(program.log) as log:
                self._shim = subprocess.Popen(  # noqa: S603
                    [*shim_command(watched, program)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env={**os.environ, **program.environment},
                    pass_fds=(watched,),
                    start_new_session=True,
                )
        finally:
            os.close(watched)

    @property
    def pid(self) -> int:
        """The shim's."""
        return self._shim.pid

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started_at

    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._shim.poll()

    def ask_to_stop(self) -> None:
        if self._hold >= 0:
            os.close(self._hold)
            self._hold = -1

    def wait(self, timeout: float | None = None) -> bool:
        """Whether it ended in that time."""
        try:
            self._shim.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """At once, with everything that it started."""
        with suppress(ProcessLookupError):
            self._shim.send_signal(signal.SIGTERM)
        self.wait(_KILL_SECONDS)
        self.ask_to_stop()

    def stop(self) -> None:
        self.ask_to_stop()
        if not self.wait(self.program.grace_seconds + _KILL_SECONDS):
            self.kill()

    def last_words(self, lines: int = 15) -> str:
        """The end of its log."""
        with suppress(OSError), self.program.log.open("rb") as log:
            log.seek(max(0, self.program.log.stat().st_size - 8192))
            return "\n".join(log.read().decode("utf-8", "replace").splitlines()[-lines:])
        return ""


def shim_command(pipe: int, program: Program) -> list[str]:
    return [
        *(sys.executable, "-I", "-S", str(Path(shim.__file__))),
        *(str(pipe), str(int(program.stop_signal)), str(program.grace_seconds), program.identity),
        *program.command,
    ]


def run_to_end(program: Program, *, timeout: float) -> int:
    """Run a program that ends by itself; its exit code."""
    process = Process(program)
    if not process.wait(timeout):
        process.kill()
        raise StartFailed(f"{program.name} did not end within {timeout:.0f} seconds.\n{process.last_words()}")
    process.ask_to_stop()
    return process.exit_code() or 0


def trim_log(log: Path) -> None:
    """Keep one older part beside a log that has grown large; writers append, so it can be cut under them."""
    with suppress(FileNotFoundError):
        if log.stat().st_size > MAX_LOG_BYTES:
            older = log.with_suffix(".1.log")
            older.write_bytes(log.read_bytes())
            older.chmod(0o600)
            os.truncate(log, 0)


def _open_log(path: Path) -> BinaryIO:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    return os.fdopen(descriptor, "ab")


def _fifo(path: Path) -> tuple[int, int]:
    """Both ends of a named pipe, so that other processes can hold it too."""
    if not path.exists():
        os.mkfifo(path, 0o600)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    return reading, os.open(path, os.O_WRONLY)
