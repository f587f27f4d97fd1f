"""Load shedding: a process takes no more requests than it can answer soon, and tells the others at once to come back.

Two things say how much that is: the event loop, by how late its turns come, and the database, by how long even the quickest
waited to begin there. While either is late, fewer requests are let in, down to a few; when both are in time again, the old
number is reached within seconds. A long queue helps nobody, as whoever waited too long asks again; a short one is what one
page asks for at once, which a busy machine should answer a little later rather than turn away.
"""

import asyncio
import random
from collections import deque

from prometheus_client import Counter, Gauge
from starlette.types import ASGIApp, Receive, Scope, Send

from hauberk.api.middleware.operations import Operations
from hauberk.api.problems import problem
from hauberk.infra.settings.sections import Http

LATE_SECONDS = 0.25
LATE_LOOKS = 3
LEAST = 8
LESS = 0.8
LOOKS_TO_FULL = 25
MOST_WAITING = 16
WAIT_SECONDS = 1.0
RETRY_AFTER_SECONDS = (1, 4)

SHED = Counter("http_requests_shed_total", "Requests refused because the process was overloaded", ["kind"])
LIMIT = Gauge(
    "http_admission_limit",
    "Requests that are let in at once; less than the setting while the event loop is late",
    multiprocess_mode="livesum",
)


class Admission:
    """How many requests are let in, and how many are in."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.limit = float(most)
        self.running = 0
        self._late = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def is_full(self) -> bool:
        return self.running >= int(self.limit)

    def look(self, late: float) -> None:
        """By how many seconds the event loop or the quickest to begin in the database was late. Once is nothing, several are."""
        self._late = self._late + 1 if late > LATE_SECONDS else 0
        if self._late >= LATE_LOOKS:
            self.limit = max(min(LEAST, self.most), min(self.limit, max(self.running, LEAST)) * LESS)
        elif self._late == 0:
            self.limit = min(self.most, self.limit + self.most / LOOKS_TO_FULL)
        LIMIT.set(self.limit)
        self._call_in()

    async def enter(self) -> bool:
        """Whether there was a place, now or in a moment; whoever has one gives it back by `leave`."""
        if not self.is_full:
            self.running += 1
            return True
        if len(self._waiting) >= MOST_WAITING:
            return False
        place = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await asyncio.wait([place], timeout=WAIT_SECONDS)
        except asyncio.CancelledError:
            if place.done():
                self.leave()
            else:
                self._waiting.remove(place)
            raise
        if not place.done():
            self._waiting.remove(place)
        return place.done()

    def leave(self) -> None:
        self.running -= 1
        self._call_in()

    def _call_in(self) -> None:
        while self._waiting and not self.is_full:
            self.running += 1
            self._waiting.popleft().set_result(None)


class OverloadMiddleware:
    """Data only: health is how others see the overload, and pages are files."""

    def __init__(self, app: ASGIApp, *, admission: Admission, operations: Operations, limits: Http) -> None:
        self.app = app
        self.admission = admission
        self.operations = operations
        # Bytes that move slowly hold no processor: they are bounded by themselves, and not by its lateness.
        self.moving = Admission(limits.streams)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self.app(scope, receive, send)
            return
        kind = self.operations.transfer(scope) or "request"
        if kind == "upload":  # it begins with a request's work, and is then bytes
            if not await self.admission.enter():
                await self._shed(kind, scope, receive, send)
                return
            self.admission.leave()
        admission = self.admission if kind == "request" else self.moving
        if not await admission.enter():
            await self._shed(kind, scope, receive, send)
            return
        try:
            await self.app(scope, receive, send)
        finally:
            admission.leave()

    @staticmethod
    async def _shed(kind: str, scope: Scope, receive: Receive, send: Send) -> None:
        SHED.labels(kind).inc()
        await _refused(scope, receive, send)


async def _refused(scope: Scope, receive: Receive, send: Send) -> None:
    # Not all at the same second: they would only meet here again.
    seconds = random.randint(*RETRY_AFTER_SECONDS)  # noqa: S311 - spreads, protects nothing
    refused = problem(
        503,
        "The server has more to do than it can; this was not even begun. Try again.",
        path=scope["path"],
        code="overloaded",
        headers={"Retry-After": str(seconds)},
    )
    await refused(scope, receive, send)
