"""What the serving processes show of themselves: how many live, how they stop, how late their event loops are."""

import os
import platform
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import text

from hauberk.api.presence import ROLE
from hauberk.infra.readiness import (
    Answer,
    Kind,
    Probe,
    Result,
    drilled,
    failed,
    passed,
    readiness,
    skipped,
    warned,
)
from hauberk.infra.readiness.in_force import agreed, running
from hauberk.infra.readiness.processes import alive, silent
from hauberk.infra.settings import Settings

FEWEST = 4
LATE_MS = 250
FEWEST_TICKS = 200
"""Of fewer looks, the latest one is all that one in a hundred is."""
CLOCK_SECONDS = 5.0
"""Less is how long a busy process took to be heard."""
_MIB = 1024 * 1024
API_MIB = 160
WORKER_MIB = 200
_LIMITS_OF_CONTAINERS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


@readiness("INF-1")
async def processes(probe: Probe) -> Answer:
    serving = await alive(probe, ROLE)
    wanted = max(FEWEST, os.cpu_count() or 1)
    by_host = Counter(each.detail["host"] for each in serving)
    if astray := await _clocks(probe):
        return failed(
            f"Clocks differ from the database's: {', '.join(astray)}.",
            "Let all machines follow the same time servers (chrony, systemd-timesyncd).",
        )
    pids = ", ".join(str(each.detail["pid"]) for each in serving[:16])
    seen = f"{len(serving)} process(es) serve the API on {len(by_host)} machine(s) (process {pids or 'none'})"
    if len(serving) < wanted:
        return failed(
            f"{seen}; at least {wanted} are wanted.",
            f"Set HAUBERK_WORKERS to {wanted} or more, and look why some are missing if it is.",
        )
    crash = await drilled(probe, "restart")
    return _both(f"{seen}.", crash, "That the crash of one is invisible was not tried.")


async def _clocks(probe: Probe) -> list[str]:
    """Of this machine and of all that serve or work: sessions, tokens and backups end by them."""
    async with probe.inside.engine.connect() as connection:
        asked = time.time()
        here = float(await connection.scalar(text("select extract(epoch from clock_timestamp())")))
    off = {platform.node(): here - (asked + time.time()) / 2}
    told = [each for role in (ROLE, "worker", "scheduler") for each in await alive(probe, role)]
    for each in told:
        if "clock" in each.detail:
            of_this = each.seen_at - float(each.detail["clock"])
            off[each.detail["host"]] = max(off.get(each.detail["host"], 0.0), of_this, key=abs)
    return [f"{host} by {seconds:+.1f} s" for host, seconds in off.items() if abs(seconds) > CLOCK_SECONDS]


def _both(seen: str, record: Answer, untried: str) -> Answer:
    """What is seen now, and what was proved by breaking it."""
    if record.result is Result.PASS:
        return passed(f"{seen} {record.evidence}")
    if record.result is Result.FAIL:
        return failed(f"{seen} {record.evidence}", record.advice or "", kind=Kind.RECORD)
    return warned(f"{seen} {untried} {record.evidence}", record.advice or "")


@readiness("INF-6", from_outside=True)
async def health(probe: Probe) -> Answer:
    seen = []
    for path in ("/health", "/health/live", "/health/ready"):
        answer = await probe.site.http.get(path)
        found = _said(answer)
        if answer.status_code not in (200, 503) or "state" not in found:
            return failed(
                f"{path} answered {answer.status_code}, and not in the product's own words.",
                "Look at what stands in front of the product.",
            )
        if path != "/health/live" and (answer.status_code == 503) != (found["state"] == "down"):
            return failed(
                f"{path} answered {answer.status_code} and says {found['state']}.",
                "Look at the proxy in front.",
            )
        if found["state"] == "down":
            wrong = ", ".join(found.get("degraded", ())) or "it does not say what"
            return failed(
                f"{path} says that it cannot serve: {wrong}.", "Mend that; 'hauberk logs' may say more."
            )
        without = f" without {', '.join(found['degraded'])}" if found.get("degraded") else ""
        seen.append(f"{path} {found['state']}{without}")
    shown = f"{', '.join(seen)}."
    if probe.installation is None:
        return warned(
            f"{shown} Partial: how they turn red is not seen from outside.", "Run it on the installation."
        )
    for name in ("database-restart", "redis-down"):
        record = await drilled(probe, name)
        if record.result is not Result.PASS:
            return _both(shown, record, "That they turn red when they should was not tried.")
        shown = f"{shown} {record.evidence}"
    return passed(shown)


