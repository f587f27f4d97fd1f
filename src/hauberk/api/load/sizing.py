"""How large an installation must be for so many users: measured cost of a request times their number, nothing else."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hauberk.api.load.model import THINK_SECONDS, WAVE_SECONDS
from hauberk.infra.settings import Settings

USE = 0.6
"""Of a core at the busiest: what is left is for peaks, deployments and a lost machine."""
INSTANCE_CORES = 4
READ_SHARE = 0.9
SERVER_CONNECTIONS = 200


@dataclass(frozen=True)
class Size:
    users: int
    requests_per_second: float
    api_cores: int
    instances: int
    processes: int
    database_cores: int
    replicas: int
    client_connections: int
    needs_pooler: bool
    cache_nodes: int


def size(users: int, figures: Mapping[str, Any], settings: Settings) -> Size:
    """From the figures of a load record."""
    rate = users / THINK_SECONDS + users / WAVE_SECONDS
    api_cores = math.ceil(rate * figures["api_ms_per_request"] / 1000 / USE)
    database_cores = math.ceil(rate * figures["behind_ms_per_request"] / 1000 / USE)
    instances = max(2, math.ceil(api_cores / INSTANCE_CORES))
    processes = max(instances * INSTANCE_CORES, math.ceil(users / settings.http.streams))
    instances = max(instances, math.ceil(processes / INSTANCE_CORES))
    connections = processes * (settings.database.pool_size + settings.database.max_overflow + 1)
    replicas = max(1, math.ceil(database_cores * READ_SHARE / 16)) if users >= 5_000 else 0
    return Size(
        users=users,
        requests_per_second=round(rate, 1),
        api_cores=api_cores,
        instances=instances,
        processes=processes,
        database_cores=database_cores,
        replicas=replicas,
        client_connections=connections,
        needs_pooler=connections > SERVER_CONNECTIONS,
        cache_nodes=1 if rate < 2_000 else 3 * math.ceil(rate / 20_000),
    )


def sentences(found: Size) -> list[str]:
    """For people."""
    pooler = (
        f"PgBouncer in transaction mode: {found.client_connections:,} client connections on {SERVER_CONNECTIONS} of the"
        " server (HAUBERK_DATABASE_POOLER=true)"
        if found.needs_pooler
        else f"no pooler: {found.client_connections:,} connections fit"
    )
    return [
        f"{found.users:,} concurrent users: {found.requests_per_second:,} requests a second, {found.users:,} open streams",
        (
            f"API: {found.api_cores} cores at {USE:.0%} use: {found.instances} instances with {INSTANCE_CORES} cores each,"
            f" {found.processes} processes behind a balancer"
        ),
        (
            f"PostgreSQL, queue, cache and workers: {found.database_cores} cores, {found.replicas} streaming replica(s)"
            f" (HAUBERK_DATABASE_REPLICA_URL)"
        ),
        pooler,
        f"Cache: {found.cache_nodes} node(s){' in a cluster' if found.cache_nodes > 1 else ''}",
    ]
