"""Assets in the order of what is open on them.

No index holds it: it is added up for each page from the counts by asset, of which an organization has thousands.
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Select, Subquery, cast, func, select

from hauberk.db.counts import open_counts
from hauberk.db.models.asset import Asset
from hauberk.db.repository import Order
from hauberk.domain.severity import Severity

_WORST_FIRST: Final = sorted(Severity, key=lambda severity: severity.rank, reverse=True)
RANKINGS: Final = ("-severity", "-open_findings")


def ranked(assets: Select[Any], organization_id: int, sort: str) -> tuple[Select[Any], Order]:
    """The same assets, and their order; `sort` is one of `RANKINGS`.

    By severity the asset with the most critical findings comes first, of equal ones that with the most high ones, and so on.
    """
    counted = _open_by_asset(organization_id)
    assets = assets.outerjoin(counted, counted.c.asset_id == Asset.id)
    names = [each.name for each in _WORST_FIRST] if sort == "-severity" else ["open_findings"]
    return assets, Order.by(*(_or_none(counted.c[name]) for name in names), Asset.id, descending=True)


def _open_by_asset(organization_id: int) -> Subquery:
    """(asset_id, open_findings, and a column by each severity's name)."""
    counts = open_counts(organization_id).c
    by_severity = (
        func.sum(counts.n).filter(counts.severity == each.rank).label(each.name) for each in _WORST_FIRST
    )
    return (
        select(counts.asset_id, func.sum(counts.n).label("open_findings"), *by_severity)
        .group_by(counts.asset_id)
        .subquery("open_by_asset")
    )


def _or_none(count: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(func.coalesce(count, 0), Integer)
