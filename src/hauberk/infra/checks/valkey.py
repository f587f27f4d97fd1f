"""Valkey's memory: bounded in both roles, and the queue's is never given to anything else."""

import redis.asyncio
from redis.exceptions import ResponseError

from hauberk.infra.readiness import Answer, Probe, failed, passed, readiness, warned

EVICTING = ("allkeys-lfu", "allkeys-lru", "volatile-lfu", "volatile-lru", "volatile-ttl")


@readiness("PERF-12")
async def redis_memory(probe: Probe) -> Answer:
    queue_memory, queue_policy = await _memory(probe.inside.queue)
    cache_memory, cache_policy = await _memory(probe.inside.cache)
    seen = (
        f"Queue: maxmemory {queue_memory // 1024**2} MiB, {queue_policy}; cache: maxmemory"
        f" {cache_memory // 1024**2} MiB, {cache_policy}"
    )
    if queue_policy != "noeviction" or not queue_memory:
        return failed(f"{seen}.", "Give the queue's server a maxmemory and maxmemory-policy noeviction.")
    if not cache_memory or cache_policy not in (*EVICTING, "noeviction"):
        return failed(f"{seen}.", "Give the cache's server a maxmemory and maxmemory-policy allkeys-lfu.")
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
