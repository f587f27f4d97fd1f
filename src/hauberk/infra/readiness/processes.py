"""The processes that told a moment ago how they are, of every role and machine."""

import os
import platform
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text

from hauberk.infra.readiness.probe import Probe

TOLD_SECONDS: Final = 10.0
"""How often each of them tells."""
_PROCESSES = text(
    "select role, detail, extract(epoch from seen_at)::float8 as seen_at from process_heartbeat"
    " where seen_at > clock_timestamp() - make_interval(secs => :seconds) order by started_at"
)

_SILENT = text(
    "select detail from process_heartbeat"
    " where role = :role and seen_at <= clock_timestamp() - make_interval(secs => :seconds)"
)


@dataclass(frozen=True)
class Process:
    """`seen_at`: by the database's clock."""

    role: str
    detail: dict[str, Any]
    seen_at: float


async def alive(probe: Probe, role: str) -> list[Process]:
    """Those that were heard of in time; of this machine only those that are still there."""
    found = await probe.once("processes", lambda: _heard_of(probe))
    return [each for each in found if each.role == role]


async def here(probe: Probe, role: str) -> list[int]:
    """The process ids of those on this machine."""
    told = [each.detail for each in await alive(probe, role)]
    return sorted({int(each["pid"]) for each in told if each.get("host") == platform.node()})


async def silent(probe: Probe, role: str) -> list[int]:
    """Those of this machine that are there and have told nothing for a while: stopped, or kept from turning."""
    telling = await here(probe, role)
    async with probe.inside.engine.connect() as connection:
        rows = (await connection.execute(_SILENT, {"seconds": 3 * TOLD_SECONDS, "role": role})).all()
    pids = {int(row.detail["pid"]) for row in rows if row.detail.get("host") == platform.node()}
    return sorted(pid for pid in pids - set(telling) if is_there(pid) and _is_ours(pid))


async def _heard_of(probe: Probe) -> list[Process]:
    async with probe.inside.engine.connect() as connection:
        rows = (await connection.execute(_PROCESSES, {"seconds": 3 * TOLD_SECONDS})).all()
    processes = [Process(row.role, row.detail, row.seen_at) for row in rows]
    host = platform.node()
    return [each for each in processes if each.detail.get("host") != host or is_there(each.detail["pid"])]


def is_there(pid: int) -> bool:
    """A dead one that nobody has buried yet is not."""
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, 0)
        return _state(pid) != "Z"
    return False


def _is_ours(pid: int) -> bool:
    """The number of a dead one may be another program's by now. As Linux tells it; elsewhere it is not known."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123
            return b"hauberk" in file.read()
    except OSError:
        return False


def _state(pid: int) -> str:
    """As Linux tells it; elsewhere nothing."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return ""
