"""The drift passes: rules, from strong to weak, by which a finding left over is known again under another key.

Pure: each pass gets what both sides have left and tells pairs with what they are alike in. Always one to one, and whole
findings: where more than one fits, or a part of the known finding was reported as it was, nothing is matched.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from difflib import SequenceMatcher
from functools import partial
from typing import Any, Final, NamedTuple

from hauberk.domain import fingerprint
from hauberk.domain.finding import FindingKind
from hauberk.domain.known_by import are_two
from hauberk.ingest.leftovers import Leftover

ALIKE: Final = 0.8
MAX_PAIRINGS: Final = 10_000
"""Of one rule in one file: beyond, nothing can be told apart any more."""
MAX_WORK: Final = 10_000_000
"""Characters of one side times the other's, summed: some seconds at worst, whatever the report holds."""
WORK_OF_A_PAIR: Final = 20
MAX_REJECTED: Final = 3
LONGEST_TAIL: Final = 4
_PLACED_BY_PATH = (FindingKind.IAC, FindingKind.CLOUD)
_SPELLING = re.compile(r"[-_.]+")


class Pair(NamedTuple):
    known: Leftover
    new: Leftover
    detail: dict[str, Any]


Name = Callable[[Leftover], Hashable | None]
Names = Callable[[Leftover], Iterable[Hashable]]
Pass = Callable[[list[Leftover], list[Leftover]], Iterable[Pair]]


def one_to_one(names: Names, known: list[Leftover], new: list[Leftover]) -> Iterator[Pair]:
    """Pairs that share a name which nobody else has, each with no other partner than the other."""
    holders: dict[Hashable, tuple[list[Leftover], list[Leftover]]] = defaultdict(lambda: ([], []))
    for side, leftovers in enumerate((known, new)):
        for each in leftovers:
            for name in set(names(each)):
                holders[name][side].append(each)
    partners: dict[Leftover, set[Leftover]] = defaultdict(set)
    for old, fresh in holders.values():
        if len(old) == 1 == len(fresh):
            partners[old[0]].add(fresh[0])
            partners[fresh[0]].add(old[0])
    for each in known:
        if len(partners.get(each, ())) == 1:
            (only,) = partners[each]
            if len(partners[only]) == 1:
                yield Pair(each, only, {})


def one_name(name: Name, known: list[Leftover], new: list[Leftover]) -> Iterator[Pair]:
    """As `one_to_one`, where each has at most one name."""
    fresh = _sole_holders(name, new)
    for called, old in _sole_holders(name, known).items():
        other = fresh.get(called)
        if old is not None and other is not None:
            yield Pair(old, other, {})


def _sole_holders(name: Name, side: list[Leftover]) -> dict[Hashable, Leftover | None]:
    """Who has each name; None where several have it."""
    holders: dict[Hashable, Leftover | None] = {}
    for each in side:
        called = name(each)
        if called is not None:
            holders[called] = None if called in holders else each
    return holders


def _scanner_ids(each: Leftover) -> Iterator[Hashable]:
    for stable_id in each.stable_ids:
        yield each.kind, each.rule, stable_id


def _code_edited(known: list[Leftover], new: list[Leftover]) -> Iterator[Pair]:
    """Same rule, same file, and code that is much alike, or the same function; the most alike, then the nearest."""
    files: dict[Hashable, tuple[list[Leftover], list[Leftover]]] = defaultdict(lambda: ([], []))
    for side, leftovers in enumerate((known, new)):
        for each in leftovers:
            if each.kind == FindingKind.SAST and each.where.path:
                files[each.rule, each.where.path][side].append(each)
    likeness = _Likeness()
    for old, fresh in sorted(files.values(), key=lambda sides: len(sides[0]) * len(sides[1])):
        if 0 < len(old) * len(fresh) <= MAX_PAIRINGS:
            yield from _best_both_ways(old, fresh, likeness)


_Scores = dict[Leftover, list[tuple[float, int, Leftover]]]


def _best_both_ways(known: list[Leftover], new: list[Leftover], likeness: "_Likeness") -> Iterator[Pair]:
    old_scores, new_scores = _Scores(), _Scores()
    for old in known:
        for fresh in new:
            alike = likeness.of(old, fresh)
            if alike >= ALIKE:
                nearness = -abs(old.spots[0].line - fresh.spots[0].line)
                old_scores.setdefault(old, []).append((alike, nearness, fresh))
                new_scores.setdefault(fresh, []).append((alike, nearness, old))
    for old, scores in old_scores.items():
        best = _only_best(scores)
        if best is not None and _only_best(new_scores[best]) is old:
            others = [(alike, each) for alike, _, each in scores if each is not best]
            detail: dict[str, Any] = {"similarity": next(alike for alike, _, each in scores if each is best)}
            if others:
                detail["rejected"] = [
                    {"similarity": alike, **each.spots[0].shown()} for alike, each in others[:MAX_REJECTED]
                ]
            yield Pair(old, best, detail)


