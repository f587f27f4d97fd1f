"""Step 5, its end, in the worker: what the comparison left on both sides is looked through for findings known again.

The child compares keys; this compares what keys are made of. It reads only what is left, rule by rule where that is much,
gives up beyond a bound and says so, and patches the child's spool: a match turns a new result into one that moved.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from mmap import mmap
from typing import Any, Final

from sqlalchemy import Connection

from hauberk.ingest import drift_passes, portions
from hauberk.ingest.compare import Tally, moved, nearest
from hauberk.ingest.known import SEEN, UNSEEN, Marks
from hauberk.ingest.leftovers import (
    Leftover,
    Spot,
    findings_of_keys,
    gone_hosts,
    joined_parts,
    load_known,
    load_new,
)
from hauberk.ingest.matches import Matches
from hauberk.ingest.scope import Scope
from hauberk.ingest.spool import SpoolFolder

AT_ONCE: Final = 50_000
"""On a side: all that is left, or else of one rule."""
TOGETHER: Final = 10_000
"""On a side, where that is more: of several rules."""
MAX_LEFTOVERS: Final = 400_000
"""On a side."""


@dataclass
class Drift:
    """What was found."""

    matches: Matches | None = None
    problem: str | None = None


@dataclass
class Led:
    """Which `findings` the keys of new results lead to already, and the `parts` of those that people joined.

    What was known as one problem never goes on as another because somebody looks at both as one.
    """

    findings: dict[bytes, int]
    parts: dict[bytes, tuple[int, ...]]

    def of_one_part(self, key: bytes, known: list[Leftover]) -> list[Leftover]:
        part = self.parts.get(key)
        return [each for each in known if self.parts.get(each.keys[0]) == part]


@dataclass
class Matcher:
    """The leftovers of one comparison with one scope."""

    organization_id: int
    scope: Scope
    spool: SpoolFolder
    known: Marks
    tally: Tally

    def match(self, connection: Connection, scanner: str, targets: list[str] | None) -> Drift:
        """`targets`: what a partial scan covered; the rest of the scope was not looked at."""
        unseen = self.known.ids_marked(UNSEEN)
        most = max(len(unseen), self.tally.new)
        if most > MAX_LEFTOVERS:
            return Drift(problem=_too_many(self.tally.new, len(unseen)))
        if most <= AT_ONCE:
            self._look_through(connection, scanner, targets, unseen, None)
            return Drift(self._found)
        old = portions.known_side(connection, self.organization_id, unseen)
        divided = portions.divide(old, portions.new_side(self.spool, scanner), TOGETHER, AT_ONCE)
        drift = Drift(self._found)
        for each in divided.portions:
            self._look_through(connection, scanner, targets, each.known, each.new)
        if divided.left_out_new:
            drift.problem = _too_many(divided.left_out_new, divided.left_out_known, " of one rule")
        return drift

    def _look_through(
        self,
        connection: Connection,
        scanner: str,
        targets: list[str] | None,
        ids: Sequence[int],
        offsets: Sequence[int] | None,
    ) -> None:
        known = load_known(connection, self.organization_id, self.scope.id, ids, targets)
        if not known:
            return
        new = load_new(self.spool, scanner, offsets)
        keys = [key for each in new for key in each.keys]
        findings = findings_of_keys(connection, self.organization_id, self.scope.asset_id, keys)
        led = {*findings.values()} & {each.finding_id for each in known}
        parts = joined_parts(connection, self.organization_id, led) if led else {}
        hosts = gone_hosts(connection, self.organization_id, self.scope.id, known, new)
        self._match(known, new, Led(findings, parts), hosts)

    @cached_property
    def _found(self) -> Matches:
        return Matches(self.spool.matches)

    @cached_property
    def _positions(self) -> dict[int, int]:
        return {self.known.rows.id(position): position for position in self.known.positions_marked(UNSEEN)}

    def _match(
        self,
        known: list[Leftover],
        new: list[Leftover],
        led: Led,
        hosts: tuple[set[str], set[str]],
    ) -> None:
        with mmap(self.spool.results.fileno(), 0) as results:
            for name, old, fresh, detail in self._pairs(known, new, led, hosts):
                self._move(results, name, old, fresh, detail)

    def _pairs(
        self,
        known: list[Leftover],
        new: list[Leftover],
        led: Led,
        hosts: tuple[set[str], set[str]],
    ) -> Iterator[tuple[str, Leftover, Leftover, dict[str, Any]]]:
        by_finding: dict[int, list[Leftover]] = defaultdict(list)
        for each in known:
            by_finding[each.finding_id].append(each)
        unknown: list[Leftover] = []
        for each in new:
            key = next((key for key in each.keys if key in led.findings), None)
            if key is None:
                unknown.append(each)
            elif those := led.of_one_part(key, by_finding[led.findings[key]]):
                old = next((one for one in those if not set(one.keys).isdisjoint(each.keys)), those[0])
                yield "known_key", old, each, {}
        # A finding that one of its own keys leads to is not looked for under another.
        taken = set(led.findings.values())
        rest = [each for each in known if each.finding_id not in taken]
        is_nothing_seen = sum(len(each.spots) for each in known) == len(self.known)
        for name, pair in drift_passes.pairs(rest, unknown, is_nothing_seen=is_nothing_seen, hosts=hosts):
            yield name, pair.known, pair.new, pair.detail | {"keys": [key.hex() for key in pair.new.keys]}

    def _move(self, results: mmap, name: str, known: Leftover, new: Leftover, detail: dict[str, Any]) -> None:
        """The places of one finding, one to one: the same place first, then the nearest line."""
        positions = self._positions
        old_spots = [spot for spot in known.spots if self.known.seen[positions[spot.at]] != SEEN]
        for old, fresh in _places(old_spots, list(new.spots)):
            moved(self.known, positions[old.at], results, fresh.at, self.tally)
            self._found.add(old.at, name, {"was": old.shown(), "now": fresh.shown()} | detail)


def _too_many(new: int, known: int, of: str = "") -> str:
    return (
        f"{new:,} results{of} are new and {known:,} known ones were not reported:"
        " too many to find out which of them only moved to another file, address or name."
    )


def _places(old: list[Spot], new: list[Spot]) -> list[tuple[Spot, Spot]]:
    there = {spot.place: spot for spot in new}
    pairs = [(spot, there.pop(spot.place)) for spot in old if spot.place in there]
    kept = {id(spot) for pair in pairs for spot in pair}
    old, new = ([spot for spot in side if id(spot) not in kept] for side in (old, new))
    lines = [[spot.line for spot in side] for side in (old, new)]
    return pairs + [(old[was], new[now]) for was, now in nearest(*lines)]
