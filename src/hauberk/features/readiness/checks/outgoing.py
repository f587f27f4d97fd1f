"""Everything outside that is called: that each has a breaker that trips, and a time limit that ends it."""

import asyncio
import contextlib
import time
from datetime import UTC, datetime
from typing import Final

from redis.exceptions import RedisError

from hauberk.infra.clamav import CLAMAV
from hauberk.infra.http import (
    CallFailed,
    CircuitOpen,
    Destination,
    Limits,
    Outbound,
    Trust,
    destinations,
)
from hauberk.infra.http import breaker as circuits
from hauberk.infra.http.addresses import Policy
from hauberk.infra.http.breaker import Breakers, Circuit, CircuitState
from hauberk.infra.readiness import Answer, Probe, failed, passed, readiness, skipped, warned
from hauberk.infra.readiness.in_force import agreed, running
from hauberk.infra.storage import opening
from hauberk.jobs import discovery

MAX_TOTAL_SECONDS: Final = 600
MAX_STATEMENT_SECONDS: Final = 30
ENDS_AFTER: Final = 0.5
_NOBODY: Final = Destination(
    "readiness", "Never answers", trust=Trust.OPERATOR, limits=Limits(total=ENDS_AFTER), attempts=1
)


def _known() -> list[Destination]:
    """A destination is registered where it is called from: by jobs, handlers and what is imported here."""
    discovery.load()
    assert CLAMAV in destinations()
    return destinations()


@readiness("PERF-13")
async def circuits_break(probe: Probe) -> Answer:
    """One breaker is tripped for show, and every other process must know it; then what the real ones are."""
    known = _known()
    try:
        await probe.inside.cache.ping()
    except (RedisError, OSError) as error:
        return skipped(
            f"The cache, by which processes share their circuits, does not answer ({type(error).__name__}).",
            "Look at HAUBERK_CACHE_URL and the server there; until then each process trips its own.",
        )
    names = ", ".join(each.name for each in known)
    fault = await _tripped(probe)
    if fault:
        return failed(fault, "Report this; it is a fault of the product.")
    found = await Breakers(probe.inside.cache).all()
    now = time.time()
    told = [f"{key} {_told(circuit, now)}" for key, circuit in found.items()] or ["none ever failed"]
    seen = f"{len(known)} services ({names}); a breaker tripped and all saw it; circuits: {'; '.join(told)}."
    if any(circuit.state(now) is not CircuitState.CLOSED for circuit in found.values()):
        return warned(seen, "Look at what is open: it is left alone until it answers again.")
    return passed(seen)


def _told(circuit: Circuit, now: float) -> str:
    if not circuit.trips:
        return f"{circuit.state(now)}, never tripped"
    last = datetime.fromtimestamp(circuit.last_trip_at, UTC)
    return f"{circuit.state(now)}, tripped {circuit.trips} times, last {last:%Y-%m-%d %H:%M} UTC ({circuit.last_failure})"


async def _tripped(probe: Probe) -> str | None:
    key = f"{_NOBODY.name} {time.monotonic_ns()}"
    one, other = Breakers(probe.inside.cache), Breakers(probe.inside.cache)
    try:
        for _ in range(10):
            await one.enter(key)
            await one.leave(key, "readiness")
    except CircuitOpen:
        pass
    else:
        return "Ten failures in a row did not open a circuit."
    try:
        await other.enter(key)
    except CircuitOpen:
        return None
    else:
        return "A circuit that one process opened is closed for another."
    finally:
        with contextlib.suppress(Exception):
            await probe.inside.cache.hdel(circuits.KEY, key)


@readiness("ERR-4", timeout=10)
async def external_calls_end(probe: Probe) -> Answer:
    known = _known()
    endless = [
        each.name
        for each in known
        if not 0 < each.limits.connect <= each.limits.total <= MAX_TOTAL_SECONDS
        or not 0 < each.limits.read <= MAX_TOTAL_SECONDS
    ]
    endless += [
        name
        for name, client in (("cache", probe.inside.cache), ("queue", probe.inside.queue))
        if not _is_limited(client.connection_pool.connection_kwargs)
    ]
    serving = await running(probe, "api", "HAUBERK_DATABASE_STATEMENT_TIMEOUT")
    if not serving:
        return skipped(
            "No serving process has told of its settings.", "Start 'hauberk serve', then ask again."
        )
    statement = max(
        each.database.statement_timeout
        for each in (probe.inside.settings, *(one.settings for one in serving))
    )
    if not 0 < statement < MAX_STATEMENT_SECONDS:
        endless.append(f"database ({statement:g} s, HAUBERK_DATABASE_STATEMENT_TIMEOUT)")
    if endless:
        without = failed(
            f"Without a time limit that ends it: {', '.join(endless)}.", "Give it one, and restart."
        )
        return agreed(without, serving)
    seconds = await _ended()
    if seconds is None or seconds > 4 * ENDS_AFTER:
        return failed(
            f"A server that never answers was waited for {'for ever' if seconds is None else f'{seconds:.1f} s'}.",
            "Report this; it is a fault of the product.",
        )
    listed = ", ".join(f"{each.name} {each.limits.total:g} s" for each in known)
    ended = passed(
        f"{listed}; database {statement:g} s a statement, cache and queue"
        f" {probe.inside.cache.connection_pool.connection_kwargs['socket_timeout']:g} s an answer,"
        f" object storage {opening.ANSWER_SECONDS} s a request. A server that never"
        f" answers was given up after {seconds:.2f} s."
    )
    return agreed(ended, serving)


def _is_limited(options: dict[str, object]) -> bool:
    return bool(options.get("socket_timeout")) and bool(options.get("socket_connect_timeout"))


async def _ended() -> float | None:
    """How long a call to a listener that never answers took to be given up; None when it was not."""

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait_for(reader.read(), 5)
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    http = Outbound(Policy(), Breakers())
    began = time.monotonic()
    try:
        await asyncio.wait_for(http.send(_NOBODY, "GET", f"http://127.0.0.1:{port}/"), 10 * ENDS_AFTER)
    except CallFailed:
        return time.monotonic() - began
    except TimeoutError:
        return None
    finally:
        await http.aclose()
        server.close()
    return None
