"""Folds the counts whenever findings have changed, soon after the commit that changed them."""

from sqlalchemy import Connection

from hauberk.db import counts
from hauberk.domain.events import FindingsChanged, FindingsDecided, ScanFinished
from hauberk.jobs.events import on


@on(FindingsChanged)
def fold_counts(connection: Connection, event: FindingsChanged) -> None:
    counts.renew(connection, event.organization_id)


@on(FindingsDecided)
def fold_decided(connection: Connection, event: FindingsDecided) -> None:
    counts.renew(connection, event.organization_id)


@on(ScanFinished)
def renew_counts(connection: Connection, event: ScanFinished) -> None:
    """A scan without changes still says when its asset was last looked at."""
    counts.renew(connection, event.organization_id)
