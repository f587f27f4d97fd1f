"""What a partial scan did not look at has not moved: the known occurrences of such places stay where they were.

The child pairs the places of one finding by key and line alone. Of a partial scan the worker looks up what the old places
were, and takes apart again the pairs whose old place the scan did not cover. Such a result may have moved from another
place of the finding then, in the same file or on the same host.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, text

from hauberk.domain import fingerprint
from hauberk.domain.reported import Component, Location
from hauberk.ingest.compare import Tally, moved, nearest, stays
from hauberk.ingest.encode import Action, spooled_results
from hauberk.ingest.known import SEEN, UNSEEN, Marks
from hauberk.ingest.leftovers import batches, mapped
from hauberk.ingest.spool import SpoolFolder

_WERE: Final = text("""
select id, target, location, component from occurrence
where organization_id = :organization and id = any(cast(:ids as int8[]))
""")
# What else is open there under the keys of these.
_BESIDE: Final = text("""
select distinct b.id, b.fingerprint, b.target, b.location, b.component from occurrence o
join occurrence b on b.organization_id = o.organization_id and b.scope_id = o.scope_id and b.fingerprint = o.fingerprint
    and b.closed_at is null
where o.organization_id = :organization and o.id = any(cast(:ids as int8[]))
order by b.id
""")


class _Part(NamedTuple):
    """What of an asset a scan looks at as a whole, as far as a place tells."""

    target: str
    path: str | None
    host: str | None


class _Now(NamedTuple):
    """A result that moved there, as far as the child could tell."""

    offset: int
    line: int
    key: bytes
    part: _Part


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
    results = _moved(spool)
    uncovered: dict[int, _Now] = {}
    for some in batches(list(results)):
        for was in connection.execute(_WERE, {"organization": organization_id, "ids": some}):
            now, part = results[was.id], _part_of(was)
            if part.target not in targets if targets else part != now.part:
                uncovered[was.id] = now
    if not uncovered:
        return
    for position in list(known.positions_marked(SEEN)):
        left = uncovered.get(known.rows.id(position))
        if left is not None:
            stays(known, position, spool.results, left.offset, tally)
    _pair_again(connection, organization_id, spool, known, tally, uncovered)
    spool.results.flush()


def _pair_again(  # noqa: PLR0917 — those of `keep`
    connection: Connection,
    organization_id: int,
    spool: SpoolFolder,
    known: Marks,
    tally: Tally,
    uncovered: dict[int, _Now],
) -> None:
    unseen = {known.rows.id(position): position for position in known.positions_marked(UNSEEN)}
    old: dict[tuple[bytes, _Part], dict[int, int]] = defaultdict(dict)
    for some in batches(list(uncovered)):
        for row in connection.execute(_BESIDE, {"organization": organization_id, "ids": some}):
            if row.id in unseen:
                old[row.fingerprint.bytes, _part_of(row)][row.id] = unseen[row.id]
    new: dict[tuple[bytes, _Part], list[_Now]] = defaultdict(list)
    for now in uncovered.values():
        new[now.key, now.part].append(now)
    for place, those in new.items():
        left = list(old.get(place, {}).values())
        lines = [known.rows.line(position) for position in left]
        for was, which in nearest(lines, [now.line for now in those]):
            moved(known, left[was], spool.results, those[which].offset, tally)


def _moved(spool: SpoolFolder) -> dict[int, _Now]:
    """By the occurrences that they moved from."""
    found = {}
    with mapped(spool.results) as results:
        for row in spooled_results(results, Action.MOVED):
            location = None if row.location is None else msgspec.json.decode(row.location, type=Location)
            component = None if row.component is None else msgspec.json.decode(row.component, type=Component)
            part = _part((row.target or b"").decode(), location, component)
            found[row.occurrence_id] = _Now(row.offset, row.line, row.fingerprint, part)
    return found


def _part_of(row: Any) -> _Part:
    location = None if row.location is None else msgspec.convert(row.location, Location)
    component = None if row.component is None else msgspec.convert(row.component, Component)
    return _part(row.target or "", location, component)


def _part(target: str, location: Location | None, component: Component | None) -> _Part:
    where = location or Location()
    path = component.path if component is not None and component.path else where.path
    return _Part(target, fingerprint.clean_path(path), fingerprint.host_of(where))