def _said(answer: httpx2.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@readiness("PERF-9")
async def worker_pools(probe: Probe) -> Answer:
    settings = probe.inside.settings
    serving = await running(probe, ROLE, "HAUBERK_WORKERS")
    working = await running(probe, "worker", "HAUBERK_WORKER", "HAUBERK_PARSER_MEMORY")
    here = [each for each in working if each.is_here]
    memory = _memory() // _MIB
    live = sum(each.is_here for each in serving) * API_MIB + sum(_mib(each.settings) for each in here)
    needed = max(live, settings.api_processes * API_MIB + settings.worker_processes * _mib(settings))
    seen = (
        f"{settings.api_processes} API processes ({'set' if settings.workers else 'chosen'}),"
        f" {settings.worker_processes} worker processes ({'set' if settings.worker.processes else 'chosen'}) with"
        f" {settings.worker.threads} threads each; {len(working)} live; together up to {needed:,} MiB of"
        f" {memory:,} on {os.cpu_count()} cores"
    )
    everybody = [*serving, *working]
    if needed > memory:
        too_many = failed(
            f"{seen}.",
            "Lower HAUBERK_WORKERS, HAUBERK_WORKER_PROCESSES or HAUBERK_PARSER_MEMORY, and restart.",
            kind=Kind.CONFIG,
        )
        return agreed(too_many, everybody)
    if not working:
        return failed(
            f"{seen}.", "Start 'hauberk worker', and look at its log: no report is read without one."
        )
    # Where none is here, they work on machines of their own. As many are wanted as those say who run.
    wanted = max((each.settings.worker_processes for each in here), default=0)
    if len(here) < wanted:
        missing = failed(
            f"{seen}; of this machine's {wanted} only {len(here)}.",
            "Look in the workers' log why the others ended or stand still.",
        )
        return agreed(missing, everybody)
    return agreed(passed(f"{seen}."), everybody)


def _mib(settings: Settings) -> int:
    """Of one worker process and the parser that it may start."""
    return WORKER_MIB + settings.parser.memory // _MIB


def _memory() -> int:
    """Bytes that this machine has or, in a container, may use."""
    found = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for place in _LIMITS_OF_CONTAINERS:
        with suppress(OSError, ValueError):  # "max" is no limit
            found = min(found, int(place.read_text(encoding="ascii")))
    return found


@readiness("PERF-11")
async def event_loops(probe: Probe) -> Answer:
    """Heavy work would make every loop late; that it is done by jobs shows in the routes that answer 202."""
    serving = [each for each in await alive(probe, ROLE) if each.detail.get("event_loop")]
    if not serving:
        return skipped("No serving process has told of its event loop.", "Ask again in ten seconds.")
    loops = [each.detail["event_loop"] for each in serving]
    if max(each["ticks"] for each in loops) < FEWEST_TICKS:
        return skipped("The serving processes have only begun to measure.", "Ask again in a minute.")
    serving = [each for each in serving if each.detail["event_loop"]["ticks"] >= FEWEST_TICKS]
    worst = max(serving, key=lambda each: each.detail["event_loop"]["p99_ms"]).detail
    stalls = sum(each["stalls"] for each in loops)
    jobs = await _routes_of_jobs(probe)
    seen = (
        f"The event loops of {len(loops)} processes are at most {worst['event_loop']['p99_ms']:g} ms late in 99 of 100"
        f" looks of the last minute, {max(each['worst_ms'] for each in loops):g} ms at worst; they stood still"
        f" {stalls} time(s). {len(jobs)} routes answer 202 and leave the work to a job: {', '.join(jobs)}"
    )
    if worst["event_loop"]["p99_ms"] > LATE_MS:
        return failed(
            f"{seen}.",
            f"Look for 'event_loop_stalled' in the log of process {worst['pid']}, and at its machine's load.",
        )
    if still := await silent(probe, ROLE):
        return failed(
            f"Process {', '.join(map(str, still))} is there and has told nothing for half a minute: it is stopped, or its"
            f" loop is. {seen}.",
            "Look in the log what it began last (py-spy shows where it stands), and end it: another takes its place.",
        )
    if not jobs:
        return failed(f"{seen}.", "Report this; it is a fault of the product.")
    if stalls:
        return warned(f"{seen}.", "Look for 'event_loop_stalled' in the logs: it says where.")
    return passed(f"{seen}.")


async def _routes_of_jobs(probe: Probe) -> list[str]:
    document = await probe.document()
    return sorted(
        f"{method.upper()} {path}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "202" in operation["responses"]
    )


@readiness("ERR-5")
async def stops_without_loss(probe: Probe) -> Answer:
    return await drilled(probe, "restart")


@readiness("ERR-7")
async def serves_without(probe: Probe) -> Answer:
    """One drill for each thing that it can do without; what is not set up here needs none."""
    settings = probe.inside.settings
    wanted = [
        name
        for name in ("redis-down", "replica-down", "mail-down", "feed-down")
        if name != "replica-down" or settings.database.replica_url
    ]
    answers = {name: await drilled(probe, name) for name in wanted}
    for result in (Result.FAIL, Result.SKIP):
        for name, answer in answers.items():
            if answer.result is result:
                done = [each for each, found in answers.items() if found.result is Result.PASS]
                return Answer(
                    result,
                    Kind.RECORD,
                    f"{name}: {answer.evidence} Proved: {', '.join(done) or 'nothing'}.",
                    answer.advice,
                )
    seen = " ".join(answer.evidence for answer in answers.values())
    return passed(seen, kind=Kind.RECORD)
