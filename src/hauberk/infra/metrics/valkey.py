"""Redis or Valkey in its two roles, by the names that its usual exporter uses; `server` is queue or cache."""

import asyncio
import time
from typing import Any, Final

import redis.asyncio
from redis.exceptions import RedisError

from hauberk.infra.metrics.observing import WAIT_SECONDS, Observed, Sample, Samples, look, observed
from hauberk.infra.readiness import Installation

ANSWER_SECONDS: Final = WAIT_SECONDS / 2
"""One that is there and silent is told of by the scrape that finds it so, which waits no longer than that."""

UP = observed("redis_up", "Whether it answers", "server")
PING = observed("redis_ping_seconds", "How long an answer takes from here", "server")
HIT_RATIO = observed("redis_hit_ratio", "Part of the reads that found something, since it started", "server")
AOF = observed("redis_aof_last_write_status", "Whether the last write to its log succeeded", "server")
RDB = observed("redis_rdb_last_bgsave_status", "Whether the last snapshot succeeded", "server")
POLICY = observed("redis_eviction_policy_info", "Always 1; the label says what it evicts", "server", "policy")


def _gauge(name: str, title: str) -> Observed:
    return observed(f"redis_{name}", title, "server")


def _counter(name: str, title: str) -> Observed:
    return observed(f"redis_{name}", title, "server", is_counter=True)


_FIELDS = {
    "uptime_in_seconds": _gauge("uptime_in_seconds", "Seconds since it started"),
    "used_memory": _gauge("memory_used_bytes", "Memory in use"),
    "maxmemory": _gauge("memory_max_bytes", "Memory that it may use; 0 is no limit"),
    "mem_fragmentation_ratio": _gauge("mem_fragmentation_ratio", "Memory of the process by memory in use"),
    "connected_clients": _gauge("connected_clients", "Connections"),
    "blocked_clients": _gauge("blocked_clients", "Connections that wait for something to come"),
    "instantaneous_ops_per_sec": _gauge("instantaneous_ops_per_sec", "Commands a second, just now"),
    "aof_enabled": _gauge("aof_enabled", "Whether every write is logged"),
    "connected_slaves": _gauge("connected_replicas", "Replicas"),
    "evicted_keys": _counter("evicted_keys_total", "Keys that had to go for want of memory"),
    "expired_keys": _counter("expired_keys_total", "Keys whose time was over"),
    "keyspace_hits": _counter("keyspace_hits_total", "Reads that found something"),
    "keyspace_misses": _counter("keyspace_misses_total", "Reads that found nothing"),
    "rejected_connections": _counter("rejected_connections_total", "Connections beyond its limit"),
    "total_commands_processed": _counter("commands_processed_total", "Commands"),
    "total_net_input_bytes": _counter("net_input_bytes_total", "Bytes received"),
    "total_net_output_bytes": _counter("net_output_bytes_total", "Bytes sent"),
}


@look()
async def valkey(installation: Installation) -> Samples:
    found = await asyncio.gather(_server("queue", installation.queue), _server("cache", installation.cache))
    return [sample for samples in found for sample in samples]


async def _server(name: str, client: redis.asyncio.Redis) -> list[Sample]:
    began = time.perf_counter()
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await client.ping()
            took = time.perf_counter() - began
            information: dict[str, Any] = await client.info("everything")
    except (OSError, TimeoutError, RedisError):
        return [UP(0, name)]
    samples = [UP(1, name), PING(took, name)]
    samples += [series(information[field], name) for field, series in _FIELDS.items() if field in information]
    hits, misses = information.get("keyspace_hits", 0), information.get("keyspace_misses", 0)
    if hits + misses:
        samples.append(HIT_RATIO(hits / (hits + misses), name))
    samples.append(AOF(information.get("aof_last_write_status") == "ok", name))
    samples.append(RDB(information.get("rdb_last_bgsave_status") == "ok", name))
    samples.append(POLICY(1, name, str(information.get("maxmemory_policy", "unknown"))))
    return samples