def _only_best(scores: list[tuple[float, int, Leftover]]) -> Leftover | None:
    best = max(score[:2] for score in scores)
    those = [each for alike, nearness, each in scores if (alike, nearness) == best]
    return those[0] if len(those) == 1 else None


class _Likeness:
    """How much alike two pieces of code are, 0 to 1, for as long as the work stays bounded."""

    def __init__(self) -> None:
        self._left = MAX_WORK

    def of(self, old: Leftover, new: Leftover) -> float:
        if old.where.snippet is None or new.where.snippet is None:  # only one side quotes code
            is_there = old.spots[0].place == new.spots[0].place and len(old.spots) == 1 == len(new.spots)
            return ALIKE if is_there else 0
        alike = self._of_code(old.where.snippet, new.where.snippet)
        if alike < ALIKE and old.where.symbol and old.where.symbol == new.where.symbol:
            return ALIKE
        return alike

    def _of_code(self, old: str, new: str) -> float:
        if self._left <= 0:
            return 0
        length = len(old) + len(new)
        before = _common(old, new)
        old, new = old[before:], new[before:]
        after = _common(old[::-1], new[::-1])
        old, new = old[: len(old) - after], new[: len(new) - after]
        same = 2 * (before + after)
        self._left -= WORK_OF_A_PAIR
        if (same + 2 * min(len(old), len(new))) / length < ALIKE:
            return 0
        self._left -= len(old) * len(new)
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        return round((same + matcher.ratio() * (len(old) + len(new))) / length, 2)


