"""What becomes of work and of calls that fail: tried again with growing, scattered pauses, and work in the end is kept."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Final

from sqlalchemy import text

from hauberk.infra.http import CallFailed, Destination, Outbound, Trust, destinations, retrying
from hauberk.infra.http.addresses import Policy
from hauberk.infra.http.breaker import Breakers
from hauberk.infra.readiness import Answer, Probe, failed, passed, readiness, warned
from hauberk.jobs import (
    discovery,
    outbox,  # noqa: F401 - declares how events are tried again
)
from hauberk.jobs.execute import BASE_SECONDS, MAX_SECONDS, backoff
from hauberk.jobs.job import Job, all_kinds
from hauberk.jobs.retries import all_retries

MOST_ATTEMPTS: Final = 20
MOST_CALLS: Final = 5
LOOKS: Final = 30
_SHAKY: Final = Destination("readiness", "Refuses twice, then answers", trust=Trust.OPERATOR)
_FAULT: Final = "Report this; it is a fault of the product."
OURS: Final = frozenset({"internal_error", "worker_lost", "time_limit"})
"""Ends that say something about us, not about what was sent."""

_DEAD = text("select queue, kind, code, failed from dead_letters()")
_STATE = text("select outbox_dead from background_state()")


@readiness("ERR-3")
async def work_is_retried_and_never_lost(probe: Probe) -> Answer:
    discovery.load()
    kinds = all_kinds()
    others = all_retries()
    endless = [job.kind for job in kinds if not 1 <= job.max_attempts <= MOST_ATTEMPTS or job.time_limit <= 0]
    endless += [each.of for each in others if not 1 <= each.attempts <= MOST_ATTEMPTS]
    if endless:
        return failed(f"Retried without an end: {', '.join(sorted(endless))}.", "Give it max_attempts.")
    stubborn = [each.name for each in destinations() if not 1 <= each.attempts <= MOST_CALLS]
    if stubborn:
        return failed(f"Called without an end: {', '.join(stubborn)}.", _FAULT)
    faults = (_pauses_fault(each.of, each.pause, (1, 4, each.attempts), each.most_seconds) for each in others)
    fault = next(filter(None, faults), None) or (
        _pauses_fault("jobs", backoff, (1, 4, MOST_ATTEMPTS), 2 * MAX_SECONDS)
        or _pauses_fault("outgoing calls", retrying.pause, (1, 2, MOST_ATTEMPTS), retrying.MAX_SECONDS)
        or await _calls_fault()
    )
    if fault:
        return failed(fault, _FAULT)
    async with probe.inside.engine.connect() as connection:
        dead = (await connection.execute(_DEAD)).all()
        events = (await connection.execute(_STATE)).scalar_one()
    total, ours = sum(row.failed for row in dead), sum(row.failed for row in dead if row.code in OURS)
    seen = (
        f"{_policy(kinds)}; {', '.join(f'{each.of} {each.attempts} attempts' for each in others)}. Pauses from {BASE_SECONDS:g} s, doubled up to"
        f" {MAX_SECONDS:g} s, scattered by half. An outgoing call that was refused twice was made a third time, one that changes something was not."
        f" Dead letters of 30 days: {total} jobs ({ours} by faults of ours),"
        f" {events} events."
    )
    if ours or events:
        return warned(seen, "Look at them with 'hauberk jobs', mend the cause, and replay them.")
    return passed(seen)


def _policy(kinds: list[Job]) -> str:
    queues: defaultdict[str, list[int]] = defaultdict(list)
    for job in kinds:
        queues[job.queue.value].append(job.max_attempts)
    return ", ".join(f"{name} {_range(found)} attempts" for name, found in sorted(queues.items()))


def _range(found: list[int]) -> str:
    return str(min(found)) if min(found) == max(found) else f"{min(found)}-{max(found)}"


def _pauses_fault(
    of: str, pause: Callable[[int], float], attempts: tuple[int, int, int], most: float
) -> str | None:
    """The very pauses that they get: longer each time, never twice the same, with a bound."""
    pauses = [[pause(attempt) for _ in range(LOOKS)] for attempt in attempts]
    means = [sum(each) / LOOKS for each in pauses]
    if not means[0] < means[1] < means[2] or max(pauses[2]) > most:
        return f"The pauses between attempts of {of} do not grow to a bound."
    if any(len(set(each)) < LOOKS // 2 for each in pauses):
        return f"The pauses between attempts of {of} are not scattered: retries would come together."
    return None


async def _calls_fault() -> str | None:
    """A call as every other goes out, to a listener that refuses twice; and one that must not be made twice."""
    refused = 0

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal refused
        await reader.readuntil(b"\r\n\r\n")
        status = b"200 OK" if refused >= 2 else b"503 Service Unavailable"
        refused += 1
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    http = Outbound(Policy(), Breakers())
    try:
        if (answer := await http.send(_SHAKY, "GET", url)).status != 200:
            return f"A call that was refused with 503 was made {refused} time(s), and ended with {answer.status}."
        refused = 0
        if (await http.send(_SHAKY, "POST", url)).status == 200:
            return "A call that changes something was made again by itself."
    except CallFailed as error:
        return f"A call that was refused twice was given up: {error}."
    finally:
        await http.aclose()
        server.close()
    return None
