"""Step 5: the report's results against what its scope knows, in one pass; only what differs is spooled.

Exact key and place first. What is left on both sides then drifts inside its finding (same key, nearest line), one to
one; `drift` goes on with what is left after that. Unchanged results cost nothing: they only mark the known occurrence as seen.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from enum import Enum
from mmap import mmap
from typing import BinaryIO, Final

import msgspec

from hauberk.ingest import encode
from hauberk.ingest.encode import Action
from hauberk.ingest.known import SEEN, SUPPRESSED, UNSEEN, Known, Marks
from hauberk.ingest.normalise import Result, RuleText

MAX_PAIRINGS: Final = 20_000
ROWS_AT_ONCE: Final = 500
MAX_SUPPRESSED_TOLD: Final = 10_000
_CHANGED: Final = 3  # a mark beside those of `known`, until the end: seen, and something else is said of it
_SHORT: Final = 2**60 - 1  # a number up to here takes half the memory of a longer one
_json = msgspec.json.Encoder()


@dataclass
class Tally:
    """Results by what became of them (each in exactly one)."""

    reported: int = 0
    new: int = 0
    unchanged: int = 0
    moved: int = 0
    changed: int = 0
    suppressed: int = 0
    folded: int = 0
    links: int = 0
    """None of these: how often results turned out to be one finding after both of its groups were spooled."""
    voids: int = 0
    """Nor these: spooled results that another one made needless."""


class TooManyKeysError(Exception):
    """The report has more keys that its scope does not know than may be held in memory."""


class _News(Enum):
    """What of a result the report has not shown before."""

    NOTHING = 0
    PLACE = 1
    KEY = 2
    NOT_SUPPRESSED = 3
    """It has shown a suppressed one there, and this one is none: of the two this one counts, in any order."""


@dataclass(slots=True)
class _Pending:
    """A result whose key is known but not at this place: it may have moved from there."""

    offset: int
    line: int
    key: bytes
    is_said_new: bool


class SuppressedResult(msgspec.Struct):
    """A line of the spool `suppressed`; plain data is passed on as it was encoded."""

    title: str
    severity: int
    location: msgspec.Raw
    component: msgspec.Raw
    suppression: msgspec.Raw


@dataclass
class Spools:
    """Where the child writes what the writer will COPY: results, the keys of their findings, rule texts."""

    results: BinaryIO
    keys: BinaryIO
    rules: BinaryIO
    suppressed: BinaryIO | None = None
    """What a dry run shows of results that are known nowhere and suppressed: nothing is written for them."""

    _rows: list[bytes] = field(default_factory=list)
    _offset: int = 0

    def __post_init__(self) -> None:
        self._offset = self.results.seek(0, 2)

    def begin(self) -> None:
        for spool in (self.results, self.keys, self.rules):
            spool.write(encode.HEADER)
        self._offset += len(encode.HEADER)

    def add_result(self, row: bytes) -> int:
        """Where the row will stand."""
        offset = self._offset
        self._offset += len(row)
        self._rows.append(row)
        if len(self._rows) >= ROWS_AT_ONCE:
            self.flush()
        return offset

    def tell_suppressed(self, result: Result, text: RuleText) -> None:
        if self.suppressed is None:
            return
        told = SuppressedResult(
            title=text.title,
            severity=result.severity,
            location=msgspec.Raw(result.location or b"null"),
            component=msgspec.Raw(result.component or b"null"),
            suppression=msgspec.Raw(result.suppression or b"null"),
        )
        self.suppressed.write(_json.encode(told) + b"\n")

    def flush(self) -> None:
        self.results.write(b"".join(self._rows))
        self._rows.clear()

    def end(self) -> None:
        self.flush()
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
    max_new_keys: int | None = None
    """Beyond these many it raises TooManyKeysError: others have to compare."""
    _first_places: dict[int, int] = field(default_factory=dict)
    """The keys of results that are not known there, as numbers, and where each came first: 120 bytes a key. The place is
    inverted while only suppressed results were there."""
    _further_places: set[bytes] = field(default_factory=set)
    _groups: dict[bytes, bytes] = field(default_factory=dict)
    """Only of results with several keys: the group that each key belongs to."""
    _rules: set[bytes] = field(default_factory=set)
    _pending: list[_Pending] = field(default_factory=list)
    _as_it_was: set[int] = field(default_factory=set)
    """Known occurrences of which one result says something else, and another one at the same place does not."""

    def __post_init__(self) -> None:
        self._has_known = len(self.known) > 0

    def confirms(self, element: int) -> bool:
        """What was read of this element before still stands, so it need not be read again."""
        confirmed = self._has_known and self.known.confirm(element)
        if not confirmed:
            return False
        tally = self.tally
        tally.reported += confirmed
        tally.unchanged += confirmed
        return True

    def add(self, result: Result, text: RuleText) -> None:
        self.tally.reported += 1
        position = self._exact(result) if self._has_known else None
        if position is not None:
            self._there(position, result, text)
        elif (news := self._news_in(result)) is _News.NOTHING:
            self.tally.folded += 1
            if len(result.keys) > 1:
                self._group(result.keys, news)
        elif result.is_suppressed:
            self.tally.suppressed += 1
            self._group(result.keys, news)  # other results may have these keys
            if self.tally.suppressed <= MAX_SUPPRESSED_TOLD:
                self.spools.tell_suppressed(result, text)
        else:
            if news is _News.NOT_SUPPRESSED:
                self._fold_suppressed()
            self._not_there(result, text, news)

    def _exact(self, result: Result) -> int | None:
        """Of several that its keys lead to the one that says the same, else that of its strongest key."""
        at = self.known.at
        if len(result.keys) == 1:
            return at(result.keys[0], result.place)
        found = [position for key in result.keys if (position := at(key, result.place)) is not None]
        same = (position for position in found if self.known.content(position) == result.content)
        return next(same, found[0] if found else None)

    def _news_in(self, result: Result) -> "_News":
        key, place = int.from_bytes(result.keys[0], "big"), result.place & _SHORT
        shown = ~place if result.is_suppressed else place
        first = self._first_places.get(key)
        if first is None:
            self._first_places[key] = shown
            if self.max_new_keys is not None and len(self._first_places) > self.max_new_keys:
                raise TooManyKeysError
            return _News.KEY
        if first in (place, shown):
            return _News.NOTHING
        if first == ~place:
            self._first_places[key] = place
            return _News.NOT_SUPPRESSED
        open_mark, suppressed_mark = (b"%b%d" % (result.keys[0], each) for each in (place, ~place))
        further = self._further_places
        if open_mark in further or (result.is_suppressed and suppressed_mark in further):
            return _News.NOTHING
        news = _News.NOT_SUPPRESSED if suppressed_mark in further else _News.PLACE
        further.add(suppressed_mark if result.is_suppressed else open_mark)
        return news

    def _fold_suppressed(self) -> None:
        self.tally.suppressed -= 1
        self.tally.folded += 1

    def _there(self, position: int, result: Result, text: RuleText) -> None:
        known = self.known
        mark = known.seen[position]
        is_same = known.content(position) == result.content
        if mark in {SEEN, _CHANGED} or (mark == SUPPRESSED and result.is_suppressed):
            self.tally.folded += 1
            if len(result.keys) > 1:
                self._group(result.keys, _News.NOTHING)
            if mark == _CHANGED and is_same and not result.is_suppressed:
                known.seen[position] = SEEN
                self._as_it_was.add(known.rows.id(position))
        elif result.is_suppressed:
            self.tally.suppressed += 1
            known.seen[position] = SUPPRESSED
        else:
            if mark == SUPPRESSED:
                self._fold_suppressed()
            known.seen[position] = SEEN if is_same else _CHANGED
            if is_same:
                self.tally.unchanged += 1
            else:
                self.tally.changed += 1
                group = self._group(result.keys, _News.PLACE if self._is_alone(result.keys[0]) else _News.KEY)
                if len(result.keys) > 1:
                    self._known_by_first(result, position)
                self._spool(Action.CHANGED, known.rows.id(position), result, text, group)

    def _known_by_first(self, result: Result, position: int) -> None:
        """It goes on under the key that it is known by: under its strongest one another result may be new there."""
        at, keys = self.known.at, result.keys
        result.keys = tuple(sorted(keys, key=lambda key: at(key, result.place) != position))

    def _not_there(self, result: Result, text: RuleText, news: "_News") -> None:
        self.tally.new += 1
        action = Action.SAID_NEW if result.is_said_new else Action.NEW
        offset = self._spool(action, 0, result, text, self._group(result.keys, news))
        if self._has_known:
            known_key = next(
                (key for key in result.keys if any(True for _ in self.known.positions(key))), None
            )
            if known_key is not None:
                line = -1 if result.line is None else result.line
                self._pending.append(_Pending(offset, line, known_key, result.is_said_new))

    def _spool(self, action: Action, occurrence_id: int, result: Result, text: RuleText, group: bytes) -> int:
        if result.rule not in self._rules:
            self._rules.add(result.rule)
            self.spools.rules.write(encode.rule_row(result.rule, _json.encode(text)))
        row = encode.result_row(
            result,
            seq=self.next_seq,
            action=action,
            occurrence_id=occurrence_id,
            group=group,
        )
        self.next_seq += 1
        return self.spools.add_result(row)

    def _group(self, keys: tuple[bytes, ...], news: "_News") -> bytes:
        """Results that share any key are one finding; its group is named by the first key that was met.

        A key that was of another group until now is told of both: the writer makes the two one.
        """
        if len(keys) == 1:
            group = self._groups.get(keys[0], keys[0])
            if news is _News.KEY and keys[0] not in self._groups:
                self.spools.keys.write(encode.key_row(group, 0, keys[0]))
            return group
        alone = [key for key in keys[news is _News.KEY :] if self._is_alone(key)]
        owned = [key if key in alone else self._groups.get(key) for key in keys]
        group = next((own for own in owned if own is not None), keys[0])
        for ordinal, (key, own) in enumerate(zip(keys, owned, strict=True)):
            if own is not None and own != group:
                self.tally.links += 1
            if own != group:
                self.spools.keys.write(encode.key_row(group, ordinal, key))
            self._groups[key] = group
        return group

    def _is_alone(self, key: bytes) -> bool:
        """It came before, as the only key of its results."""
        return key not in self._groups and int.from_bytes(key, "big") in self._first_places

    def finish(self) -> None:
        """The drift pass inside each finding, over what neither side could place exactly."""
        self.spools.flush()
        self._leave_as_it_was()
        waiting: dict[bytes, list[_Pending]] = defaultdict(list)
        for pending in self._pending:
            waiting[pending.key].append(pending)
        for key, results in waiting.items():
            for is_said_new in (False, True):
                left = [each for each in self.known.positions(key) if self.known.seen[each] == UNSEEN]
                lines = [self.known.rows.line(position) for position in left]
                those = [each for each in results if each.is_said_new is is_said_new]
                for old, new in nearest(lines, [each.line for each in those]):
                    moved(self.known, left[old], self.spools.results, those[new].offset, self.tally)
        self._pending.clear()

    def _leave_as_it_was(self) -> None:
        """Of two results at one known place the one counts that says what was said before, in any order."""
        tally, count = self.tally, len(self._as_it_was)
        if count:
            with encode.readable(self.spools.results) as spool:
                rows = encode.spooled_results(spool, Action.CHANGED)
                offsets = [row.offset for row in rows if row.occurrence_id in self._as_it_was]
            for offset in offsets:
                encode.patch_action(self.spools.results, offset, Action.VOID, 0)
            tally.changed -= count
            tally.unchanged += count
            tally.voids += count
            self._as_it_was.clear()
        self.known.seen[:] = self.known.seen.replace(bytes((_CHANGED,)), bytes((SEEN,)))


def moved(known: Marks, position: int, results: BinaryIO | mmap, offset: int, tally: Tally) -> None:
    """The spooled result at `offset`, new until now, is the known occurrence at another place."""
    known.seen[position] = SEEN
    encode.patch_action(results, offset, Action.MOVED, known.rows.id(position))
    tally.new -= 1
    tally.moved += 1


def stays(known: Marks, position: int, results: BinaryIO, offset: int, tally: Tally) -> None:
    """`moved` taken back: the known occurrence is where it was, and the spooled result is new."""
    known.seen[position] = UNSEEN
    encode.patch_action(results, offset, Action.NEW, 0)
    tally.new += 1
    tally.moved -= 1


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
