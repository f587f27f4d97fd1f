"""Three times too much for a real server: it refuses what it cannot do soon, is seen to live, and recovers by itself."""

import asyncio
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx2
import pytest

from faults.figures import FIGURES
from fixtures.nodes import answer, environment_on, free_port, member_of, serve_command, started

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]
CLIENTS = 64
MEASURED_SECONDS, OVERLOAD_SECONDS, RECOVERY_SECONDS = 6, 20, 60
HEALTHY_SECONDS = 3.0
LIST = "/api/v1/findings?limit=50"


@dataclass
class Seen:
    """What was answered to an open loop: codes, and the seconds from the intended start."""

    codes: Counter[int] = field(default_factory=Counter)
    seconds: dict[int, list[float]] = field(default_factory=dict)
    unsaid: int = 0

    def add(self, reply: httpx2.Response, seconds: float) -> None:
        self.codes[reply.status_code] += 1
        self.seconds.setdefault(reply.status_code, []).append(seconds)
        self.unsaid += reply.status_code == 503 and not 1 <= int(reply.headers.get("retry-after", 0)) <= 4

    def percentile(self, code: int, part: float) -> float:
        ordered = sorted(self.seconds.get(code, [0.0]))
        return ordered[int(len(ordered) * part)]


async def capacity(http: httpx2.AsyncClient) -> float:
    """Requests a second that it answers when nobody waits longer than he must."""
    ends, done = time.monotonic() + MEASURED_SECONDS, 0

    async def ask() -> None:
        nonlocal done
        while time.monotonic() < ends:
            assert (await http.get(LIST)).status_code == 200
            done += 1

    await asyncio.gather(*(ask() for _ in range(CLIENTS)))
    return done / MEASURED_SECONDS


async def offered(http: httpx2.AsyncClient, rate: float, seconds: float) -> Seen:
    """An open loop: so many a second, whatever becomes of those before."""
    seen, began, asking = Seen(), time.monotonic(), set()

    async def ask(meant_at: float) -> None:
        seen.add(await http.get(LIST), time.monotonic() - meant_at)

    for number in range(int(rate * seconds)):
        meant_at = began + number / rate
        await asyncio.sleep(max(0.0, meant_at - time.monotonic()))
        task = asyncio.create_task(ask(meant_at))
        asking.add(task)
        task.add_done_callback(asking.discard)
    await asyncio.gather(*asking)
    return seen


@contextmanager
def looked_at(url: str) -> Iterator[dict[str, float]]:
    """As a balancer looks, from outside of what makes the load: the slowest answer of each kind."""
    slowest, wrong, is_over = {}, [], threading.Event()

    def look() -> None:
        while not is_over.wait(0.5):
            for path in ("/health/live", "/health/ready"):
                began = time.monotonic()
                try:
                    urllib.request.urlopen(f"{url}{path}", timeout=10).close()
                except OSError as error:
                    wrong.append(f"{path}: {error}")
                slowest[path] = max(slowest.get(path, 0.0), round(time.monotonic() - began, 2))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield slowest
    finally:
        is_over.set()
        thread.join()
    assert not wrong, wrong


def test_three_times_too_much_is_shed_and_over_within_a_minute(tmp_path, fresh_settings):
    environment = environment_on(
        fresh_settings,
        HAUBERK_PORT=str(free_port()),
        HAUBERK_WORKERS="1",
        HAUBERK_STORAGE_MIN_FREE="0",
        HAUBERK_RATE_LIMIT_DEFAULT="1000000/minute",
    )
    url = f"http://127.0.0.1:{environment['HAUBERK_PORT']}"
    many = httpx2.Limits(max_connections=1000, max_keepalive_connections=200)

    async def overload() -> None:
        async with httpx2.AsyncClient(base_url=url, headers=headers, timeout=40, limits=many) as http:
            with looked_at(url) as slowest:
                able = await capacity(http)
                seen = await offered(http, 3 * able, OVERLOAD_SECONDS)
                ended = time.monotonic()
            told = f"{able:.0f} a second can be done, {seen.codes}, {slowest}"
            assert set(seen.codes) == {200, 503}, told
            assert seen.codes[503] > seen.codes[200] / 5, told
            assert seen.unsaid == 0
            assert seen.codes[200] > able * OVERLOAD_SECONDS / 4, told
            assert max(slowest.values()) < HEALTHY_SECONDS, told
            while True:
                after = await offered(http, able / 2, 3)
                if set(after.codes) == {200} and after.percentile(200, 0.95) < 0.3:
                    break
                assert time.monotonic() - ended < RECOVERY_SECONDS, f"{after.codes} {told}"
            FIGURES.faults += 1
            FIGURES.recovered(f"overload ({told})", time.monotonic() - ended)

    with started(serve_command(), environment, log=tmp_path / "serve.log") as process:
        assert answer(f"{url}/health/live", process)[0] == 200
        headers = member_of(environment).headers
        asyncio.run(overload())
