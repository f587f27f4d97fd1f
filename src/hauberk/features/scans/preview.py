"""Pages of what a dry run would change: it is kept as a file, so places in it are counted from its beginning."""

from collections.abc import Iterator, Sequence

import msgspec

from hauberk.db.repository import PageRequest
from hauberk.infra.settings import Settings
from hauberk.ingest import changes
from hauberk.ingest.changes import Change
from hauberk.kit.errors import Invalid
from hauberk.kit.page import Page, capped_total, decode_cursor, encode_cursor

UNCHANGED = "unchanged"


Spool = tuple[str, str | None]
"""Where changes are kept, and the asset they are about where that is not said with each."""


def page(settings: Settings, spools: Sequence[Spool], wanted: PageRequest, kind: str | None) -> Page[Change]:
    """One page of these changes, else of all that are any, from a thread."""
    start = _after(wanted) if wanted.cursor is not None else wanted.offset or 0
    shown: list[Change] = []
    count = 0
    for change in _load(settings, spools):
        if change.change != kind if kind is not None else change.change == UNCHANGED:
            continue
        if start <= count < start + wanted.limit:
            shown.append(change)
        count += 1
    end = start + len(shown)
    total, is_exact = capped_total(count)
    return Page(shown, encode_cursor(wanted.sort, [end]) if end < count else None, total, is_exact)


def _load(settings: Settings, spools: Sequence[Spool]) -> Iterator[Change]:
    for key, asset in spools:
        for change in changes.load(settings, key):
            yield change if asset is None else msgspec.structs.replace(change, asset=asset)


def _after(wanted: PageRequest) -> int:
    (start,) = decode_cursor(wanted.cursor or "", wanted.sort, [int])
    if not isinstance(start, int) or start < 0:
        raise Invalid([("/cursor", "This is not a cursor of this list; start from its first page.")])
    return start
