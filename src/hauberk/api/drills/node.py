"""An extra node: another `hauberk serve` of this installation, for a drill alone, and clients of it."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx2

from hauberk.infra.readiness import Probe
from hauberk.infra.settings import Settings

START_SECONDS = 90.0
LOOK_SECONDS = 0.1
NOTICE_SECONDS = 2
"""Within it a balancer has to hear that nothing new is to be sent here."""
_SMALL = {
    "HAUBERK_DATABASE_POOL_SIZE": "2",
    "HAUBERK_DATABASE_POOL_MIN": "1",
    "HAUBERK_DATABASE_MAX_OVERFLOW": "4",
    "HAUBERK_RATE_LIMIT_DEFAULT": "1000000/minute",
    "HAUBERK_RATE_LIMIT_UPLOADS": "1000000/minute",
    "HAUBERK_TLS_CERT": "",
    "HAUBERK_TLS_KEY": "",
    "HAUBERK_HTTP_REDIRECT_PORT": "",
    # Its client stands where the proxy does, which has done the encryption.
    "HAUBERK_HTTP_TRUSTED_PROXIES": "127.0.0.1",
}


class WaitedInVainError(RuntimeError):
    """Something did not come. No TimeoutError: a drill's own end is told by that."""


class Node:
    """One that runs. `http` is a client of it as the probe tenant."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, http: httpx2.AsyncClient) -> None:
        self.process = process
        self.port = port
        self.http = http
        self.said = "nothing yet"
        """Its readiness, in words, when it was last asked."""

    async def ready(self) -> tuple[int, list[str]]:
        """The code of its readiness, and what it says that it is without; 0 when it cannot be reached."""
        try:
            answer = await self.http.get("/health/ready", timeout=5)
        except httpx2.HTTPError as error:
            self.said = f"no answer ({type(error).__name__})"
            return 0, []
        degraded = answer.json().get("degraded", [])
        self.said = f"{answer.status_code}{', without ' + ' and '.join(degraded) if degraded else ''}"
        return answer.status_code, degraded

    async def lives(self) -> bool:
        try:
            return (await self.http.get("/health/live", timeout=5)).status_code == 200
        except httpx2.HTTPError:
            return False

    async def until(self, condition: Callable[[], Awaitable[bool]], seconds: float, what: str) -> float:
        """After how many seconds it was so; fails when it takes longer, and says what readiness said instead."""
        began = time.monotonic()
        while not await condition():
            if time.monotonic() - began > seconds:
                raise WaitedInVainError(f"waited {seconds:g} seconds for {what}; readiness said {self.said}")
            await asyncio.sleep(LOOK_SECONDS)
        return time.monotonic() - began


@asynccontextmanager
async def node(probe: Probe, *, workers: int = 1, **given: str) -> AsyncIterator[Node]:
    """Ready when the context begins, ended when it ends."""
    settings = probe.inside.settings
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = {
        **os.environ,
        **_addresses(settings),
        **_SMALL,
        "HAUBERK_HOST": "127.0.0.1",
        "HAUBERK_PORT": str(port),
        "HAUBERK_PUBLIC_URL": settings.base_url,
        "HAUBERK_WORKERS": str(workers),
        "HAUBERK_HTTP_NOTICE_SECONDS": str(NOTICE_SECONDS),
        **given,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hauberk", "serve"),
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    public = urlsplit(settings.base_url)
    headers = {
        "Host": public.netloc,
        "X-Forwarded-Proto": public.scheme,
        **(await probe.tenant()).headers,
    }
    limits = httpx2.Limits(max_connections=32, max_keepalive_connections=32)
    async with httpx2.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=35, limits=limits
    ) as http:
        made = Node(process, port, http)
        try:
            await made.until(lambda: _is(made, 200), START_SECONDS, "the extra node to be ready")
            yield made
        finally:
            await _end(process)


def _addresses(settings: Settings) -> dict[str, str]:
    """Those of embedded servers too, which the environment does not have."""
    return {
        "HAUBERK_HOME": str(settings.home.resolve()),
        "HAUBERK_DATABASE_URL": settings.database.url,
        "HAUBERK_QUEUE_URL": settings.queue.url,
        "HAUBERK_CACHE_URL": settings.cache.url,
        "HAUBERK_SECRET_KEYS": ",".join(key.get_secret_value() for key in settings.secret_keys),
    }


async def _is(made: Node, code: int) -> bool:
    if made.process.returncode is not None:
        raise RuntimeError(f"the extra node ended with {made.process.returncode}")
    return (await made.ready())[0] == code


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 60)
    except TimeoutError:
        os.killpg(process.pid, 9)
        await process.wait()
