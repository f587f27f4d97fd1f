"""What must hold of every format's reports, whatever scanners, pipelines and people do with them; each can be asked of any report."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Final

from hauberk.domain.reported import ReportedFinding
from hauberk.ingest.compare import Spools, Tally
from hauberk.ingest.known import SEEN, Known
from hauberk.testing.changes import CHANGES, Change, concerns
from hauberk.testing.series import Results, Said, Series, compared, known_of, results_of

AT_ONCE: Final = 20
LONG_AGO: Final = datetime(1, 1, 2, tzinfo=UTC)
Invariant = Callable[[bytes, str], bool | None]
"""Of a report's bytes and its format: whether it holds; None where it does not concern what the report says."""


def stays(findings: list[ReportedFinding], change: Change) -> bool:
    """Whether the changed report has nothing new and lets nothing go."""
    before, after = results_of(findings), results_of(change(findings))
    known = known_of(before)
    tally = compared(known, after)
    return tally.new == 0 and (set(known.seen) <= {SEEN} or _merged_places(before, after))


def _merged_places(before: Results, after: Results) -> bool:
    """Several versions of one package at one place became one: fewer places, and rightly so."""
    places = [{(result.keys[0], result.place) for result, _ in results} for results in (before, after)]
    return len(places[1]) < len(places[0])


def _changed(change: Change, data: bytes, format_id: str) -> bool | None:
    findings = Said.of(data, format_id).findings
    return stays(findings, change) if concerns(change, findings) else None


def _apart(data: bytes, format_id: str, *, asset: str = "shop", ref: str | None = None) -> bool | None:
    """A part of the report about something else closes nothing here, and what is here is not taken for known there."""
    said, series = Said.of(data, format_id), Series()
    one = _one_that_counts(said.findings)
    if not one:
        return None
    alone = Series().take_in(said, one)
    series.take_in(said)
    there = series.take_in(said, one, asset=asset, ref=ref)
    return (
        (there.tally, there.gone) == (alone.tally, 0)
        and series.take_in(said).is_unchanged
        and series.take_in(said, one, asset=asset, ref=ref).is_unchanged
    )


def _one_that_counts(findings: list[ReportedFinding]) -> list[ReportedFinding]:
    return next(([each] for each in findings if results_of([each])), [])


def _subset(data: bytes, format_id: str) -> bool | None:
    """Half of a report confirms just that half."""
    results = results_of(Said.of(data, format_id).findings)
    half, known = results[::2], known_of(results)
    compared(known, half)
    confirmed = known.seen.count(SEEN)
    return confirmed == len({(result.keys[0], result.place) for result, _ in half}) if half else None


def _empty(data: bytes, format_id: str) -> bool | None:
    known = known_of(results_of(Said.of(data, format_id).findings))
    return (compared(known, []) == Tally() and SEEN not in known.seen) if len(known) else None


def _at_once(data: bytes, format_id: str) -> bool | None:
    """Read and compared by many at once, it is the same to the byte: one of them is written, the others then find it all known."""

    def first_reading(_: int) -> tuple[Tally, list[bytes]]:
        rows, keys, rules = io.BytesIO(), io.BytesIO(), io.BytesIO()
        results = results_of(Said.of(data, format_id).findings)
        tally = compared(known_of([]), results, Spools(rows, keys, rules))
        return tally, [file.getvalue() for file in (rows, keys, rules)]

    written = results_of(Said.of(data, format_id).findings)
    if not written:
        return None
    with ThreadPoolExecutor(AT_ONCE) as pool:
        first, *others = pool.map(first_reading, range(AT_ONCE))
    again = known_of(written)
    return all(each == first for each in others) and _is_known(again, written)


def _is_known(known: Known, results: Results) -> bool:
    tally = compared(known, results)
    return (tally.new, tally.moved) == (0, 0) and set(known.seen) == {SEEN}


def _late(data: bytes, format_id: str) -> bool | None:
    """An older report that arrives late changes nothing, whatever date the report itself has."""
    said, series = Said.of(data, format_id), Series()
    if not results_of(said.findings):
        return None
    series.take_in(said)
    is_late = series.take_in(said, _one_that_counts(said.findings), scanned_at=LONG_AGO).is_late
    return is_late and series.take_in(said).is_unchanged


INVARIANTS: Final[dict[str, Invariant]] = {
    **{name: partial(_changed, change) for name, change in CHANGES.items()},
    "two assets": partial(_apart, asset="till"),
    "two refs": partial(_apart, ref="a branch"),
    "half": _subset,
    "empty": _empty,
    "20 at once": _at_once,
    "late": _late,
}
"""By the word that the page of formats has for each."""


def is_concerned(name: str, findings: list[ReportedFinding]) -> bool:
    """Whether these findings have what the invariant of that name is about; it needs not be tried for that."""
    change = CHANGES.get(name)
    return concerns(change, findings) if change else bool(results_of(findings))
