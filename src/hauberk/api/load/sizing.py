"""How large an installation must be for so many users: measured cost of a request times their number, nothing else."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hauberk.api.load.model import MINUTES, THINK_SECONDS, WAVE_SECONDS, WHOLE
from hauberk.infra.settings import Settings
from hauberk.kit.errors import Conflict

USE = 0.6
"""Of a core at the busiest: what is left is for peaks, deployments and a lost machine."""
INSTANCE_CORES = 4
READ_SHARE = 0.9
SERVER_CONNECTIONS = 200
BEHIND = ("workers", "PostgreSQL", "queue", "cache")
"""What requests make work beside the API."""


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
    behind: str
    """What was counted there."""


def size(users: int, figures: Mapping[str, Any], settings: Settings) -> Size:
    """From the figures of a load record. `Conflict` where the API's share is not among them."""
    if not figures["api_ms_per_request"]:
        raise Conflict(
            "The newest load test did not see what the API used: run 'hauberk load' on a machine that serves."
        )
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
        behind=figures.get("behind", ""),
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
    counted = [each.strip() for each in found.behind.split(",") if each.strip()]
    missing = [each for each in BEHIND if each not in counted]
    replicas = (
        f", {found.replicas} streaming replica(s) (HAUBERK_DATABASE_REPLICA_URL)" if found.replicas else ""
    )
    behind = f"Behind it ({found.behind}): {found.database_cores} cores{replicas}. " if counted else ""
    unseen = f"Not measured, for none of it ran beside the test: {', '.join(missing)}" if missing else ""
    return [
        f"{found.users:,} concurrent users: {found.requests_per_second:,} requests a second, {found.users:,} open streams",
        (
            f"API: {found.api_cores} cores at {USE:.0%} use: {found.instances} instances with {INSTANCE_CORES} cores each,"
            f" {found.processes} processes behind a balancer"
        ),
        f"{behind}{unseen}".removesuffix(". "),
        pooler,
        f"Cache: {found.cache_nodes} node(s){' in a cluster' if found.cache_nodes > 1 else ''}",
    ]


def doubts(figures: Mapping[str, Any], *, has_passed: bool) -> str:
    """Why the measurement says less than it seems, if so."""
    failed = (
        ""
        if has_passed
        else " That test failed: a request that is refused costs less than one that is answered."
    )
    is_small = figures["users"] < WHOLE or figures["minutes"] < MINUTES
    small = (
        f" It was a small one: 'hauberk load --users {WHOLE}' of {MINUTES} minutes says more."
        if is_small
        else ""
    )
    return f"{failed}{small}"
