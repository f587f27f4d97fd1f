"""Somebody who looks on while imports run and things die: he sees nothing of a report, or all of it."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import httpx2

from faults.reference import Sent

EVERY_SECONDS = 0.5
PAGE = 200
NEARLY = 0.9
"""Results that moved while another went away are taken for one: a few findings stand for two."""


class Reader(Protocol):
    @property
    def url(self) -> str: ...
    def headers(self) -> dict[str, str]: ...


@dataclass
class Onlooker:
    """Reads the active findings of the assets in turn, until it is told to stop."""

    reader: Reader
    sent: Mapping[str, Sequence[Sent]]
    asked: int = 0
    turned_away: int = 0
    longest_outage: float = 0.0
    """Seconds from the first refusal of a row to the next answer."""
    partial: list[str] = field(default_factory=list)
    """What was seen that is less than any report of the asset leaves."""

    def __post_init__(self) -> None:
        self._least = {
            asset: min(len(each.report["Issues"]) for each in reports) * NEARLY
            for asset, reports in self.sent.items()
        }
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._refused_since: float | None = None

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._stop.set()
        self._thread.join()
        assert not self.partial, self.partial

    def _look(self) -> None:
        with httpx2.Client(timeout=10) as client:
            while not self._stop.is_set():
                for asset in self.sent:
                    self._ask(client, asset)
                    if self._stop.wait(EVERY_SECONDS / len(self.sent)):
                        return

    def _ask(self, client: httpx2.Client, asset: str) -> None:
        began = time.monotonic()
        self.asked += 1
        try:
            answer = client.get(
                f"{self.reader.url}/findings",
                params={"q": f'asset:"{asset}" is:active', "limit": PAGE},
                headers=self.reader.headers(),
            )
        except httpx2.TransportError:
            answer = None
        if answer is None or answer.status_code != 200:
            self.turned_away += 1
            self._refused_since = self._refused_since or began
            return
        if self._refused_since is not None:
            self.longest_outage = max(self.longest_outage, time.monotonic() - self._refused_since)
            self._refused_since = None
        found = answer.json()["items"]
        if 0 < len(found) < self._least[asset]:
            self.partial.append(f"{asset}: {len(found)} findings")
