"""The generator: opens the streams, begins each request when it is meant to begin, and measures from there."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpx2

from hauberk.api.load.measuring import Measured
from hauberk.api.load.model import Act, Planned, report

SECONDS = 40.0
OPEN_AT_ONCE = 20


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in: cookie and token against forgery."""

    headers: dict[str, str]


class Generator:
    """One installation, seen by many people. `password` is the one of everybody who signs in during the wave."""

    def __init__(self, url: str, people: Sequence[Person], *, email: str, password: str) -> None:
        self._people = people
        self._email, self._password = email, password
        self.measured = Measured()
        self._findings: list[str] = []
        limits = httpx2.Limits(max_connections=2000, max_keepalive_connections=500)
        self._http = httpx2.AsyncClient(base_url=url, timeout=SECONDS, limits=limits, headers={"Origin": url})
        unlimited = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
        patient = httpx2.Timeout(SECONDS, read=60)
        self._streaming = httpx2.AsyncClient(base_url=url, timeout=patient, limits=unlimited)
        self._streams: list[asyncio.Task[None]] = []

    async def close(self) -> None:
        for stream in self._streams:
            stream.cancel()
        await asyncio.gather(*self._streams, return_exceptions=True)
        await self._http.aclose()
        await self._streaming.aclose()

    async def open_streams(self, count: int) -> None:
        """A few at a time, and back when all of them were answered or have failed."""
        gate = asyncio.Semaphore(OPEN_AT_ONCE)
        for number in range(count):
            answered = asyncio.Event()
            await gate.acquire()
            headers = self._people[number % len(self._people)].headers
            task = asyncio.create_task(self._stream(headers, answered))
            answered_task = asyncio.create_task(answered.wait())
            answered_task.add_done_callback(lambda _: gate.release())
            self._streams.append(task)
        for _ in range(OPEN_AT_ONCE):
            await gate.acquire()

    async def _stream(self, headers: dict[str, str], answered: asyncio.Event) -> None:
        is_open = False
        try:
            async with self._streaming.stream("GET", "/api/v1/events", headers=headers) as answer:
                if answer.status_code == 200:
                    is_open = True
                    self.measured.streams_open += 1
                answered.set()
                async for _ in answer.aiter_raw():
                    pass
            self.measured.streams_lost += 1
        except httpx2.HTTPError:
            self.measured.streams_lost += 1
        except asyncio.CancelledError:
            self.measured.streams_lost += not is_open
            raise
        finally:
            answered.set()

    async def run(self, planned: Sequence[Planned]) -> None:
        """Until the last one is answered."""
        await self._learn_findings()
        began = time.monotonic()
        running: set[asyncio.Task[None]] = set()
        for each in planned:
            wait = began + each.at - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            task = asyncio.create_task(self._act(each, began + each.at))
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.gather(*running)

    async def _learn_findings(self) -> None:
        headers = self._people[0].headers
        answer = await self._http.get("/api/v1/findings?limit=200", headers=headers)
        self._findings = [each["id"] for each in answer.raise_for_status().json()["items"]]

    async def _act(self, planned: Planned, meant_at: float) -> None:
        error = None
        try:
            answer = await self._ask(planned)
            if answer.status_code >= 400:
                error = str(answer.status_code)
        except httpx2.HTTPError as problem:
            error = type(problem).__name__
        self.measured.add(planned.act, time.monotonic() - meant_at, error)

    async def _ask(self, planned: Planned) -> httpx2.Response:
        headers = self._people[planned.user % len(self._people)].headers
        finding = self._findings[planned.user % len(self._findings)] if self._findings else ""
        asked: dict[Act, tuple[str, str]] = {
            "list": ("GET", "/api/v1/findings?limit=50&q=is:open"),
            "detail": ("GET", f"/api/v1/findings/{finding}"),
            "dashboard": ("GET", "/api/v1/dashboard"),
            "write": ("PATCH", f"/api/v1/findings/{finding}"),
        }
        if planned.act == "sign-in":
            body = {"email": self._email, "password": self._password}
            return await self._http.post("/api/v1/auth/login", json=body)
        if planned.act == "upload":
            return await self._http.post(
                "/api/v1/scans",
                headers=headers,
                data={"asset": f"load {planned.user % 10}", "format": "sarif"},
                files={"file": ("load.sarif", report(planned.user))},
            )
        method, path = asked[planned.act]
        triage = "in_triage" if planned.user % 2 else "open"
        body_of_write = {"triage": triage} if planned.act == "write" else None
        return await self._http.request(method, path, headers=headers, json=body_of_write)