def _common(one: str, other: str) -> int:
    """How many characters both begin with."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _code(each: Leftover) -> Hashable | None:
    """What holds it to its place in any file; nothing for what no file holds."""
    if not each.anchor or not _is_of_a_file(each):
        return None
    return each.kind.value, each.rule, each.anchor, each.where.symbol


def _is_of_a_file(each: Leftover) -> bool:
    if each.kind in _PLACED_BY_PATH:
        return bool(each.where.path) and not any(spot.location.resource for spot in each.spots)
    return bool(each.where.path) and each.kind in (FindingKind.SAST, FindingKind.SECRET)


def _tail(length: int, each: Leftover) -> tuple[str, ...]:
    return tuple((each.where.path or "").rsplit("/", length)[-length:])


def _code_and_tail(length: int, each: Leftover) -> Hashable | None:
    code = _code(each)
    return None if code is None else (code, _tail(length, each))


def _code_anywhere(each: Leftover) -> Hashable | None:
    """A masked secret and a symbol alone say too little for a file of another name."""
    return _code(each) if each.kind != FindingKind.SECRET and each.where.snippet else None


def _lines_and_tail(length: int, each: Leftover) -> Hashable | None:
    """Of what quotes no code: a file that only moved has it at the very same lines. The first line is said of whole
    files, of which many have the same name: there the folder's name has to be the same too.
    """
    if each.anchor or each.kind == FindingKind.SECRET or not _is_of_a_file(each):
        return None
    lines = tuple(sorted(spot.line for spot in each.spots))
    if lines[-1] <= (1 if length == 1 else 0):
        return None
    return each.kind.value, each.rule, lines, _tail(length, each)


def _package(each: Leftover) -> Iterator[Hashable]:
    """Same version and vulnerability, and the last part of the name, however ecosystem and namespace are spelled."""
    if each.kind in (FindingKind.SCA, FindingKind.CONTAINER):
        for component in {spot.component for spot in each.spots if spot.component is not None}:
            name = re.split(r"[/:]", fingerprint.package_name(component))[-1]
            for identifier in each.identifiers or (each.rule,):
                yield _SPELLING.sub("-", name), component.version, identifier


def _parameter(each: Leftover) -> Hashable | None:
    """Without a parameter the page itself must keep its name: else any two pages without a header are alike."""
    where = each.where
    page = None if where.parameter else (where.url or "").rpartition("/")[2]
    if each.kind != FindingKind.DAST or not (where.parameter or page):
        return None
    return each.rule, where.method, where.parameter, page


def _port(each: Leftover) -> Hashable | None:
    if each.kind != FindingKind.INFRASTRUCTURE:
        return None
    return each.rule, each.where.protocol, each.where.port


def _host(each: Leftover) -> Hashable | None:
    is_named = each.kind == FindingKind.INFRASTRUCTURE and each.where.host
    return (each.rule, each.where.host) if is_named else None


def _host_renamed(known: list[Leftover], new: list[Leftover]) -> list[Pair]:
    """One host before, one host now, and at least half of what each shows is the same: else it is another machine."""
    old, fresh = ([each for each in side if each.kind == FindingKind.INFRASTRUCTURE] for side in (known, new))
    hosts = [{each.where.host for each in side} for side in (old, fresh)]
    if any(len(names) != 1 or None in names for names in hosts):
        return []
    pairs = list(one_name(_port, old, fresh))
    return pairs if 2 * len(pairs) >= max(len(old), len(fresh)) else []


def _host_identified(
    hosts: tuple[set[str], set[str]], known: list[Leftover], new: list[Leftover]
) -> list[Pair]:
    """A host that is gone and one that nobody knew share an address or an id that no third has: one machine."""
    holders: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    sides = [
        [each for each in side if each.kind == FindingKind.INFRASTRUCTURE and each.where.host in names]
        for side, names in zip((known, new), hosts, strict=True)
    ]
    for place, side in enumerate(sides):
        for each in side:
            for name in each.where.host_ids:
                holders[name][place].add(each.where.host or "")
    renamed = {(min(old), min(fresh)) for old, fresh in holders.values() if len(old) == 1 == len(fresh)}
    pairs: list[Pair] = []
    for was, now in sorted(renamed):
        if sum(was in pair or now in pair for pair in renamed) == 1:
            old = [each for each in sides[0] if each.where.host == was]
            fresh = [each for each in sides[1] if each.where.host == now]
            was_ids, now_ids = (
                {name for each in side for name in each.where.host_ids} for side in (old, fresh)
            )
            if are_two(was_ids, now_ids):  # a leased address that another machine has now
                continue
            shared = was_ids & now_ids
            shown = {"identifiers": sorted(shared)}
            pairs += (pair._replace(detail=shown) for pair in one_name(_port, old, fresh))
    return pairs


REASONS: Final = {
    "known_key": "One of its keys leads to this finding already.",
    "scanner_id": "The scanner's own id of the result is the same, under the same rule.",
    "code_edited": "Same rule and file; the code is a little different, and nothing else there fits as well.",
    "file_moved": "Same rule and code in a file of the same name in another folder, one to one.",
    "file_renamed": "Same rule and code in another file, one to one.",
    "lines_moved": "Same rule at the same lines of a file of the same name in another folder, one to one; no code is quoted.",
    "package_respelled": "Same package name, version and vulnerability; the package's address is spelled differently.",
    "url_changed": "Same rule, method and parameter at another URL, one to one.",
    "host_identified": "The host has another name and the same address or id, which no other has; same rule and port.",
    "host_renamed": "The only host of the scope has another name; most of what it shows is the same.",
    "port_changed": "Same rule and host at another port, one to one.",
}
"""Why a result was taken for a known finding although its key is another, for people."""

PASSES: Final[tuple[tuple[str, Pass], ...]] = (
    ("scanner_id", partial(one_to_one, _scanner_ids)),
    ("code_edited", _code_edited),
    *(
        ("file_moved", partial(one_name, partial(_code_and_tail, length)))
        for length in range(LONGEST_TAIL, 0, -1)
    ),
    ("file_renamed", partial(one_name, _code_anywhere)),
    *(
        ("lines_moved", partial(one_name, partial(_lines_and_tail, length)))
        for length in range(LONGEST_TAIL, 0, -1)
    ),
    ("package_respelled", partial(one_to_one, _package)),
    ("url_changed", partial(one_name, _parameter)),
    ("port_changed", partial(one_name, _host)),
)
HOST_RENAMED: Final[tuple[str, Pass]] = ("host_renamed", _host_renamed)
"""Only where no host of the scope was seen under its name."""


def pairs(
    known: list[Leftover],
    new: list[Leftover],
    *,
    is_nothing_seen: bool,
    hosts: tuple[set[str], set[str]] = (set(), set()),
) -> Iterator[tuple[str, Pair]]:
    """Each pass over what those before it left, with its name. `hosts`: those that are gone, and those nobody knew."""
    known = [each for each in known if each.is_whole and not each.is_secret_value]
    new = [each for each in new if not each.is_secret_value]
    identified: tuple[str, Pass] = ("host_identified", partial(_host_identified, hosts))
    passes = (*PASSES, identified, *((HOST_RENAMED,) if is_nothing_seen else ()))
    # What the report itself calls new stands back first: where several fit, those that it does not are meant.
    for these in (False, True) if any(each.is_said_new for each in new) else (True,):
        left = [each for each in new if these or not each.is_said_new]
        for name, run in passes:
            found = list(run(known, left))
            yield from ((name, pair) for pair in found)
            taken = {each for pair in found for each in (pair.known, pair.new)}
            known = [each for each in known if each not in taken]
            left = [each for each in left if each not in taken]
            new = [each for each in new if each not in taken]
            if not known or not left:
                break
