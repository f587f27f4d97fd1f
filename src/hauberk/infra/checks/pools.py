"""The database's pools: their bounds, what is in use, and whether all of them together fit the server."""

from typing import Any

from sqlalchemy import text

from hauberk.infra.connections import ROOM
from hauberk.infra.http.client import MAX_CONNECTIONS
from hauberk.infra.readiness import Answer, Probe, failed, passed, readiness, skipped, warned
from hauberk.infra.readiness.in_force import Running, agreed, running
from hauberk.infra.settings.model import SCHEDULER_CONNECTIONS

_UNTOLD = ("No serving process has told of its pool.", "Start 'hauberk serve', then ask again.")


def _pools(serving: list[Running]) -> list[dict[str, Any]]:
    """Of the processes that serve, as they tell it themselves."""
    return [pool for each in serving if (pool := each.process.detail.get("database_pool"))]


@readiness("INF-2")
async def pool_fits(probe: Probe) -> Answer:
    settings = probe.inside.settings
    serving = await running(probe, "api", "HAUBERK_DATABASE_POOL", "HAUBERK_DATABASE_MAX_OVERFLOW")
    working = await running(probe, "worker", "HAUBERK_DATABASE_POOL", "HAUBERK_WORKER_THREADS")
    leading = await running(probe, "scheduler", "HAUBERK_DATABASE_POOL")
    pools = _pools(serving)
    async with probe.inside.engine.connect() as connection:
        allowed, process = (await connection.execute(text(ROOM))).one()
        driver = (await connection.get_raw_connection()).driver_connection
        is_behind_pooler = driver is not None and driver.info.backend_pid != process
    if not pools:
        return skipped(*_UNTOLD)
    each = max(pools, key=lambda pool: pool["size"] + pool["max_overflow"])
    live = sum(int(pool["size"] + pool["max_overflow"] + 1) for pool in pools)
    of_workers = sum(one.settings.connections_of_a_worker for one in working)
    # One that is missing just now comes back, and wants its connections.
    of_workers = max(of_workers, settings.worker_processes * settings.connections_of_a_worker)
    others = of_workers + SCHEDULER_CONNECTIONS * max(1, len(leading))
    wanted = max(live + others, settings.process_connections)
    everybody = [*serving, *working, *leading]
    untested = [one for one in everybody if not one.settings.database.pool_pre_ping]
    seen = (
        f"pool_size {each['size']:g}, max_overflow {each['max_overflow']:g}, pool_timeout {each['timeout']:g} s,"
        f" pre-ping {'off' if untested else 'on'} in {len(pools)} serving process(es);"
        f" with workers and scheduler {wanted} of {allowed} connections"
        f"{', a pooler in between' if is_behind_pooler else ''}"
    )
    if untested or not settings.database.pool_pre_ping:
        return agreed(failed(f"{seen}.", "Set HAUBERK_DATABASE_POOL_PRE_PING=true, and restart."), everybody)
    if is_behind_pooler and not all(one.settings.database.pooler for one in serving):
        return agreed(
            failed(
                f"{seen}.",
                "Set HAUBERK_DATABASE_POOLER=true, and restart: nothing may be kept in a connection.",
            ),
            serving,
        )
    if wanted > (allowed or 0) and not is_behind_pooler:
        return agreed(
            failed(
                f"{seen}.",
                "Raise max_connections (or the CONNECTION LIMIT of the role or database), lower the pool, or put PgBouncer in between.",
            ),
            everybody,
        )
    return agreed(passed(f"{seen}."), everybody)


@readiness("PERF-8")
async def connection_pools(probe: Probe) -> Answer:
    inside = probe.inside
    serving = await running(
        probe,
        "api",
        "HAUBERK_DATABASE_POOL",
        "HAUBERK_DATABASE_MAX_OVERFLOW",
        "HAUBERK_CACHE",
        "HAUBERK_QUEUE",
    )
    pools = _pools(serving)
    if not pools:
        return skipped(*_UNTOLD)
    seen, wrong = [], []
    for name, client in (("cache", inside.cache), ("queue", inside.queue)):
        sections = [getattr(each.settings, name) for each in serving]
        least = min(section.min_connections for section in sections)
        most = max(section.max_connections for section in sections)
        pool = getattr(client, "connection_pool", None)
        if pool is None:
            seen.append(f"{name} a cluster, at most {most} to each node")
            continue
        wait = getattr(pool, "timeout", 0) or 0
        seen.append(f"{name} {least} to {max(most, pool.max_connections)}, waiting {wait:g} s")
        if max(most, pool.max_connections) > 1000 or not 0 < wait <= 1:
            wrong.append(name)
    sums = {key: sum(each.get(key, 0) for each in pools) for key in ("open", "in_use", "waits", "refusals")}
    each = pools[0]
    at_start = min(one.settings.database.pool_min for one in serving)
    shown = (
        f"Database {at_start} at start, {each['size']:g} kept, {each['max_overflow']:g} more;"
        f" in {len(pools)} process(es) {sums['open']:g} open, {sums['in_use']:g} in use, {sums['waits']:g} waits,"
        f" {sums['refusals']:g} refusals; {'; '.join(seen)}; outgoing calls at most {MAX_CONNECTIONS} at once"
    )
    if wrong:
        bound = failed(
            f"{shown}.",
            f"Give {' and '.join(wrong)} a bound, and restart: HAUBERK_{wrong[0].upper()}_MAX_CONNECTIONS=50.",
        )
        return agreed(bound, serving)
    if at_start < 1 or sums["refusals"]:
        slow = warned(f"{shown}.", "Look at slow statements, or raise HAUBERK_DATABASE_POOL_SIZE.")
        return agreed(slow, serving)
    return agreed(passed(f"{shown}."), serving)
