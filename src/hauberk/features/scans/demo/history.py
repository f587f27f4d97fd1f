"""Three months of scans: problems appear, stay for a while, and are mended, some of them late and some never."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from hauberk.features.scans.demo import reports
from hauberk.features.scans.demo.catalogue import ALERTS, ASSETS, CHECKS, FLAWS, Check, Owned

DAYS: Final = 88
SCANS: Final = 9
_FILES: Final = ("search", "ledger", "upload", "session", "export", "profile", "webhook", "invoice")
_CLASSIC: Final = frozenset({"CVE-2021-44228", "CVE-2022-22965"})


class Report(NamedTuple):
    """One report to be taken in."""

    asset: Owned
    file_name: str
    content: bytes
    scanned_at: datetime


def history(now: datetime, seed: int = 7) -> Iterator[Report]:
    """Every report of the company, oldest first. Equal seeds tell the same story."""
    dice = random.Random(seed)  # noqa: S311 — a story, not a secret
    stories = [_story(asset, dice) for asset in ASSETS]
    for number in range(SCANS):
        at = now - timedelta(days=DAYS * (SCANS - 1 - number) / (SCANS - 1), minutes=dice.randrange(5, 300))
        for story in stories:
            yield from story.reports(number, at)


class _Lifetime(NamedTuple):
    """From which scan until before which a problem is there."""

    begins: int
    ends: int

    def has(self, number: int) -> bool:
        return self.begins <= number < self.ends


class _story:  # noqa: N801 — reads as a word
    """What happens to one asset."""

    def __init__(self, asset: Owned, dice: random.Random) -> None:
        self._asset = asset
        own = [flaw for flaw in FLAWS if flaw.ecosystem == asset.ecosystem]
        self._flaws = [
            (flaw, _lifetime(dice, lasting=flaw.cve in _CLASSIC)) for flaw in own if dice.random() < 0.85
        ]
        self._code = [
            ((check, name, dice.randrange(20, 400)), _lifetime(dice))
            for check in (CHECKS if asset.folder else ())
            for name in dice.sample(_FILES, 3)
            if dice.random() < 0.6
        ]
        self._alerts = [(alert, _lifetime(dice)) for alert in (ALERTS if asset.kind == "site" else ())]

    def reports(self, number: int, at: datetime) -> Iterator[Report]:
        asset = self._asset
        if asset.ecosystem:
            flaws = [flaw for flaw, life in self._flaws if life.has(number)]
            yield Report(asset, "trivy.json", reports.trivy(asset, flaws, at), at)
        if asset.folder:
            found = [_shifted(place, number) for place, life in self._code if life.has(number)]
            yield Report(asset, "semgrep.json", reports.semgrep(asset, found, at), at)
        if asset.kind == "site":
            alerts = [alert for alert, life in self._alerts if life.has(number)]
            yield Report(asset, "zap.xml", reports.zap(asset, alerts, at), at)


def _lifetime(dice: random.Random, *, lasting: bool = False) -> _Lifetime:
    begins = dice.choice((0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8))
    stays = SCANS if lasting or dice.random() < 0.5 else dice.randrange(1, 6)
    return _Lifetime(begins, begins + stays)


def _shifted(place: tuple[Check, str, int], number: int) -> tuple[Check, str, int]:
    """Code moves down as files grow."""
    check, name, line = place
    return check, name, line + 3 * number
