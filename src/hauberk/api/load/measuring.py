"""What a run came to: latencies from the intended start, errors, and the processor's time by who used it."""

import os
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hauberk.api.load.model import MAX_ERRORS, MAX_P95_MS


@dataclass
class Measured:
    """`seconds` of each act, from when it was meant to begin to the end of its answer."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    streams_open: int = 0
    streams_lost: int = 0
    late: list[float] = field(default_factory=list)
    """By how many seconds the generator itself began too late, which is in `seconds` too."""

    def add(self, act: str, seconds: float, error: str | None) -> None:
        if error is not None:
            self.errors[f"{act}: {error}"] += 1
        else:
            self.seconds.setdefault(act, []).append(seconds)

    @property
    def requests(self) -> int:
        return sum(map(len, self.seconds.values())) + sum(self.errors.values())

    def figures(self) -> dict[str, Any]:
        every = sorted(second for each in self.seconds.values() for second in each)
        failed = sum(self.errors.values())
        found: dict[str, Any] = {
            "requests": self.requests,
            "errors": failed,
            "error_share": round(failed / max(1, self.requests), 5),
            "streams_open": self.streams_open,
            "streams_lost": self.streams_lost,
            **{f"p{part}_ms": _percentile(every, part) for part in (50, 95, 99)},
            "generator_late_p99_ms": _percentile(sorted(self.late), 99),
        }
        found |= {f"{act}_p95_ms": _percentile(sorted(each), 95) for act, each in self.seconds.items()}
        if self.errors:
            found["commonest_error"] = "{} ({} times)".format(*self.errors.most_common(1)[0])
        return found


def holds(figures: dict[str, Any]) -> bool:
    """The verdict of the checklist."""
    return streams_hold(figures) and bool(figures["p95_ms"] < MAX_P95_MS)


def streams_hold(figures: dict[str, Any]) -> bool:
    """Of a run with more streams than people: all of them are held, and requests are answered beside them."""
    return bool(figures["requests"] and figures["error_share"] < MAX_ERRORS and figures["streams_lost"] == 0)


def _percentile(ordered: list[float], part: int) -> float:
    return round(ordered[min(len(ordered) - 1, len(ordered) * part // 100)] * 1000, 1) if ordered else 0.0


@dataclass(frozen=True)
class Processor:
    """Seconds of processor time: of the whole machine, of the serving processes, of what is behind them, of this one."""

    busy: float
    serving: float
    behind: float
    own: float

    @classmethod
    def now(cls, serving: Collection[int], behind: Collection[int]) -> "Processor":
        """As Linux counts them, of these processes and all that they started; elsewhere only its own."""
        busy = 0.0
        with suppress(OSError):
            parts = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
            busy = (sum(parts) - parts[3] - parts[4]) / _TICKS
        used = {pid: _Used.of(pid) for pid in _processes()}
        roots = {"serving": set(serving), "behind": set(behind)}
        sums = dict.fromkeys(roots, 0.0)
        for pid, each in used.items():
            found = _owner(pid, roots, used)
            if found:
                sums[found] += each.seconds
        return cls(busy, sums["serving"], sums["behind"], sum(os.times()[:2]))

    def since(self, before: "Processor", requests: int, seconds: float) -> dict[str, float]:
        return {
            "generator_cores": round((self.own - before.own) / seconds, 2),
            "api_ms_per_request": round((self.serving - before.serving) / max(1, requests) * 1000, 2),
            "behind_ms_per_request": round((self.behind - before.behind) / max(1, requests) * 1000, 2),
            "machine_cores_busy": round((self.busy - before.busy) / seconds, 2),
        }


@dataclass(frozen=True)
class _Used:
    parent: int
    seconds: float

    @classmethod
    def of(cls, pid: int) -> "_Used":
        """With what its children used that have ended."""
        try:
            told = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            return cls(0, 0.0)
        return cls(int(told[1]), sum(int(each) for each in told[11:15]) / _TICKS)


def _processes() -> list[int]:
    return [int(each.name) for each in Path("/proc").glob("[0-9]*")]


def _owner(pid: int, roots: Mapping[str, Collection[int]], used: Mapping[int, _Used]) -> str | None:
    """To whom it belongs: the nearest of its ancestors, itself included, that is somebody's."""
    while pid > 1 and pid in used:
        for name, pids in roots.items():
            if pid in pids:
                return name
        pid = used[pid].parent
    return None


_TICKS = os.sysconf("SC_CLK_TCK")
