"""The supervisor: starts services in order, starts again what crashes, and stops all of it in the opposite order.

A first SIGINT, SIGTERM or SIGHUP stops everything gracefully, a second one at once.
"""

import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

from hauberk.infra.embedded.process import Process, trim_log
from hauberk.infra.embedded.servers import Service

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
STEADY_SECONDS = 60.0
_LOOK_SECONDS = 0.2
_TRIM_SECONDS = 60.0


class StopAsked(BaseException):
    """The first signal; like KeyboardInterrupt, nothing on the way up may take it for an error."""


@dataclass
class Supervised:
    """A service, its process, and when it may be started again."""

    service: Service
    process: Process
    delay: float = FIRST_DELAY
    starts_at: float | None = field(default=None)


class Supervisor:
    """Keeps services running; `say` gets one line for people at each event."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._supervised: list[Supervised] = []
        self._signals = 0

    def catch_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def start(self, services: Sequence[Service]) -> None:
        """Start them side by side; returns when all of them serve."""
        started = []
        for service in services:
            each = Supervised(service, Process(service.prepare()))
            self._supervised.append(each)
            started.append(each)
        for each in started:
            each.service.wait_until_ready(each.process)

    def watch(self) -> None:
        """Until a signal raises `StopAsked`."""
        trimmed_at = time.monotonic()
        while True:
            for each in self._supervised:
                self._look_after(each)
            if time.monotonic() - trimmed_at > _TRIM_SECONDS:
                trimmed_at = time.monotonic()
                for each in self._supervised:
                    trim_log(each.process.program.log)
            time.sleep(_LOOK_SECONDS)

    def stop(self) -> None:
        """All of it, last started first; the servers only when nothing uses them any more."""
        for each in reversed(self._supervised):
            process = each.process
            process.ask_to_stop()
            patience = time.monotonic() + process.program.grace_seconds + 5
            while not process.wait(0.1):
                if self._signals > 1 or time.monotonic() > patience:
                    process.kill()
        self._supervised.clear()

    def _look_after(self, each: Supervised) -> None:
        now = time.monotonic()
        code = each.process.exit_code()
        if code is None:
            if each.process.seconds > STEADY_SECONDS:
                each.delay = FIRST_DELAY
        elif each.starts_at is None:
            each.starts_at = now + each.delay
            name = each.process.program.name
            self._say(f"{name} ended unexpectedly (exit code {code}); starting it again in {each.delay:g} s.")
            each.process.ask_to_stop()
        elif now >= each.starts_at:
            self._start_again(each, now)

    def _start_again(self, each: Supervised, now: float) -> None:
        """What cannot even be prepared now (a full disk, say) is tried again later; the others go on meanwhile."""
        delay, each.delay = each.delay, min(each.delay * 2, LONGEST_DELAY)
        try:
            each.process = Process(each.service.prepare())
        except Exception as error:  # noqa: BLE001 — whatever it is, it must not end everything else
            each.starts_at = now + delay
            name = each.process.program.name
            self._say(f"{name} cannot be started ({error}); trying again in {delay:g} s.")
        else:
            each.starts_at = None

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1
        if self._signals == 1:
            raise StopAsked
