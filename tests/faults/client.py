"""A client that does not give up: uploads with an Idempotency-Key until it is told the scan, and remembers every one."""

import random
import subprocess
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import httpx2

from factories import reports
from faults.database import state_in
from faults.figures import FIGURES
from faults.onlooker import Onlooker
from faults.processes import environment_of, wait_for
from faults.reference import Sent, State
from fixtures.typed import typed
from fixtures.whole_product import Product

ENDED = ("done", "failed", "held", "cancelled")
GIVE_UP_SECONDS = 420


@dataclass
class Client:
    """One person's pipeline, against one product."""

    product: Product
    token: str
    accepted: dict[str, str] = field(default_factory=dict)
    """The scan that each idempotency key was answered with."""
    refused: int = 0
    """Answers that asked to come again, and connections that broke."""
    was_full: bool = False
    """Whether one of them was 507."""

    @classmethod
    def of(cls, product: Product) -> "Client":
        made = subprocess.run(
            typed("token", "create", "faults"),
            env=environment_of(product),
            cwd=product.home.parent,
            check=True,
            capture_output=True,
            text=True,
        )
        return cls(product, made.stdout.strip())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.product.port}/api/v1"

    def headers(self, key: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} | ({"Idempotency-Key": key} if key else {})

    def upload(self, sent: Sent, key: str) -> str:
        """The scan's id, however often it takes."""
        deadline = time.monotonic() + GIVE_UP_SECONDS
        last = ""
        while time.monotonic() < deadline:
            try:
                answer = httpx2.post(
                    f"{self.url}/scans",
                    headers=self.headers(key),
                    data={
                        name: value if isinstance(value, str) else value.isoformat()
                        for name, value in sent.fields.items()
                    },
                    files={"file": ("report.json", sent.bytes)},
                    timeout=40,
                    verify=False,  # plain HTTP: else every call would read all authorities
                )
            except httpx2.TransportError as error:
                self.refused += 1
                last = repr(error)
                time.sleep(0.3)
                continue
            if answer.status_code == 202:
                self.accepted[key] = answer.json()["id"]
                return self.accepted[key]
            assert answer.status_code in (429, 500, 502, 503, 504, 507), answer.text
            self.was_full |= answer.status_code == 507
            self.refused += 1
            last = answer.text
            time.sleep(0.5)
        raise AssertionError(f"the product did not come back; at last: {last}")

    def scan(self, scan_id: str) -> dict[str, Any]:
        answer = httpx2.get(f"{self.url}/scans/{scan_id}", headers=self.headers(), timeout=40, verify=False)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def all_ended(self) -> bool:
        try:
            return all(self.scan(scan_id)["state"] in ENDED for scan_id in self.accepted.values())
        except (httpx2.TransportError, AssertionError):
            return False

    def until_all_ended(self, seconds: float = 240) -> None:
        wait_for(
            self.all_ended, seconds, "the end of every accepted scan", pause=0.5
        )  # each asks for all of them


@dataclass
class Load:
    """Reports of several assets, sent side by side, each asset's own in order; the same ones for the same seed."""

    client: Client
    name: str
    seed: int
    assets: int = 3
    days: int = 6
    size: int = 120

    def __post_init__(self) -> None:
        chance = random.Random(f"{self.seed} {self.name}")
        self.sent: dict[str, list[Sent]] = {}
        for number in range(self.assets):
            asset = f"{self.name} {number}"
            self.sent[asset] = [
                Sent(
                    reports.code(
                        self.size,
                        skip=tuple(chance.sample(range(self.size), 4)),
                        shift=chance.choice((0, 0, 3)),
                    ),
                    asset=asset,
                    day=day,
                )
                for day in range(self.days)
            ]
        self._threads = [
            threading.Thread(target=self._send, args=(asset,), daemon=True) for asset in self.sent
        ]
        self._failed: list[BaseException] = []
        self.onlooker = Onlooker(self.client, self.sent)

    def start(self) -> "Load":
        self.onlooker.start()
        for thread in self._threads:
            thread.start()
        return self

    @property
    def reports(self) -> list[Sent]:
        return [each for sent in self.sent.values() for each in sent]

    def _send(self, asset: str) -> None:
        try:
            for sent in self.sent[asset]:
                self.client.upload(sent, f"{asset} {sent.day}")
        except BaseException as error:  # noqa: BLE001 — told by `end`
            self._failed.append(error)

    @property
    def is_sending(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def end(self) -> None:
        """All sent, all accepted, all done; with what it adds to the figures."""
        for thread in self._threads:
            thread.join()
        assert not self._failed, self._failed
        self.client.until_all_ended()
        self.onlooker.end()
        FIGURES.reads += self.onlooker.asked
        FIGURES.turned_away += self.onlooker.turned_away
        if self.onlooker.longest_outage:
            FIGURES.recovered(f"reading again ({self.name})", self.onlooker.longest_outage)
        mine = {key: scan for key, scan in self.client.accepted.items() if key.startswith(self.name)}
        assert len(mine) == self.assets * self.days
        states = {scan_id: self.client.scan(scan_id) for scan_id in mine.values()}
        wrong = [scan for scan in states.values() if scan["state"] != "done"]
        FIGURES.accepted += len(mine)
        FIGURES.lost += len(wrong)
        FIGURES.doubled += len(mine) - len(states)
        assert not wrong, wrong

    def state(self) -> State:
        """What is there of its assets; every invariant holds over the whole database."""
        return state_in(self.client.product).of_assets(set(self.sent))
