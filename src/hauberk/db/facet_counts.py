"""Counts of findings by all that facets are of: kept by triggers on `finding`, folded with the other counts, read as a lens.

A query that asks for nothing else is answered from them: the statement that groups findings stays as it is, over a
common table expression of the name `finding` that has one row for each bucket instead of one for each finding.
"""

from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Select,
    and_,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import BIGINT

from hauberk.db.models.asset import Scope
from hauberk.db.models.count import FacetCount, FacetDelta
from hauberk.domain.finding import LAST_UNDECIDED
from hauberk.domain.query import Node, Term, leaves

N: Final[ColumnElement[int]] = literal_column("finding.n", BIGINT)
AT_ONCE: Final = 50_000
ALL_ASSETS: Final = 0

_BUCKET: Final = "is_active, kind, severity, triage, scanners"
_FOLD = text(f"""
with taken as (
    delete from facet_delta where organization_id = :organization and id in (
        select id from facet_delta where organization_id = :organization order by id limit :at_once)
    returning asset_id, {_BUCKET}, n),
counts as (
    insert into facet_count as kept (organization_id, asset_id, {_BUCKET}, n)
    select :organization, asset_id, {_BUCKET}, sum(n) from (
        select asset_id, {_BUCKET}, n from taken union all select 0, {_BUCKET}, n from taken) changes
    group by asset_id, {_BUCKET} having sum(n) <> 0
    order by asset_id, {_BUCKET}
    on conflict (organization_id, asset_id, {_BUCKET}) do update set n = kept.n + excluded.n)
select count(*) from taken
""")  # noqa: S608 - names of ours
_EMPTY = text("delete from facet_count where organization_id = :organization and n = 0")
_REMOVE = text(f"""
insert into facet_delta (organization_id, asset_id, {_BUCKET}, n)
select :organization, asset_id, {_BUCKET}, -sum(n)
from (select asset_id, {_BUCKET}, n from facet_count where organization_id = :organization and asset_id = :asset
      union all
      select asset_id, {_BUCKET}, n from facet_delta where organization_id = :organization and asset_id = :asset) c
group by asset_id, {_BUCKET} having sum(n) <> 0
""")  # noqa: S608 - names of ours

_COUNTED: Final = frozenset({"severity", "triage", "presence", "kind", "scanner"})
_COUNTED_STATES: Final = frozenset({"open", "active", "inactive"})
_OF_ASSETS: Final = frozenset({"asset", "asset.tag", "asset.kind"})


def fold(connection: Connection, organization_id: int) -> None:
    """Moves all deltas that are committed now into the counts; the caller holds the lock of the counts."""
    while connection.scalar(_FOLD, {"organization": organization_id, "at_once": AT_ONCE}) == AT_ONCE:
        pass


def remove_empty(connection: Connection, organization_id: int) -> None:
    connection.execute(_EMPTY, {"organization": organization_id})


def remove_asset(connection: Connection, organization_id: int, asset_id: int) -> None:
    """An asset that is deleted takes its counts along, before its findings go; the caller holds both locks."""
    connection.execute(_REMOVE, {"organization": organization_id, "asset": asset_id})


def is_counted(node: Node | None) -> bool:
    """Whether all that the query asks for is counted here."""
    return all(
        isinstance(leaf, Term)
        and (
            leaf.key in _COUNTED | _OF_ASSETS
            or (leaf.key == "is" and _COUNTED_STATES.issuperset(map(str, leaf.values)))
        )
        for leaf in leaves(node)
    )


def largest_assets(organization_id: int, at_most: int) -> Select[int]:
    """Those with the most open occurrences, which each series of scans counts."""
    open_there = func.sum(Scope.open_occurrences)
    wanted = select(Scope.asset_id).where(Scope.organization_id == organization_id).group_by(Scope.asset_id)
    return wanted.order_by(open_there.desc(), Scope.asset_id).limit(at_most)


def is_of_assets(node: Node | None) -> bool:
    """Whether the query picks assets, so that the counts of all together do not answer it."""
    return any(isinstance(leaf, Term) and leaf.key in _OF_ASSETS for leaf in leaves(node))


def counted(
    statement: Select[Any], organization_id: int, *, by_asset: bool, among: Select[int] | None = None
) -> Select[Any]:
    """The same statement over buckets: their `n` says of how many findings each is, folded or not.

    `among`: the only assets to look at.
    """
    return statement.add_cte(_buckets(organization_id, by_asset=by_asset, among=among), nest_here=True)


def open_by_severity(organization_id: int) -> Select[Any]:
    """(severity, n) of undecided active findings."""
    buckets = _buckets(organization_id, by_asset=False, among=None)
    of = buckets.c
    is_open = and_(of.is_active, of.triage <= LAST_UNDECIDED)
    return select(of.severity, func.sum(of.n).label("n")).where(is_open).group_by(of.severity)


def _buckets(organization_id: int, *, by_asset: bool, among: Select[int] | None) -> CTE:
    folded, fresh = FacetCount.__table__.c, FacetDelta.__table__.c
    of_all = literal(ALL_ASSETS, BIGINT).label("asset_id")
    kept = folded.asset_id != ALL_ASSETS if by_asset else folded.asset_id == ALL_ASSETS
    parts = [
        select(
            of.organization_id,
            of.asset_id if by_asset else of_all,
            *(of[name] for name in _BUCKET.split(", ")),
            cast(null(), BIGINT).label("joined_into_id"),
            of.n,
        ).where(
            of.organization_id == organization_id,
            *([] if among is None else [of.asset_id == func.any(func.array(among.scalar_subquery()))]),
        )
        for of in (folded, fresh)
    ]
    parts[0] = parts[0].where(kept)
    return union_all(*parts).cte("finding").prefix_with("not materialized", dialect="postgresql")
