"""Restart: a process of an extra node is killed, then the node is told to stop, under load; nothing may be lost."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

import httpx2
from sqlalchemy import text

from hauberk.api.drills.node import NOTICE_SECONDS, Node, node
from hauberk.api.drills.outages import REPORT
from hauberk.infra.readiness import Outcome, Probe, drill
from hauberk.infra.readiness.processes import is_there

CLIENTS = 6
CRASH_SECONDS = 6.0
UPLOAD_SECONDS = 3.0
JOB_SECONDS = 120.0
ENDED = ("done", "held", "failed", "cancelled")
_PROCESSES = text(
    "select (detail->>'pid')::int from process_heartbeat where role = 'api' and (detail->>'port')::int = :port"
)


@dataclass
class Load:
    """Clients that ask again and again, each on its own connection, as a balancer in front would pass it on."""

    extra: Node
    answered: int = 0
    retried: int = 0
    failed: list[str] = field(default_factory=list)
    is_over: bool = False

    async def run(self) -> None:
        await asyncio.gather(*(self._ask() for _ in range(CLIENTS)))

    async def _ask(self) -> None:
        while not self.is_over:
            for attempt in (1, 2):
                try:
                    answer = await self.extra.http.get("/api/v1/assets?limit=1")
                except httpx2.HTTPError as error:
                    if attempt == 2:
                        self.failed.append(type(error).__name__)
                    self.retried += attempt == 1
                else:
                    self.answered += 1
                    if answer.status_code != 200:
                        self.failed.append(str(answer.status_code))
                    break


@drill("restart", breaks="kills a process of an extra node, and stops that node, under load", timeout=420)
async def restart(probe: Probe) -> Outcome:
    async with node(probe, workers=2) as extra:
        crash = Load(extra)
        back = await _crash(probe, extra, crash)
        stop = Load(extra)
        red, accepted = await _stop(extra, stop)
        code = await asyncio.wait_for(extra.process.wait(), 60)
    ended = await _ends(probe, accepted)
    figures = {
        "answered": crash.answered + stop.answered,
        "failed": len(crash.failed) + len(stop.failed),
        "retried_at_the_crash": crash.retried,
        "retried_while_stopping": stop.retried,
        "process_back_seconds": round(back, 1),
        "readiness_red_seconds": round(red, 2),
        "upload_state": ended,
    }
    has_passed = (
        not crash.failed
        and not stop.failed
        and not stop.retried
        and red < NOTICE_SECONDS
        and ended != "lost"
        and code <= 0
    )
    return Outcome(
        has_passed=has_passed,
        evidence=(
            f"{figures['answered']:,} requests, {figures['failed']} failed: one of two processes was killed and replaced"
            f" after {back:.1f} s ({crash.retried} asked again); told to stop, readiness was red after {red:.1f} s, what"
            f" was under way was finished, an upload among it, whose scan is {ended}."
        ),
        figures=figures,
    )


async def _crash(probe: Probe, extra: Node, load: Load) -> float:
    async def pids() -> set[int]:
        async with probe.inside.engine.connect() as connection:
            told = set((await connection.execute(_PROCESSES, {"port": extra.port})).scalars())
        return {pid for pid in told if is_there(pid)}

    async def both() -> bool:
        return len(await pids()) >= 2

    await extra.until(both, 30, "both processes to tell that they live")
    running = asyncio.create_task(load.run())
    await asyncio.sleep(1)
    killed = min(await pids())
    os.kill(killed, signal.SIGKILL)

    async def again() -> bool:  # until it is reaped, the killed one looks as if it were there
        return len(await pids() - {killed}) >= 2

    back = await extra.until(again, 60, "the killed process to be replaced")
    await asyncio.sleep(max(0.0, CRASH_SECONDS - back))
    load.is_over = True
    await running
    return back


async def _stop(extra: Node, load: Load) -> tuple[float, str]:
    """As a balancer: nothing is sent any more once readiness is red. Answers when that was, and the upload's scan."""
    running = asyncio.create_task(load.run())
    upload = asyncio.create_task(_slow_upload(extra))
    await asyncio.sleep(1)
    extra.process.send_signal(signal.SIGTERM)

    async def is_red() -> bool:
        return (await extra.ready())[0] == 503

    red = await extra.until(is_red, 5, "readiness to be red")
    load.is_over = True
    await running
    answer = await upload
    answer.raise_for_status()
    return red, answer.json()["id"]


async def _slow_upload(extra: Node) -> httpx2.Response:
    """It takes longer than the notice."""
    boundary = "drill"
    fields = {"asset": "drill", "format": "sarif", "dry_run": "true"}
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="drill.sarif"\r\n\r\n'

    async def body() -> AsyncIterator[bytes]:
        yield (head + file).encode()
        pieces = 12
        for place in range(pieces):
            await asyncio.sleep((UPLOAD_SECONDS + 2) / pieces)
            yield REPORT[place * len(REPORT) // pieces : (place + 1) * len(REPORT) // pieces]
        yield f"\r\n--{boundary}--\r\n".encode()

    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return await extra.http.post("/api/v1/scans", content=body(), headers=headers)


async def _ends(probe: Probe, scan: str) -> str:
    """What became of it at the installation's own workers; where none works it waits, which is not lost."""
    headers = (await probe.tenant()).headers
    state = "lost"
    deadline = time.monotonic() + JOB_SECONDS
    while time.monotonic() < deadline:
        with suppress(httpx2.HTTPError):
            answer = await probe.site.http.get(f"/api/v1/scans/{scan}", headers=headers)
            if answer.status_code == 200:
                state = answer.json()["state"]
        if state in ENDED:
            break
        await asyncio.sleep(0.5)
    return state
