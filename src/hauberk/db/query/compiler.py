"""A query's tree into one condition over `finding`, in two steps: look up, then compile.

query = FindingQuery(parse(text), asker)
rows = connection.execute(query.look_up).all() if query.look_up is not None else []
statement.where(query.condition(rows))
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Row, and_, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT

from hauberk.db.query.asker import Asker
from hauberk.db.query.sources import MAX_IDS, Source, narrowed_by, sources_of
from hauberk.db.query.terms import TERMS, Condition, own_id_as_word
from hauberk.db.query.tree import compile_tree
from hauberk.domain.query import AllOf, Node, Term, Word, leaves

# Keys that compare what is stored with what was typed: no dictionary, no clock.
_LASTING = frozenset({
    "severity", "triage", "vex", "kind", "presence", "scanner", "tag", "assignee", "epss", "priority", "cvss", "known_exploited", "fix",
})  # fmt: skip
_LASTING_STATES = frozenset({"open", "active", "inactive", "reopened", "assigned"})


def is_lasting(node: Node | None) -> bool:
    """Whether the query's condition is the same whenever the same person asks it."""
    return all(
        isinstance(leaf, Term)
        and (leaf.key in _LASTING or (leaf.key == "is" and _LASTING_STATES.issuperset(map(str, leaf.values))))
        for leaf in leaves(node)
    )


# Keys that look at each finding's row or places, not only at what the list's indexes hold.
_FAR = frozenset({"path", "component", "package", "purl", "ref", "last_seen", "has"})


def is_far(node: Node | None) -> bool:
    """Whether counting has to visit the tables: then in the order in which they were written."""
    return any(isinstance(leaf, Term) and leaf.key in _FAR for leaf in leaves(node))


class FindingQuery:
    """A query ready to be asked. `look_up` is the one statement to run first, None when nothing is to be looked up."""

    def __init__(self, node: Node | None, asker: Asker) -> None:
        self.node = node
        self._asker = asker
        self._sources: dict[Word | Term, list[tuple[int, Source]]] = defaultdict(list)
        self._narrowing: dict[Word | Term, tuple[int, Source]] = {}
        number = 0
        for leaf in dict.fromkeys(leaves(node)):
            for source in sources_of(leaf, asker):
                self._sources[leaf].append((number, source))
                number += 1
            if (narrow := narrowed_by(leaf)) is not None:
                self._narrowing[leaf] = (number, narrow)
                number += 1
        self.look_up = self._look_up()

    def _look_up(self) -> CompoundSelect[Any] | None:
        parts = []
        looked_up = [each for found in self._sources.values() for each in found]
        for number, source in (*looked_up, *self._narrowing.values()):
            ids = func.array(source.ids.limit(MAX_IDS + 1).scalar_subquery(), type_=ARRAY(BIGINT))
            parts.append(select(literal(number).label("source"), ids.label("ids")))
        return union_all(*parts) if parts else None

    def condition(self, found: Iterable[Row[Any]]) -> Condition:
        """`found`: the rows of `look_up`."""
        ids = {row.source: row.ids for row in found}
        return compile_tree(self.node, partial(self._leaf, ids=ids | self._common(ids)))

    def _common(self, ids: dict[int, list[int]]) -> dict[int, list[int]]:
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

    def _leaf(self, leaf: Word | Term, *, ids: dict[int, list[int]]) -> Condition:
        conditions = [source.condition(ids[number]) for number, source in self._sources.get(leaf, [])]
        if isinstance(leaf, Word):
            conditions += own_id_as_word(leaf, self._asker)
        elif leaf.key in TERMS:
            conditions.append(TERMS[leaf.key](leaf, self._asker))
        if leaf in self._narrowing:
            number, narrow = self._narrowing[leaf]
            return and_(narrow.condition(ids[number]), or_(*conditions))
        return or_(*conditions)
