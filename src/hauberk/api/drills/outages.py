"""What an outage of a server does: an extra node reaches its servers through gates, which are shut and opened again."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from hauberk.api.drills.gate import (
    Gate,
    database_through,
    gate,
    reach_database,
    reach_valkey,
    valkey_through,
)
from hauberk.api.drills.node import Node, node
from hauberk.infra.readiness import Outcome, Probe, drill

NOTICE_SECONDS = 5.0
RECOVERY_SECONDS = 20.0
REPORT = b'{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"drill","rules":[]}},"results":[]}]}'


@dataclass(frozen=True)
class Seen:
    noticed: float
    recovered: float
    answers: dict[str, int]


@drill("redis-down", breaks="takes cache and queue away from an extra node", timeout=240)
async def redis_down(probe: Probe) -> Outcome:
    """It serves on, says what it is without, accepts uploads, and finds back."""
    settings = probe.inside.settings
    async with AsyncExitStack() as stack:
        cache = await stack.enter_async_context(gate(reach_valkey(settings.cache.url)))
        queue = await stack.enter_async_context(gate(reach_valkey(settings.queue.url)))
        extra = await stack.enter_async_context(
            node(
                probe,
                HAUBERK_CACHE_URL=valkey_through(settings.cache.url, cache.port),
                HAUBERK_QUEUE_URL=valkey_through(settings.queue.url, queue.port),
            )
        )
        seen = await _outage(extra, [cache, queue], code=200, without={"cache", "queue"})
    wrong = {what: code for what, code in seen.answers.items() if code not in (200, 202)}
    return outcome("cache and queue", "200, degraded", seen, wrong)


@drill("database-restart", breaks="cuts an extra node off its database", timeout=240)
async def database_restart(probe: Probe) -> Outcome:
    """It is not ready but alive, refuses with 503 and when to come again, and finds back without a restart."""
    url = probe.inside.settings.database.url
    async with (
        gate(reach_database(url)) as database,
        node(probe, HAUBERK_DATABASE_URL=database_through(url, database.port)) as extra,
    ):
        seen = await _outage(extra, [database], code=503, without={"database"})
    wrong = {what: code for what, code in seen.answers.items() if code != 503}
    return outcome("the database", "503", seen, wrong)


@drill("replica-down", breaks="takes the replica away from an extra node", timeout=240)
async def replica_down(probe: Probe) -> Outcome:
    """Reads go to the primary meanwhile."""
    url = probe.inside.settings.database.replica_url
    if not url:
        return Outcome(
            has_passed=False, evidence="There is no replica: HAUBERK_DATABASE_REPLICA_URL is not set."
        )
    async with (
        gate(reach_database(url)) as replica,
        node(probe, HAUBERK_DATABASE_REPLICA_URL=database_through(url, replica.port)) as extra,
    ):
        seen = await _outage(extra, [replica], code=200, without={"replica"})
    wrong = {what: code for what, code in seen.answers.items() if code not in (200, 202)}
    return outcome("the replica", "200, degraded", seen, wrong)


async def _outage(extra: Node, gates: list[Gate], *, code: int, without: set[str]) -> Seen:
    async def has_noticed() -> bool:
        found, degraded = await extra.ready()
        return found == code and without <= set(degraded)

    async def has_recovered() -> bool:
        found, degraded = await extra.ready()
        return found == 200 and not without & set(degraded)

    if not await has_recovered():
        raise RuntimeError(f"{', '.join(sorted(without))} was not there to begin with")
    for each in gates:
        await each.shut()
    try:
        noticed = await extra.until(has_noticed, NOTICE_SECONDS + 2, f"readiness {code}")
        if not await extra.lives():
            raise RuntimeError("it was not alive any more")
        answers = await asked(extra)
    finally:
        for each in gates:
            await each.open()
    recovered = await extra.until(has_recovered, RECOVERY_SECONDS, "readiness to be as before")
    return Seen(noticed, recovered, answers)


async def without(extra: Node, server: Gate, name: str, attempt: Callable[[], Awaitable[None]]) -> Seen:
    """The same of what health knows from the last attempt to use it."""

    async def is_lost() -> bool:
        code, degraded = await extra.ready()
        return code == 200 and name in degraded

    async def is_there() -> bool:
        code, degraded = await extra.ready()
        return code == 200 and name not in degraded

    await extra.until(is_there, RECOVERY_SECONDS, f"{name} to be there to begin with")
    await server.shut()
    try:
        await attempt()
        noticed = await extra.until(is_lost, NOTICE_SECONDS + 2, f"readiness without {name}")
        if not await extra.lives():
            raise RuntimeError("it was not alive any more")
        answers = await asked(extra)
    finally:
        await server.open()
    await attempt()
    recovered = await extra.until(is_there, RECOVERY_SECONDS, "readiness to be as before")
    return Seen(noticed, recovered, answers)


async def asked(extra: Node) -> dict[str, int]:
    found = {}
    for what, path in (("list", "/api/v1/findings?limit=1"), ("dashboard", "/api/v1/dashboard")):
        found[what] = (await extra.http.get(path)).status_code
    upload = await extra.http.post(
        "/api/v1/scans",
        data={"asset": "drill", "format": "sarif", "dry_run": "true"},
        files={"file": ("drill.sarif", REPORT)},
    )
    found["upload"] = upload.status_code
    return found


def outcome(what: str, expected: str, seen: Seen, wrong: dict[str, int]) -> Outcome:
    told = ", ".join(f"{name} {code}" for name, code in seen.answers.items())
    return Outcome(
        has_passed=not wrong and seen.noticed <= NOTICE_SECONDS,
        evidence=(
            f"Without {what} readiness said {expected} after {seen.noticed:.1f} s and liveness stayed;"
            f" meanwhile {told}; all as before {seen.recovered:.1f} s after it was back."
        ),
        figures={
            "noticed_seconds": round(seen.noticed, 2),
            "recovered_seconds": round(seen.recovered, 2),
            **{f"{name}_code": code for name, code in seen.answers.items()},
        },
    )
