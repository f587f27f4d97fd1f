"""A load test against the running installation, in the probe tenant, kept as a signed record."""

import asyncio
import json
import os
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import text

from hauberk.api.load.measuring import holds, streams_hold
from hauberk.api.load.model import ASSETS, LOAD, MINUTES, STREAMS
from hauberk.features.identity.context import Context, opened
from hauberk.features.readiness import probing, records
from hauberk.infra.readiness import Outcome, Probe, Record, RecordKind
from hauberk.infra.readiness.processes import here
from hauberk.infra.settings import Settings
from hauberk.kit import clock
from hauberk.kit.errors import Conflict, Unavailable

LOCUSTFILE = Path(__file__).with_name("locustfile.py")


async def run(
    settings: Settings, *, users: int, minutes: float = MINUTES, streams: int | None = None
) -> Record:
    """`users` as the model has them; `streams` opens another number of event streams."""
    if find_spec("locust") is None:
        raise Unavailable("Locust is not installed: 'pip install \"hauberk[load]\"'.")
    async with (
        opened(settings, application_name="hauberk-load") as context,
        probing.from_inside(context) as probe,
    ):
        began = clock.now()
        figures = await _measure(context, probe, users, minutes, streams)
        is_whole = streams is None or streams == users
        name, holding = (LOAD, holds) if is_whole else (STREAMS, streams_hold)
        outcome = Outcome(holding(figures), sentence(figures), figures)
        return await records.keep(context, RecordKind.BENCH, name, outcome, began)


async def _measure(
    context: Context, probe: Probe, users: int, minutes: float, streams: int | None
) -> dict[str, Any]:
    serving = await here(probe, "api")
    behind, counted = await _behind(probe)
    arguments: dict[str, object] = {
        "host": context.settings.base_url,
        "users": users,
        "spawn-rate": max(50, users // 20),
        "minutes": minutes,
        "streams": users if streams is None else streams,
        "serving": ",".join(map(str, serving)),
        "behind": ",".join(map(str, behind)),
    }
    try:
        async with probe.open_account("load") as (email, password):
            figures = await _visited(_environment(context.settings, email, password), arguments)
    finally:
        await _clean_up(probe)
    return {**figures, "behind": ", ".join(counted)}


async def _visited(environment: dict[str, str], arguments: dict[str, object]) -> dict[str, Any]:
    """By Locust, in a process of its own: its figures."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "figures.json"
        # In a folder of its own, so that no other configuration of Locust's is read; its words are for people.
        process = await asyncio.create_subprocess_exec(
            *(
                sys.executable,
                "-m",
                "locust",
                "--locustfile",
                str(LOCUSTFILE),
                "--headless",
                "--only-summary",
            ),
            *(f"--{name}={value}" for name, value in {**arguments, "figures": written}.items()),
            cwd=folder,
            env={**os.environ, **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=sys.stderr,
        )
        try:
            code = await process.wait()
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()
        if not written.exists():
            raise Conflict(f"The load test did not come to its end: Locust left with {code}.")
        figures: dict[str, Any] = json.loads(written.read_text(encoding="utf-8"))
    return figures


async def _clean_up(probe: Probe) -> None:
    """Deletes the assets that the people sent reports of."""
    headers = (await probe.tenant()).headers
    listed = await probe.site.http.get("/api/v1/assets?limit=200&sort=-id", headers=headers)
    for asset in listed.raise_for_status().json()["items"]:
        if asset["name"] in ASSETS:
            path, confirmation = f"/api/v1/assets/{asset['id']}", {"confirm": asset["name"]}
            await probe.site.http.delete(path, params=confirmation, headers=headers)


def _environment(settings: Settings, email: str, password: str) -> dict[str, str]:
    authority = {"SSL_CERT_FILE": str(settings.tls.ca)} if settings.tls.ca else {}
    return {"HAUBERK_LOAD_EMAIL": email, "HAUBERK_LOAD_PASSWORD": password, **authority}


async def _behind(probe: Probe) -> tuple[list[int], list[str]]:
    """What the requests make work behind the API, as far as it runs on this machine: processes, and what they are."""
    found: dict[str, list[int]] = {
        "workers": await here(probe, "worker"),
        "scheduler": await here(probe, "scheduler"),
    }
    async with probe.inside.engine.connect() as connection:
        backend = int((await connection.execute(text("select pg_backend_pid()"))).scalar_one())
        found["PostgreSQL"] = [_parent(backend)] if _is_a(backend, "postgres") else []
    for name, client in (("queue", probe.inside.queue), ("cache", probe.inside.cache)):
        told = await client.info("server")
        pid = int(told.get("process_id", 0))
        found[name] = [pid] if _is_a(pid, "valkey") or _is_a(pid, "redis") else []
    return [pid for pids in found.values() for pid in pids], [name for name, pids in found.items() if pids]


def _is_a(pid: int, program: str) -> bool:
    """A server on another machine has numbers that mean something else here."""
    try:
        return program in Path(f"/proc/{pid}/comm").read_text(encoding="utf-8")
    except OSError:
        return False


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])


def sentence(figures: dict[str, Any]) -> str:
    mostly = f" Most of the errors: {error}." if (error := figures.get("commonest_error")) else ""
    return (
        f"{figures['users']:,} users with {figures['streams_open']:,} open streams for {figures['minutes']:g} minutes on"
        f" {figures['cores']} cores: {figures['requests']:,} requests ({figures['requests_per_second']:g} a second),"
        f" {figures['error_share']:.2%} errors, p95 {figures['p95_ms']:g} ms and p99 {figures['p99_ms']:g} ms from the"
        f" intended start, {figures['streams_lost']} streams lost; the generator took {figures['generator_cores']:g}"
        f" cores of the same machine.{mostly}"
    )
