"""The text that Prometheus reads: what all processes of this machine counted together, and how they are."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest, start_http_server
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from hauberk.infra.metrics.folder import RoleFolder, beside, is_alive, shared

_FILE = re.compile(r"[a-z]+(?:_[a-z]+)?_(\d+)\.db")
_PROC: Final = Path("/proc")


class Process(NamedTuple):
    """One living process, as the system sees it."""

    role: str
    started_at: float
    resident_bytes: int
    open_files: int
    most_files: int
    cpu_seconds: float


def render(more: Iterable[Metric] = ()) -> bytes:
    """Everything counted on this machine, and `more`."""
    found = registry()
    text = generate_latest(found)
    looked_up = list(more)
    return text + generate_latest(_of(_Fixed(looked_up))) if looked_up else text


def registry(*, is_alone: bool = False) -> CollectorRegistry:
    """`is_alone`: only what this process and its children counted."""
    own = shared()
    if own is None:
        return REGISTRY
    folders = [each for each in beside(own) if not is_alone or each.path == own]
    return _of(_Folders(folders))


def serve(address: str, port: int) -> None:
    """In a thread of its own, for processes that serve nothing else: what they and their children count."""
    start_http_server(port, addr=address, registry=_of(_Own()))


def processes(folders: Iterable[RoleFolder]) -> Iterator[Process]:
    for folder in folders:
        pids = {int(match[1]) for path in folder.path.iterdir() if (match := _FILE.fullmatch(path.name))}
        for pid in sorted(pids):
            if (seen := _look_at(folder.role, pid)) is not None:
                yield seen


def shown() -> list[tuple[str, str]]:
    """Names and titles of what each role shows of its processes."""
    return [(name, title) for name, title, _ in _SHOWN]


class _Own(Collector):
    """Looked for at each scrape: children come and go."""

    def collect(self) -> Iterator[Metric]:
        yield from registry(is_alone=True).collect()


class _Fixed(Collector):
    def __init__(self, found: list[Metric]) -> None:
        self._found = found

    def collect(self) -> list[Metric]:
        return self._found


class _Folders(Collector):
    """The sum over several folders, without the present values of processes that are gone."""

    def __init__(self, folders: list[RoleFolder]) -> None:
        self._folders = folders

    def collect(self) -> Iterator[Metric]:
        files = []
        for folder in self._folders:
            for path in folder.path.glob("*.db"):
                match = _FILE.fullmatch(path.name)
                if match and not is_alive(int(match[1])):
                    mark_process_dead(int(match[1]), str(folder.path))  # type: ignore[no-untyped-call]
            files += [str(path) for path in sorted(folder.path.glob("*.db"))]
        yield from MultiProcessCollector.merge(files, accumulate=True)  # type: ignore[no-untyped-call]
        yield from _families(list(processes(self._folders)))


def _of(collector: Collector) -> CollectorRegistry:
    found = CollectorRegistry()
    found.register(collector)
    return found


_SHOWN: tuple[tuple[str, str, Callable[[list[Process]], float]], ...] = (
    ("processes", "Living processes on this machine", len),
    (
        "process_start_time_seconds",
        "When the youngest was started",
        lambda all_: max(p.started_at for p in all_),
    ),
    (
        "process_resident_memory_bytes",
        "Memory of the largest",
        lambda all_: max(p.resident_bytes for p in all_),
    ),
    ("process_open_fds", "Open files of the one with the most", lambda all_: max(p.open_files for p in all_)),
    ("process_max_fds", "Files that one may open", lambda all_: min(p.most_files for p in all_)),
    ("process_cpu_seconds", "CPU time of those that live", lambda all_: sum(p.cpu_seconds for p in all_)),
)


def _families(found: list[Process]) -> Iterator[Metric]:
    """By role, not by process, whose numbers change at every restart."""
    by_role: dict[str, list[Process]] = {}
    for each in found:
        by_role.setdefault(each.role, []).append(each)
    for name, title, reduce in _SHOWN:
        family = GaugeMetricFamily(name, title, labels=["role"])
        for role, members in sorted(by_role.items()):
            family.add_metric([role], float(reduce(members)))
        yield family


def _look_at(role: str, pid: int) -> Process | None:
    """None when it is gone, and on systems without /proc."""
    folder = _PROC / str(pid)
    try:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        limits = (folder / "limits").read_text()
        files = sum(1 for _ in (folder / "fd").iterdir())
        booted = next(line for line in (_PROC / "stat").read_text().splitlines() if line.startswith("btime"))
    except OSError:
        return None
    ticks = os.sysconf("SC_CLK_TCK")
    most = re.search(r"Max open files\s+(\d+)", limits)
    return Process(
        role=role,
        started_at=int(booted.split()[1]) + int(fields[19]) / ticks,
        resident_bytes=int(fields[21]) * os.sysconf("SC_PAGE_SIZE"),
        open_files=files,
        most_files=int(most[1]) if most else 0,
        cpu_seconds=(int(fields[11]) + int(fields[12])) / ticks,
    )
