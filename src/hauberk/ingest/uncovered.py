"""What a partial scan did not look at has not moved: the known occurrences of such places stay where they were.

The child pairs the places of one finding by key and line alone. Of a partial scan the worker looks up what the old places
were, and takes apart again the pairs whose old place the scan did not cover.
"""

from collections.abc import Collection
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection, text

from hauberk.domain import fingerprint
from hauberk.domain.reported import Component, Location
from hauberk.ingest.compare import Tally, stays
from hauberk.ingest.encode import Action, spooled_results
from hauberk.ingest.known import SEEN, Marks
from hauberk.ingest.leftovers import batches, mapped
from hauberk.ingest.spool import SpoolFolder

_WERE: Final = text("""
select id, target, location, component from occurrence
where organization_id = :organization and id = any(cast(:ids as int8[]))
""")


class _Part(NamedTuple):
    """What of an asset a scan looks at as a whole, as far as a place tells."""

    target: str
    path: str | None
    host: str | None


def keep(
    connection: Connection,
    organization_id: int,
    spool: SpoolFolder,
    known: Marks,
    tally: Tally,
    *,
    targets: Collection[str],
) -> None:
    """`targets`: what was covered; where none are named, each result speaks for the file or host that it is in."""
    moved: dict[int, tuple[int, _Part]] = {}
    with mapped(spool.results) as results:
        for row in spooled_results(results, Action.MOVED):
            location = None if row.location is None else msgspec.json.decode(row.location, type=Location)
            component = None if row.component is None else msgspec.json.decode(row.component, type=Component)
            moved[row.occurrence_id] = row.offset, _part((row.target or b"").decode(), location, component)
    uncovered: dict[int, int] = {}
    for some in batches(list(moved)):
        for was in connection.execute(_WERE, {"organization": organization_id, "ids": some}):
            offset, now = moved[was.id]
            location = None if was.location is None else msgspec.convert(was.location, Location)
            component = None if was.component is None else msgspec.convert(was.component, Component)
            part = _part(was.target or "", location, component)
            if part.target not in targets if targets else part != now:
                uncovered[was.id] = offset
    for position in known.positions_marked(SEEN) if uncovered else ():
        offset = uncovered.get(known.rows.id(position), -1)
        if offset >= 0:
            stays(known, position, spool.results, offset, tally)
    spool.results.flush()


def _part(target: str, location: Location | None, component: Component | None) -> _Part:
    where = location or Location()
    path = component.path if component is not None and component.path else where.path
    return _Part(target, fingerprint.clean_path(path), fingerprint.host_of(where))
