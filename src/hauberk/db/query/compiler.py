"""A query's tree into one condition over `finding`, in two steps: look up, then compile.

query = FindingQuery(parse(text), asker)
rows = connection.execute(query.look_up).all() if query.look_up is not None else []
statement.where(query.condition(rows))
"""

import enum
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Row,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT

from hauberk.db.query.asker import Asker
from hauberk.db.query.places import Places, is_claimed_in, is_in, is_within, places_of
from hauberk.db.query.sources import MAX_IDS, Source, parameter_of, rules_with, shape_of, sources_of
from hauberk.db.query.terms import TERMS, Condition, own_id_as_word
from hauberk.db.query.tree import compile_tree
from hauberk.domain.query import AllOf, Node, Term, Word, conjuncts, leaves, speaks_of_now

Ids = Mapping[int, Sequence[int]]
"""By the number of its source, what was looked up."""


def name_of(number: int) -> str:
    return f"found_{number}"


def parameters_of(ids: Ids) -> dict[str, int | list[int] | None]:
    """The values of a condition's parameters."""
    return {name_of(number): parameter_of(found) for number, found in ids.items()}


def shapes_of(ids: Ids) -> tuple[tuple[int, range], ...]:
    """What all those have in common for which the condition is the same but for its parameters; as such ids."""
    return tuple((number, shape_of(found)) for number, found in sorted(ids.items()))


def is_lasting(node: Node | None) -> bool:
    """Whether the query's condition is the same whenever the same person asks it and the same is looked up."""
    return not any(
        isinstance(leaf, Term) and speaks_of_now(leaf.key, map(str, leaf.values)) for leaf in leaves(node)
    )


# Keys that look at each finding's row or places, not only at what the list's indexes hold.
_FAR = frozenset({"path", "component", "package", "purl", "ref", "last_seen", "has"})


def is_far(node: Node | None) -> bool:
    """Whether counting has to visit the tables: then in the order in which they were written."""
    return any(isinstance(leaf, Term) and leaf.key in _FAR for leaf in leaves(node))


class By(enum.Enum):
    """How findings come to be compared with terms about places."""

    NUMBERS = enum.auto()
    """Few are looked up before, by number; else each is compared."""
    PLACES = enum.auto()
    """They are reached from the places that an index finds."""
    WALK = enum.auto()
    """In some order, each looked for among the findings of those places."""
    EACH = enum.auto()
    """Whichever way: each one's places are looked at."""
    SETS = enum.auto()
    """Each looked for among the findings of those places, and where those are not all, its own are looked at."""
    REST = enum.auto()
    """They are not: what else is asked for decides alone."""


