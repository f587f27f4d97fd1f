"""Terms about what happened to findings: which scan claimed them, which change of many findings changed them."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select

from hauberk.db.models.bulk_change import BulkChange
from hauberk.db.models.finding import Finding, Occurrence
from hauberk.db.models.scan import Scan
from hauberk.db.query.asker import Asker
from hauberk.db.query.sources import texts
from hauberk.domain.query import Term

finding = Finding.__table__.c
occurrence = Occurrence.__table__.c
scan = Scan.__table__.c
bulk_change = BulkChange.__table__.c


def scanned(term: Term, asker: Asker) -> ColumnElement[bool]:
    """A scan's scope leads to its occurrences by an index; `opened_scan_id` alone has none."""
    opened = (
        select(occurrence.finding_id)
        .join_from(
            Scan.__table__,
            Occurrence.__table__,
            and_(
                occurrence.organization_id == scan.organization_id,
                occurrence.scope_id == scan.scope_id,
                occurrence.opened_scan_id == scan.id,
            ),
        )
        .where(
            scan.organization_id == asker.organization_id,
            _is_asked_for(term, asker),
            _is_claim(occurrence),
        )
    )
    return finding.id.in_(opened)


def _is_asked_for(term: Term, asker: Asker) -> ColumnElement[bool]:
    """A report that was divided has opened what its parts did."""
    ids = [asker.row_id("scn", word, term) for word in texts(term)]
    return or_(scan.id.in_(ids), scan.part_of.in_(ids))


def introduced(term: Term, asker: Asker) -> ColumnElement[bool]:
    """No other scan claimed it before: an asset's occurrences get their ids in the order of its imports.

    What was claimed by a scan that is undone was never claimed.
    """
    asked = select(scan.id).where(scan.organization_id == asker.organization_id, _is_asked_for(term, asker))
    earlier = Occurrence.__table__.alias("earlier").c
    first = select(occurrence.finding_id).where(
        occurrence.organization_id == asker.organization_id,
        occurrence.opened_scan_id == func.any(func.array(asked.scalar_subquery())),
        _is_claim(occurrence),
        not_(
            exists().where(
                earlier.organization_id == occurrence.organization_id,
                earlier.finding_id == occurrence.finding_id,
                earlier.id < occurrence.id,
                earlier.opened_scan_id != occurrence.opened_scan_id,
                _is_claim(earlier),
            )
        ),
    )
    return finding.id.in_(first)


def _is_claim(of: Any) -> ColumnElement[bool]:
    """Not one of a scan that is undone."""
    return of.close_reason.is_distinct_from("undone")  # type: ignore[no-any-return]


def changed(term: Term, asker: Asker) -> ColumnElement[bool]:
    """Also what somebody has changed since; not what was taken back, which that job has changed then."""
    ids = [asker.row_id("job", word, term) for word in texts(term)]
    those = select(bulk_change.finding_id).where(
        bulk_change.organization_id == asker.organization_id, bulk_change.job_id.in_(ids)
    )
    return finding.id.in_(those)
