"""Leftovers that are too many to be looked through at once, divided by rule: what has no rule in common never matches."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import Connection, text

from hauberk.domain import fingerprint
from hauberk.ingest.encode import spooled_results, spooled_rules
from hauberk.ingest.leftovers import NEW, Rule, array_of, batches, mapped
from hauberk.ingest.spool import SpoolFolder

_OF_KNOWN = text("""
select rule_text_id, array_agg(id) as ids from occurrence
where organization_id = :organization and id = any(cast(:ids as int8[])) group by rule_text_id
""")
_TEXTS = text("""
select id, scanner, rule_id, rule_name, title, identifiers, cwes from rule_text
where organization_id = :organization and id = any(cast(:ids as int8[]))
""")


@dataclass
class Side:
    """Where each leftover is to be found, and a hash of its rule's name; both in the same order."""

    ats: "array[int]" = field(default_factory=lambda: array("q"))
    rules: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, ats: Iterable[int], rule: int) -> None:
        before = len(self.ats)
        self.ats.extend(ats)
        self.rules.extend([rule] * (len(self.ats) - before))


@dataclass
class Portion:
    """Ids of known occurrences and offsets of new results whose rules are in no other portion."""

    known: list[int] = field(default_factory=list)
    new: list[int] = field(default_factory=list)


@dataclass
class Divided:
    portions: list[Portion]
    left_out_known: int = 0
    left_out_new: int = 0
    """Of rules that have too many of their own."""


def divide(known: Side, new: Side, together: int, of_one: int) -> Divided:
    """Rules of both sides: several as long as they have no more `together` on either, else one, which has at most `of_one`."""
    sizes = Counter(known.rules), Counter(new.rules)
    divided = Divided([])
    room = (0, 0)
    number_of: dict[int, int] = {}
    for rule in sizes[0].keys() & sizes[1].keys():
        size = sizes[0][rule], sizes[1][rule]
        if max(size) > of_one:
            divided.left_out_known += size[0]
            divided.left_out_new += size[1]
            continue
        if not divided.portions or size[0] > room[0] or size[1] > room[1]:
            divided.portions.append(Portion())
            room = (together, together)
        room = (room[0] - size[0], room[1] - size[1])
        number_of[rule] = len(divided.portions) - 1
    for at, rule in zip(known.ats, known.rules, strict=True):
        if rule in number_of:
            divided.portions[number_of[rule]].known.append(at)
    for at, rule in zip(new.ats, new.rules, strict=True):
        if rule in number_of:
            divided.portions[number_of[rule]].new.append(at)
    return divided


def known_side(connection: Connection, organization_id: int, ids: Sequence[int]) -> Side:
    side, rules = Side(), dict[int, int]()
    for some in batches(ids):
        rows = connection.execute(_OF_KNOWN, {"organization": organization_id, "ids": array_of(some)}).all()
        unknown = [row.rule_text_id for row in rows if row.rule_text_id not in rules]
        for row in connection.execute(_TEXTS, {"organization": organization_id, "ids": unknown}):
            rules[row.id] = hash(fingerprint.rule_of(row, row.scanner))
        for row in rows:
            side.add(row.ids, rules[row.rule_text_id])
    return side


def new_side(spool: SpoolFolder, scanner: str) -> Side:
    side = Side()
    with mapped(spool.results) as results, mapped(spool.rules) as bodies:
        rules = dict(_names(spooled_rules(bodies), scanner))
        for row in spooled_results(results, *NEW):
            side.add((row.offset,), rules[row.rule])
    return side


def _names(rows: Iterable[tuple[bytes, bytes]], scanner: str) -> Iterator[tuple[bytes, int]]:
    for content_hash, body in rows:
        yield content_hash, hash(fingerprint.rule_of(msgspec.json.decode(body, type=Rule), scanner))
