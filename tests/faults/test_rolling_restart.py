"""Two nodes behind a real balancer, restarted one after the other under load: not one request fails."""

import asyncio
import signal
import ssl
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest

from faults.figures import FIGURES
from fixtures.certificates import make_certificate
from fixtures.nodes import (
    answer,
    free_port,
    haproxy_running,
    member_of,
    nginx_running,
    operator_environment,
    rendered,
    serve_command,
    started,
)
from hauberk.infra.settings.secret_keys import new_secret

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1500)]
REQUESTS = 20_000
CLIENTS = 12
REPORT = b'{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t","rules":[]}},"results":[]}]}'


@dataclass
class Load:
    """People who never ask twice for the same thing."""

    url: str
    authority: str
    headers: dict[str, str]
    sent: int = 0
    failed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Ids of the requests that were answered with something else, to be found in the logs."""
    may_end: bool = False

    async def run(self) -> None:
        context = ssl.create_default_context(cafile=self.authority)
        async with httpx2.AsyncClient(
            base_url=self.url, verify=context, headers=self.headers, timeout=40
        ) as http:
            await asyncio.gather(*(self._ask(http, number) for number in range(CLIENTS)))

    async def _ask(self, http: httpx2.AsyncClient, number: int) -> None:
        while self.sent < REQUESTS or not self.may_end:
            self.sent += 1
            try:
                if self.sent % 100 == number:
                    sent = await http.post(
                        "/api/v1/scans",
                        data={"asset": f"rolling {number}", "format": "sarif", "dry_run": "true"},
                        files={"file": ("r.sarif", REPORT)},
                    )
                else:
                    sent = await http.get("/api/v1/assets?limit=1" if self.sent % 3 else "/api/v1/auth/me")
            except httpx2.HTTPError as error:
                self.failed.append(repr(error))
            else:
                if sent.status_code not in (200, 202):
                    self.failed.append(f"{sent.status_code} {sent.text[:200]}")
                    self.refused.append(sent.headers.get("x-request-id", ""))


@pytest.mark.parametrize("proxy", ["nginx", "haproxy"])
def test_no_request_fails_while_every_node_is_restarted(
    proxy, tmp_path, fresh_settings, queue_url, cache_url
):
    certificate = make_certificate(tmp_path)
    port = free_port()
    environment = operator_environment(
        HAUBERK_ENVIRONMENT="test",
        HAUBERK_HOME=str(tmp_path / "home"),
        HAUBERK_DATABASE_URL=fresh_settings.database.url,
        HAUBERK_DATABASE_POOL_SIZE="10",
        HAUBERK_DATABASE_MAX_OVERFLOW="10",
        HAUBERK_QUEUE_URL=queue_url,
        HAUBERK_CACHE_URL=cache_url,
        HAUBERK_SECRET_KEYS=new_secret(),
        HAUBERK_PUBLIC_URL=f"https://localhost:{port}",
        HAUBERK_HTTP_REDIRECT_PORT=str(free_port()),
        HAUBERK_HTTP_TRUSTED_PROXIES="127.0.0.1",
        HAUBERK_HTTP_NOTICE_SECONDS="3",
        HAUBERK_HTTP_DRAIN_SECONDS="20",
        HAUBERK_STORAGE_MIN_FREE="0",
        HAUBERK_RATE_LIMIT_DEFAULT="1000000/minute",
        HAUBERK_RATE_LIMIT_UPLOADS="1000000/minute",
    )
    ports = [free_port(), free_port()]
    upstreams = [part for each in ports for part in ("--upstream", f"127.0.0.1:{each}")]
    by_proxy = {
        "nginx": ["--certificate", certificate.chain, "--key", certificate.key, "--whole", tmp_path],
        "haproxy": ["--certificate", certificate.both],
    }
    configuration = rendered(environment, tmp_path, proxy, *by_proxy[proxy], *upstreams)
    running = {"nginx": nginx_running, "haproxy": haproxy_running}[proxy]

    def node(number: int, time_: int):
        settings = {**environment, "HAUBERK_PORT": str(number)}
        return started(serve_command(), settings, log=tmp_path / f"serve-{number}-{time_}.log")

    with ExitStack() as stack:
        nodes = {each: stack.enter_context(node(each, 0)) for each in ports}
        for each, process in nodes.items():
            assert answer(f"http://127.0.0.1:{each}/health/live", process)[0] == 200
        balancer = stack.enter_context(running(configuration))
        trusting = ssl.create_default_context(cafile=str(certificate.chain))
        assert answer(f"https://localhost:{port}/health/live", balancer, context=trusting)[0] == 200
        load = Load(f"https://localhost:{port}", str(certificate.chain), member_of(environment).headers)

        async def restart_all() -> int:
            restarts = 0
            sending = asyncio.create_task(load.run())
            await asyncio.sleep(3)
            while restarts < 4 or load.sent < REQUESTS * 0.9:
                each = ports[restarts % 2]
                nodes[each].send_signal(signal.SIGTERM)
                assert await asyncio.to_thread(nodes[each].wait, 60) in (0, -signal.SIGTERM)
                restarts += 1
                nodes[each] = stack.enter_context(node(each, restarts))
                ready = f"http://127.0.0.1:{each}/health/ready"
                assert (await asyncio.to_thread(answer, ready, nodes[each]))[0] == 200
                await asyncio.sleep(6)  # until the balancer has looked twice
            load.may_end = True
            await sending
            return restarts

        began = time.monotonic()
        restarts = asyncio.run(restart_all())
    FIGURES.faults += restarts
    FIGURES.recovered(
        f"restarts behind {proxy} ({load.sent:,} requests, {len(load.failed)} failed)",
        time.monotonic() - began,
    )
    assert load.sent >= REQUESTS
    assert load.failed == [], _told_of(load.refused, tmp_path)


def _told_of(refused: list[str], folder: Path) -> str:
    """What the nodes logged of these requests, and of whatever went wrong besides."""
    lines = [line for log in folder.glob("serve-*.log") for line in log.read_text().splitlines()]
    wanted = ("Error", *filter(None, refused))
    return "\n".join(line for line in lines if any(each in line for each in wanted))[-12000:]
