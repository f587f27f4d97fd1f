"""What is not counted but looked up when somebody scrapes: the state of servers, queues and tables.

    OPEN = observed("findings_open", "Open findings", "severity")

    @look(every=60)
    async def findings(installation: Installation) -> Samples:
        return [OPEN(12, "high")]

It belongs into a file `metrics.py`, where it is found by its name. What costs more is looked at less often; a scrape
shows what was seen last and never waits long. No label ever names a tenant, a person or a finding.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import structlog
from prometheus_client.metrics_core import Metric

from hauberk.infra.readiness import Installation

WAIT_SECONDS: Final = 4.0
"""A scrape is given up by Prometheus after ten."""
LOOK_SECONDS: Final = 30.0
KEPT_SECONDS: Final = 120.0
"""While a look goes on, what the one before saw is shown, for two scrapes a minute apart; then it is no more news."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Observed:
    """A series that is looked up. Call it with a value and its labels for a sample."""

    name: str
    title: str
    labels: tuple[str, ...] = ()
    is_counter: bool = False

    @property
    def kind(self) -> str:
        """Names that an exporter made known lack the ending that a counter's name must have; they say no kind."""
        if self.is_counter:
            return "counter" if self.name.endswith("_total") else "unknown"
        return "gauge"

    def __call__(self, value: float, *labels: str) -> "Sample":
        assert len(labels) == len(self.labels), self.name
        return Sample(self, labels, float(value))


class Sample(NamedTuple):
    series: Observed
    labels: tuple[str, ...]
    value: float


Samples = Sequence[Sample]
Look = Callable[[Installation], Awaitable[Samples]]


class _Registered(NamedTuple):
    name: str
    every: float
    run: Look


_SERIES: dict[str, Observed] = {}
_LOOKS: dict[str, _Registered] = {}


def observed(name: str, title: str, *labels: str, is_counter: bool = False) -> Observed:
    if name in _SERIES:
        raise ValueError(f"two metrics are called {name}")
    _SERIES[name] = Observed(name, title, labels, is_counter)
    return _SERIES[name]


def look(*, every: float = 0) -> Callable[[Look], Look]:
    """`every`: for how many seconds what it saw is good enough."""

    def register(function: Look) -> Look:
        name = function.__qualname__
        if name in _LOOKS and _LOOKS[name].run is not function:
            raise ValueError(f"two looks are called {name}")
        _LOOKS[name] = _Registered(name, every, function)
        return function

    return register


def all_observed() -> list[Observed]:
    return list(_SERIES.values())


SUCCEEDED = observed("look_succeeded", "Whether the last look at this part of the system succeeded", "look")
SECONDS = observed("look_seconds", "How long that look took", "look")


@dataclass
class _Seen:
    samples: Samples = ()
    at: float = float("-inf")
    seconds: float = 0.0
    succeeded: bool = False
    task: "asyncio.Task[None] | None" = None


@dataclass
class Observatory:
    """What one process saw, and when."""

    installation: Installation
    _seen: dict[str, _Seen] = field(default_factory=dict)

    async def metrics(self, *, is_fresh: bool = False) -> list[Metric]:
        """Looks again where it is time; a look that takes long goes on, and the next scrape shows its result.

        `is_fresh`: for whoever wants to know how it is now, everything is looked at again.
        """
        running = [
            task for each in _LOOKS.values() if (task := self._begin(each, is_fresh=is_fresh)) is not None
        ]
        if running:
            await asyncio.wait(running, timeout=WAIT_SECONDS)
        samples: list[Sample] = []
        for name, seen in self._seen.items():
            is_news = time.monotonic() - seen.at < _LOOKS[name].every + KEPT_SECONDS
            if seen.succeeded and is_news:
                samples += seen.samples
            samples += [SUCCEEDED(seen.succeeded and is_news, name), SECONDS(seen.seconds, name)]
        return _families(samples)

    async def close(self) -> None:
        tasks = [seen.task for seen in self._seen.values() if seen.task and not seen.task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, each: _Registered, *, is_fresh: bool) -> "asyncio.Task[None] | None":
        seen = self._seen.setdefault(each.name, _Seen())
        if seen.task is not None and not seen.task.done():
            return seen.task
        if not is_fresh and seen.succeeded and time.monotonic() - seen.at < each.every:
            return None
        seen.task = asyncio.ensure_future(self._look(each, seen))
        return seen.task

    async def _look(self, each: _Registered, seen: _Seen) -> None:
        began = time.monotonic()
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                seen.samples = await each.run(self.installation)
            seen.succeeded = True
        except Exception as error:  # noqa: BLE001 - whatever a server answers, the other looks go on
            seen.succeeded = False
            log.warning("look_failed", look=each.name, error=type(error).__name__)
        seen.at = time.monotonic()
        seen.seconds = seen.at - began


def _families(samples: Iterable[Sample]) -> list[Metric]:
    found: dict[str, Metric] = {}
    for series, labels, value in samples:
        if series.name not in found:
            found[series.name] = Metric(series.name.removesuffix("_total"), series.title, series.kind)
        found[series.name].add_sample(series.name, dict(zip(series.labels, labels, strict=True)), value)
    return list(found.values())