class FindingQuery:
    """A query ready to be asked. `look_up` is the one statement to run first, None when nothing is to be looked up.

    `places`: the statement itself finds them, so many for each term at most, and nothing of them is looked up before (`By`).
    """

    def __init__(self, node: Node | None, asker: Asker, *, places: int = 0) -> None:
        self.node = node
        self._asker = asker
        self._sources: dict[Word | Term, list[tuple[int, Source]]] = defaultdict(list)
        self._together = self._words_together()
        self._narrowing: dict[Word | Term, tuple[int, Source]] = {}
        self._places: dict[Word | Term, Places] = {}
        self._tables: dict[Word | Term, CTE] = {}
        self._within: dict[Word | Term, Condition] = {}
        number = 0
        for leaf in dict.fromkeys(leaves(node)):
            for source in self._sources_of(leaf):
                self._sources[leaf].append((number, source))
                number += 1
            if (there := places_of(leaf, asker)) is None:
                continue
            self._places[leaf] = there
            if places:
                self._tables[leaf] = there.table(number, places)
                self._within[leaf] = is_within(self._tables[leaf], places)
            else:
                self._narrowing[leaf] = (number, there.source())
            number += 1
        self.look_up = self._look_up()

    def _words_together(self) -> tuple[Word, ...]:
        """Words of which a finding has to have all: the first of them stands for the rules that do, the others for none."""
        words = [
            part
            for part in dict.fromkeys(conjuncts(self.node))
            if isinstance(part, Word) and not own_id_as_word(part, self._asker)
        ]
        return tuple(words) if len(words) > 1 else ()

    def _sources_of(self, leaf: Word | Term) -> tuple[Source, ...]:
        if leaf not in self._together:
            return sources_of(leaf, self._asker)
        is_first = leaf == self._together[0]
        return (rules_with([word.text for word in self._together], self._asker),) if is_first else ()

    def with_places(self, at_most: int) -> "FindingQuery":
        """The same, of which the statement itself finds so many places."""
        return FindingQuery(self.node, self._asker, places=at_most)

    @property
    def is_within_places(self) -> Condition:
        """Whether all places were found that its terms are about."""
        return and_(true(), *self._within.values())

    @property
    def has_places(self) -> bool:
        """Whether it has terms about places that the statement finds."""
        return bool(self._tables)

    @property
    def needs_places(self) -> bool:
        """Whether what it finds has to fulfil all of them: the more places, the more is found."""
        return bool(self._tables) and set(self._tables) <= set(conjuncts(self.node))

    def has_many_places(self, ids: Ids) -> bool:
        """Whether there are too many to be looked up by number."""
        return any(len(ids[number]) > MAX_IDS for number, _ in self._narrowing.values())

    def _look_up(self) -> CompoundSelect[Any] | None:
        parts = []
        looked_up = [each for found in self._sources.values() for each in found]
        for number, source in (*looked_up, *self._narrowing.values()):
            ids = func.array(source.ids.limit(MAX_IDS + 1).scalar_subquery(), type_=ARRAY(BIGINT))
            parts.append(select(literal(number).label("source"), ids.label("ids")))
        return union_all(*parts) if parts else None

    def condition(self, found: Iterable[Row[Any]], by: By = By.NUMBERS) -> Condition:
        """`found`: the rows of `look_up`."""
        return self.of_ids(self.ids(found), by)

    def ids(self, found: Iterable[Row[Any]]) -> Ids:
        """What the condition compares with."""
        ids = {row.source: row.ids for row in found}
        return {**ids, **self._common(ids)}

    def of_ids(self, ids: Ids, by: By) -> Condition:
        return compile_tree(self.node, partial(self._leaf, ids=ids, by=by))

    def _common(self, ids: Ids) -> Ids:
        """Of leaves that all have to hold and ask for the same column: the ids that each of them has found."""
        same: dict[ColumnElement[int], list[int]] = defaultdict(list)
        for part in self.node.parts if isinstance(self.node, AllOf) else ():
            found = self._sources.get(part, []) if isinstance(part, Word | Term) else []
            if len(found) == 1 and not (isinstance(part, Word) and own_id_as_word(part, self._asker)):
                ((number, source),) = found
                if len(ids[number]) <= MAX_IDS:
                    same[source.column].append(number)
        return {
            number: sorted(set.intersection(*(set(ids[each]) for each in numbers)))
            for numbers in same.values()
            if len(numbers) > 1
            for number in numbers
        }

    def _leaf(self, leaf: Word | Term, *, ids: Ids, by: By) -> Condition:
        if leaf in self._together[1:] or (by is By.REST and leaf in self._tables):
            return true()
        conditions = [
            source.condition(ids[number], name_of(number)) for number, source in self._sources.get(leaf, [])
        ]
        if isinstance(leaf, Word):
            conditions += own_id_as_word(leaf, self._asker)
        elif leaf.key in TERMS:
            is_one_by_one = by is By.EACH and leaf in self._tables
            conditions.append(TERMS[leaf.key](leaf, replace(self._asker, is_one_by_one=is_one_by_one)))
        if leaf in self._narrowing:
            number, narrow = self._narrowing[leaf]
            return and_(narrow.condition(ids[number], name_of(number)), or_(*conditions))
        if leaf in self._tables and by is not By.EACH:
            places = self._tables[leaf]
            is_there = is_claimed_in(places) if self._places[leaf].is_exact else or_(*conditions)
            is_found = and_(is_in(places, drives=by is By.PLACES), is_there)
            return case((self._within[leaf], is_found), else_=or_(*conditions)) if by is By.SETS else is_found
        return or_(*conditions)
