"""Step 5: the report's results against what its scope knows, in one pass; only what differs is spooled.

Exact key and place first. What is left on both sides then drifts inside its finding (same key, nearest line), one to
one; `drift` goes on with what is left after that. Unchanged results cost nothing: they only mark the known occurrence as seen.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO, Final

import msgspec

from hauberk.ingest import encode
from hauberk.ingest.encode import Action
from hauberk.ingest.normalise import Result, RuleText

MAX_PAIRINGS: Final = 20_000
UNSEEN, SEEN, SUPPRESSED = 0, 1, 2
_json = msgspec.json.Encoder()


class Known:
    """The scope's open occurrences, in arrays; `seen` marks those that the report confirms or says it suppressed."""

    def __init__(self, rows: Iterable[tuple[bytes, int, int, int, int]] = ()) -> None:
        self.by_key: dict[bytes, list[int]] = {}
        self.places, self.contents, self.ids, self.lines = array("q"), array("q"), array("q"), array("i")
        for position, (key, place, content, occurrence_id, line) in enumerate(rows):
            self.by_key.setdefault(key, []).append(position)
            self.places.append(place)
            self.contents.append(content)
            self.ids.append(occurrence_id)
            self.lines.append(line)
        self.seen = bytearray(len(self.ids))

    def __len__(self) -> int:
        return len(self.ids)

    def ids_marked(self, mark: int) -> "array[int]":
        return array("q", (each for each, seen in zip(self.ids, self.seen, strict=True) if seen == mark))


@dataclass
class Tally:
    """Results by what became of them (each in exactly one of all but `closed`)."""

    reported: int = 0
    new: int = 0
    unchanged: int = 0
    moved: int = 0
    changed: int = 0
    suppressed: int = 0
    folded: int = 0


@dataclass(slots=True)
class _Pending:
    """A result whose key is known but not at this place: it may have moved from there."""

    offset: int
    line: int
    key: bytes


@dataclass
class Spools:
    """Where the child writes what the writer will COPY: results, the keys of their findings, rule texts."""

    results: BinaryIO
    keys: BinaryIO
    rules: BinaryIO

    def begin(self) -> None:
        for spool in (self.results, self.keys, self.rules):
            spool.write(encode.HEADER)

    def end(self) -> None:
        for spool in (self.results, self.keys, self.rules):
            spool.write(encode.TRAILER)
            spool.flush()


@dataclass
class Comparison:
    """One report against one scope. `add` each result, then `finish`; the tally and `known.seen` are the outcome."""

    known: Known
    spools: Spools
    tally: Tally = field(default_factory=Tally)
    next_seq: int = 0
    _groups: dict[bytes, bytes] = field(default_factory=dict)
    _reported: set[bytes] = field(default_factory=set)
    _rules: set[bytes] = field(default_factory=set)
    _pending: list[_Pending] = field(default_factory=list)

    def add(self, result: Result, text: RuleText) -> None:
        self.tally.reported += 1
        position = self._exact(result)
        if not self._first_time(result):
            self.tally.folded += 1
        elif result.suppression is not None:
            self.tally.suppressed += 1
            if position is not None:
                self.known.seen[position] = SUPPRESSED
        elif position is None:
            self._not_there(result, text)
        else:
            self._confirmed(position, result, text)

    def _first_time(self, result: Result) -> bool:
        mark = result.keys[0] + result.place.to_bytes(8, "big", signed=True)
        if mark in self._reported:
            return False
        self._reported.add(mark)
        return True

    def _exact(self, result: Result) -> int | None:
        known = self.known
        for key in result.keys:
            for position in known.by_key.get(key, ()):
                if known.places[position] == result.place:
                    return position
        return None

    def _confirmed(self, position: int, result: Result, text: RuleText) -> None:
        known = self.known
        if known.seen[position] != UNSEEN:  # two results of the report reach it by different keys
            self.tally.folded += 1
            return
        known.seen[position] = SEEN
        if known.contents[position] == result.content:
            self.tally.unchanged += 1
            return
        self.tally.changed += 1
        self._spool(Action.CHANGED, known.ids[position], result, text)

    def _not_there(self, result: Result, text: RuleText) -> None:
        self.tally.new += 1
        offset = self._spool(Action.NEW, 0, result, text)
        for key in result.keys:
            if key in self.known.by_key:
                self._pending.append(_Pending(offset, -1 if result.line is None else result.line, key))
                break

    def _spool(self, action: Action, occurrence_id: int, result: Result, text: RuleText) -> int:
        if result.rule not in self._rules:
            self._rules.add(result.rule)
            self.spools.rules.write(encode.rule_row(result.rule, _json.encode(text)))
        group = self._group(result.keys)
        offset = self.spools.results.tell()
        self.spools.results.write(
            encode.result_row(
                result, seq=self.next_seq, action=action, occurrence_id=occurrence_id, group=group
            )
        )
        self.next_seq += 1
        return offset

    def _group(self, keys: tuple[bytes, ...]) -> bytes:
        """Results that share any key are one finding; its group is named by the first key that was met."""
        group = next((self._groups[key] for key in keys if key in self._groups), keys[0])
        for ordinal, key in enumerate(keys):
            if key not in self._groups:
                self._groups[key] = group
                self.spools.keys.write(encode.key_row(group, ordinal, key))
        return group

    def finish(self) -> None:
        """The drift pass inside each finding, over what neither side could place exactly."""
        waiting: dict[bytes, list[_Pending]] = defaultdict(list)
        for pending in self._pending:
            waiting[pending.key].append(pending)
        for key, results in waiting.items():
            left = [position for position in self.known.by_key[key] if self.known.seen[position] == UNSEEN]
            lines = [self.known.lines[position] for position in left]
            for old, new in nearest(lines, [each.line for each in results]):
                moved(self.known, left[old], self.spools.results, results[new].offset, self.tally)
        self._pending.clear()


def moved(known: Known, position: int, results: BinaryIO, offset: int, tally: Tally) -> None:
    """The spooled result at `offset`, new until now, is the known occurrence at another place."""
    known.seen[position] = SEEN
    encode.patch_action(results, offset, Action.MOVED, known.ids[position])
    tally.new -= 1
    tally.moved += 1


def nearest(old: list[int], new: list[int]) -> list[tuple[int, int]]:
    """Pairs of positions, one to one, whose lines differ least; many against many keep their order instead."""
    if len(old) * len(new) > MAX_PAIRINGS:
        in_order = (sorted(range(len(lines)), key=lines.__getitem__) for lines in (old, new))
        return list(zip(*in_order, strict=False))
    candidates = sorted(
        (abs(was - now), was, known, result)
        for known, was in enumerate(old)
        for result, now in enumerate(new)
    )
    pairs, used_known, used_results = [], set(), set()
    for _, _, known, result in candidates:
        if known not in used_known and result not in used_results:
            used_known.add(known)
            used_results.add(result)
            pairs.append((known, result))
    return pairs
