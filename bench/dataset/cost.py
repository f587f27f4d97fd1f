"""What an act costs: CPU of this process and of the database's backends, and the time it took."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

_NANO = 1e9


@dataclass(frozen=True)
class Cost:
    """In seconds: CPU of this process, CPU of the backends, wall clock."""

    client: float
    server: float
    wall: float

    @property
    def cpu(self) -> float:
        return self.client + self.server

    def over(self, n: int) -> "Cost":
        return Cost(self.client / n, self.server / n, self.wall / n)


def on_cpu(pid: int) -> float:
    """Seconds that a process has run so far, to the nanosecond."""
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / _NANO


async def measured(act: Callable[[], Awaitable[object]], backends: list[int], *, times: int = 1) -> Cost:
    """The mean over `times`; take the least of several, because other programs only ever add to it."""
    server, client, wall = sum(map(on_cpu, backends)), time.process_time(), time.perf_counter()
    for _ in range(times):
        await act()
    wall = time.perf_counter() - wall
    client = time.process_time() - client
    return Cost(client, sum(map(on_cpu, backends)) - server, wall).over(times)


def least(costs: list[Cost]) -> Cost:
    return Cost(*(min(getattr(each, name) for each in costs) for name in ("client", "server", "wall")))
