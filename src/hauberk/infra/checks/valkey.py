"""Valkey's memory: bounded in both roles, and the queue's is never given to anything else."""

import redis.asyncio
from redis.exceptions import ResponseError

from hauberk.infra.readiness import Answer, Probe, failed, passed, readiness, warned

FULL = 0.95
EVICTING = ("allkeys-lfu", "allkeys-lru", "volatile-lfu", "volatile-lru", "volatile-ttl")


@readiness("PERF-12")
async def redis_memory(probe: Probe) -> Answer:
    queue_memory, queue_policy = await _memory(probe.inside.queue)
    cache_memory, cache_policy = await _memory(probe.inside.cache)
    queue_used, queue_machine = await _used(probe.inside.queue)
    _, cache_machine = await _used(probe.inside.cache)
    seen = (
        f"Queue: maxmemory {queue_memory // 1024**2} MiB, {queue_policy}; cache: maxmemory"
        f" {cache_memory // 1024**2} MiB, {cache_policy}"
    )
    if queue_policy != "noeviction" or not queue_memory:
        return failed(f"{seen}.", "Give the queue's server a maxmemory and maxmemory-policy noeviction.")
    if not cache_memory or cache_policy not in (*EVICTING, "noeviction"):
        return failed(f"{seen}.", "Give the cache's server a maxmemory and maxmemory-policy allkeys-lfu.")
    for name, bound, machine in (
        ("queue", queue_memory, queue_machine),
        ("cache", cache_memory, cache_machine),
    ):
        if 0 < machine < bound:
            return failed(
                f"{seen}. The {name}'s machine has {machine // 1024**2:,} MiB, so that is no bound.",
                f"Give the {name}'s server a maxmemory that its machine has to spare.",
            )
    if queue_used >= FULL * queue_memory:
        return failed(
            f"{seen}. {queue_used / queue_memory:.0%} of the queue's memory is in use: it takes nothing more.",
            "Give the queue's server more maxmemory; jobs wait in the database meanwhile.",
        )
    if unwritten := await _unwritten(probe.inside.queue):
        return warned(f"{seen}. {unwritten[0]}", unwritten[1])
    if cache_policy == "noeviction":
        return warned(
            f"{seen}. What is cached may fill the memory up.",
            "Give the cache a server of its own with maxmemory-policy allkeys-lfu.",
        )
    return passed(f"{seen}.")


async def _memory(client: redis.asyncio.Redis) -> tuple[int, str]:
    """By CONFIG GET, else (where the provider forbids it) by INFO."""
    try:
        found = await client.config_get("maxmemory", "maxmemory-policy")
        return int(found["maxmemory"] or 0), str(found["maxmemory-policy"])
    except ResponseError:
        told = await client.info("memory")
        return int(told["maxmemory"]), str(told["maxmemory_policy"])


async def _used(client: redis.asyncio.Redis) -> tuple[int, int]:
    """What is in use, and what the machine has (0 where it does not say)."""
    told = await client.info("memory")
    return int(told.get("used_memory", 0)), int(told.get("total_system_memory", 0))


async def _unwritten(client: redis.asyncio.Redis) -> tuple[str, str] | None:
    """The queue may be lost, as the database has every job; it costs the time until each is hinted at again."""
    told = await client.info("persistence")
    if not told.get("aof_enabled"):
        return (
            "The queue is kept in memory alone: a restart of its server loses every hint, and work waits to be swept up.",
            "Give the queue's server appendonly yes ('config set appendonly yes', and in its configuration).",
        )
    if told.get("aof_last_write_status", "ok") != "ok":
        return (
            "The queue's server could not write its append-only file the last time.",
            "Look at that server's disk and log.",
        )
    return None
