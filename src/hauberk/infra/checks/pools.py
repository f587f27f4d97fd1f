"""The database's pools: their bounds, what is in use, and whether all of them together fit the server."""

from typing import Any

from sqlalchemy import text

from hauberk.infra.connections import ROOM
from hauberk.infra.http.client import MAX_CONNECTIONS
from hauberk.infra.readiness import Answer, Probe, failed, passed, readiness, skipped, warned
from hauberk.infra.readiness.processes import alive


async def _pools(probe: Probe) -> list[dict[str, Any]]:
    """Of the processes that serve, as they tell it themselves."""
    return [pool for each in await alive(probe, "api") if (pool := each.detail.get("database_pool"))]


@readiness("INF-2")
async def pool_fits(probe: Probe) -> Answer:
    settings = probe.inside.settings
    pools = await _pools(probe)
    async with probe.inside.engine.connect() as connection:
        allowed, process = (await connection.execute(text(ROOM))).one()
        driver = (await connection.get_raw_connection()).driver_connection
        is_behind_pooler = driver is not None and driver.info.backend_pid != process
    if not pools:
        return skipped("No serving process has told of its pool.", "Start 'hauberk serve', then ask again.")
    each = max(pools, key=lambda pool: pool["size"] + pool["max_overflow"])
    live = sum(int(pool["size"] + pool["max_overflow"] + 1) for pool in pools)
    others = settings.process_connections - settings.api_connections - settings.api_processes
    wanted = max(live + others, settings.process_connections)
    seen = (
        f"pool_size {each['size']:g}, max_overflow {each['max_overflow']:g}, pool_timeout {each['timeout']:g} s,"
        f" pre-ping {'on' if settings.database.pool_pre_ping else 'off'} in {len(pools)} serving process(es);"
        f" with workers and scheduler {wanted} of {allowed} connections"
        f"{', a pooler in between' if is_behind_pooler else ''}"
    )
    if not settings.database.pool_pre_ping:
        return failed(f"{seen}.", "Set HAUBERK_DATABASE_POOL_PRE_PING=true.")
    if is_behind_pooler and not settings.database.pooler:
        return failed(f"{seen}.", "Set HAUBERK_DATABASE_POOLER=true: nothing may be kept in a connection.")
    if wanted > (allowed or 0) and not is_behind_pooler:
        return failed(
            f"{seen}.",
            "Raise max_connections (or the CONNECTION LIMIT of the role or database), lower the pool, or put PgBouncer in between.",
        )
    return passed(f"{seen}.")


@readiness("PERF-8")
async def connection_pools(probe: Probe) -> Answer:
    inside = probe.inside
    pools = await _pools(probe)
    if not pools:
        return skipped("No serving process has told of its pool.", "Start 'hauberk serve', then ask again.")
    seen, wrong = [], []
    for name, client, section in (
        ("cache", inside.cache, inside.settings.cache),
        ("queue", inside.queue, inside.settings.queue),
    ):
        pool = getattr(client, "connection_pool", None)
        if pool is None:
            seen.append(f"{name} a cluster, at most {section.max_connections} to each node")
            continue
        wait = getattr(pool, "timeout", 0) or 0
        seen.append(f"{name} {section.min_connections} to {pool.max_connections}, waiting {wait:g} s")
        if pool.max_connections > 1000 or not 0 < wait <= 1:
            wrong.append(name)
    sums = {key: sum(each.get(key, 0) for each in pools) for key in ("open", "in_use", "waits", "refusals")}
    each = pools[0]
    shown = (
        f"Database {inside.settings.database.pool_min} at start, {each['size']:g} kept, {each['max_overflow']:g} more;"
        f" in {len(pools)} process(es) {sums['open']:g} open, {sums['in_use']:g} in use, {sums['waits']:g} waits,"
        f" {sums['refusals']:g} refusals; {'; '.join(seen)}; outgoing calls at most {MAX_CONNECTIONS} at once"
    )
    if wrong:
        return failed(
            f"{shown}.", f"Give {' and '.join(wrong)} a bound: HAUBERK_{wrong[0].upper()}_MAX_CONNECTIONS=50."
        )
    if inside.settings.database.pool_min < 1 or sums["refusals"]:
        return warned(f"{shown}.", "Look at slow statements, or raise HAUBERK_DATABASE_POOL_SIZE.")
    return passed(f"{shown}.")
