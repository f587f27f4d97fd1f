"""Facets: for each value of severity, triage, presence, kind, scanner and asset, how many findings choosing it would give.

A facet is counted over the query without its own terms, so that its other values stay choosable; facets without a term
share one pass. A query that asks only for what is counted anyway is answered from those counts, whole. Another pass
reads at most `MAX_READ` findings: beyond, counts are said not to be exact.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Text,
    case,
    cast,
    collate,
    func,
    literal,
    select,
    true,
    union_all,
)

from hauberk.db.facet_counts import N, counted, is_of_assets, largest_assets
from hauberk.db.models.asset import Asset
from hauberk.domain.finding import FindingKind, Presence, Triage
from hauberk.domain.query import Node, Term, leaves, without
from hauberk.domain.severity import Severity
from hauberk.features.identity.serving import Ids
from hauberk.kit.page import MAX_TOTAL

MAX_READ = 500_000
MAX_ASSETS = 50
MAX_RANKED = 100
FACETS = ("severity", "triage", "presence", "kind", "scanner", "asset")

_READ = "read"
_GROUPED = {
    "severity": "severity",
    "triage": "triage",
    "presence": "is_active",
    "kind": "kind",
    "asset": "asset_id",
    "scanner": "scanners",
}
"""The column of each facet."""
_WORDS: dict[str, dict[str, str]] = {
    "severity": {str(each.rank): each.value for each in reversed(Severity)},
    "triage": {str(each.code): each.value for each in Triage},
    "presence": {each.value: each.value for each in Presence},
    "kind": {str(each.code): each.value for each in FindingKind},
}


def facet_statements(node: Node | None) -> list[tuple[tuple[str, ...], Node | None]]:
    """The passes to make: which facets are counted over which query."""
    passes: dict[Node | None, list[str]] = {}
    for facet in FACETS:
        passes.setdefault(without(node, facet), []).append(facet)
    return [(tuple(facets), over) for over, facets in passes.items()]


def sums_of_facets(
    matching: Select[Any], facets: Sequence[str], node: Node | None, organization_id: int
) -> Iterator[Select[Any]]:
    """The statements that sum facets from the counts: of all assets together, and of each where assets are asked for.

    Which assets have the most is looked for among those that are largest anyway, unless the query is about something
    that others may have more of.
    """
    if is_of_assets(node):
        yield _summed(matching, facets, organization_id, by_asset=True)
        return
    if of_all := [each for each in facets if each != "asset"]:
        yield _summed(matching, of_all, organization_id, by_asset=False)
    if "asset" in facets:
        among = largest_assets(organization_id, MAX_RANKED) if is_among_largest(node) else None
        yield _summed(matching, ["asset"], organization_id, by_asset=True, among=among)


def is_among_largest(node: Node | None) -> bool:
    """Whether assets are ranked only among those that are largest anyway."""
    keys = {leaf.key for leaf in leaves(node) if isinstance(leaf, Term)}
    return not is_of_assets(node) and not keys & {"kind", "scanner"}


def more_than_ranked(organization_id: int) -> Select[Any]:
    """Whether there are assets that such a ranking leaves out."""
    there = select(Asset.id).where(Asset.organization_id == organization_id, Asset.deleted_at.is_(None))
    return select(there.offset(MAX_RANKED).limit(1).exists())


def read_facets(
    matching: Select[Any], facets: Sequence[str], organization_id: int, *, at_most: int = MAX_READ
) -> Any:
    """Rows (facet, value, label, counted), and one that says how many findings were read.

    The findings are grouped once by everything; each facet then sums the few groups.
    """
    columns = {column.name: column for column in matching.selected_columns}
    read = (
        matching.with_only_columns(*(columns[name] for name in _GROUPED.values()))
        .limit(at_most + 1)
        .subquery()
    )
    groups = _groups(
        [read.c[name] for name in _GROUPED.values()], select(func.count().label("n")).select_from(read)
    )
    n = func.coalesce(func.sum(groups.c.n), 0)
    told = _row(_READ, literal(""), literal(""), n).select_from(groups)
    return union_all(told, *_facets(groups, facets, organization_id))


def _summed(
    matching: Select[Any],
    facets: Sequence[str],
    organization_id: int,
    *,
    by_asset: bool,
    among: Select[int] | None = None,
) -> Select[Any]:
    """The same rows from the counts of findings."""
    columns = {column.name: column for column in matching.selected_columns}
    wanted = [columns[_GROUPED[facet]] for facet in facets]
    n = func.sum(N)
    groups = _groups(wanted, matching.with_only_columns(n.label("n")).having(n > 0))
    rows = union_all(*_facets(groups, facets, organization_id)).subquery()
    return counted(select(rows), organization_id, by_asset=by_asset, among=among)


def _groups(columns: Sequence[Any], summed: Select[Any]) -> Any:
    """Summed once by everything."""
    grouped = summed.add_columns(*columns).group_by(*columns).cte("groups")
    return grouped.prefix_with("materialized", dialect="postgresql")


def _facets(groups: Any, facets: Sequence[str], organization_id: int) -> list[Select[Any]]:
    parts = []
    for facet in facets:
        if facet == "scanner":
            parts.append(_scanners(groups))
        elif facet == "asset":
            parts.append(_assets(groups, organization_id))
        else:
            value = _value(facet, groups.c[_GROUPED[facet]])
            parts.append(_row(facet, value, literal(""), func.sum(groups.c.n)).group_by(value))
    return parts


def _value(facet: str, column: ColumnElement[Any]) -> ColumnElement[Any]:
    if facet == "presence":
        return case((column, Presence.ACTIVE.value), else_=Presence.INACTIVE.value)
    return cast(column, Text)


def _row(facet: str, value: Any, label: Any, count: Any) -> Select[Any]:
    return select(
        literal(facet).label("facet"), value.label("value"), label.label("label"), count.label("counted")
    )


def _scanners(groups: Any) -> Select[Any]:
    """However they are spelled: a query does not tell "Grype" from "grype", and a finding of both is one."""
    spelled = func.unnest(groups.c.scanners).table_valued("word").render_derived("spelled")
    first = func.min(collate(spelled.c.word, "C")).label("word")
    each = select(first).select_from(spelled).group_by(func.lower(spelled.c.word)).lateral("each")
    rows = select(each.c.word, groups.c.n).join_from(groups, each, true()).subquery().c
    spelling = func.min(collate(rows.word, "C"))
    return _row("scanner", spelling, spelling, func.sum(rows.n)).group_by(func.lower(rows.word))


def _assets(groups: Any, organization_id: int) -> Select[Any]:
    n = func.sum(groups.c.n)
    most = (
        select(groups.c.asset_id, n.label("counted"))
        .group_by(groups.c.asset_id)
        .order_by(n.desc(), groups.c.asset_id)
        .limit(MAX_ASSETS)
        .subquery()
    )
    return _row("asset", cast(most.c.asset_id, Text), Asset.name, most.c.counted).join_from(
        most, Asset, (Asset.organization_id == organization_id) & (Asset.id == most.c.asset_id)
    )


class Facets:
    """The counted facets; vocabulary facets hold each of their words, also those that nothing has."""

    def __init__(
        self, rows: Iterable[Row[Any]], *, at_most: int = MAX_READ, is_ranking_cut: bool = False
    ) -> None:
        self._is_ranking_cut = is_ranking_cut
        self._counts: dict[str, dict[str, tuple[str, int]]] = {facet: {} for facet in FACETS}
        self._is_exact = True
        for row in rows:
            if row.facet == _READ:
                self._is_exact = self._is_exact and row.counted <= at_most
            else:
                self._counts[row.facet][row.value] = (row.label, int(row.counted))

    def values(self, ids: Ids) -> dict[str, Any]:
        shown: dict[str, Any] = {facet: self._of_words(facet) for facet in _WORDS}
        shown["scanner"] = self._by_count("scanner")
        shown["asset"] = [
            {**each, "value": ids.encode("ast", int(each["value"]))} for each in self._by_count("asset")
        ]
        shown["assets_ranked_among"] = MAX_RANKED if self._is_ranking_cut else None
        return shown

    def _of_words(self, facet: str) -> list[dict[str, Any]]:
        counts = self._counts[facet]
        return [self._value(word, word, counts.get(key, ("", 0))[1]) for key, word in _WORDS[facet].items()]

    def _by_count(self, facet: str) -> list[dict[str, Any]]:
        found = sorted(self._counts[facet].items(), key=lambda each: (-each[1][1], each[1][0]))
        return [self._value(value, label, count) for value, (label, count) in found]

    def _value(self, value: str, label: str, count: int) -> dict[str, Any]:
        count = count if self._is_exact else min(count, MAX_TOTAL)
        return {"value": value, "label": label, "count": count, "is_exact": self._is_exact}
