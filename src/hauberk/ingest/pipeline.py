"""One report into the database: the child reads and compares it outside, one short transaction applies it.

The order of things: identify → find the scope and export what it knows at version v → read and compare in the child → drift
→ lock the asset, check that the scope is still at v, write. Whoever finds another version compares again, in the end
under the lock.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import msgspec
from sqlalchemy import Connection, text

from hauberk.db.locks import lock_asset
from hauberk.domain import known_by
from hauberk.domain.brake import Closing, held_because
from hauberk.ingest import known_as, remembered, uncovered
from hauberk.ingest import scope as scopes
from hauberk.ingest.applied import Applied, counts_of_history, problems_of, told_late
from hauberk.ingest.compare import Comparison, Spools, Tally
from hauberk.ingest.drift import Drift, Matcher
from hauberk.ingest.known import SEEN, SUPPRESSED, UNSEEN, Known, Marks
from hauberk.ingest.large import NO_DRIFT, Unmatched
from hauberk.ingest.reading import Outcome
from hauberk.ingest.scope import Place, Requested, Scope
from hauberk.ingest.secrets import compare_secrets
from hauberk.ingest.spool import SpoolFolder
from hauberk.ingest.write import ANALYZE_FROM, ScopeMovedError, Target, Writer
from hauberk.jobs.job import JobError

MAX_READINGS: Final = 2
Transaction = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True)
class Import:
    """One accepted report and what was asked of it."""

    organization_id: int
    scan_id: int
    requested: Requested
    file_name: str | None
    accepted_at: datetime
    identity_key: bytes
    is_dry_run: bool = False
    sha256: str | None = None
    """Of the file, where it need not be read if it was the last that its scope was told; None: it is read."""
    asset_id: int | None = None
    """The asset, where it was there already when the report was accepted."""
    is_part: bool = False
    """What is read is one asset's part of a report (`ingest.parts`)."""
    identifiers: tuple[str, ...] | None = None
    """What its results tell the asset by; None where nobody looked who it is about by dividing it."""
    identifiers_stay_days: int = 30
    """How long before and after it was seen an address tells an asset."""
    is_release: bool = False
    """The closings were held before and somebody released them: the brake does not apply again."""
    is_replay: bool = False
    """It was applied before: what people decided since stands, and findings that it made keep their ids."""
    notes: tuple[str, ...] = ()
    """What is to be told of the file besides what its reading tells."""

    @property
    def is_named(self) -> bool:
        """Whether a person named the asset: what they say counts."""
        return self.requested.asset is not None and not self.is_part and self.identifiers is None


@dataclass
class Reading:
    """A finished pass of the child over the report, compared with `scope` as it was then."""

    place: Place
    scope: Scope | None
    outcome: Outcome
    tally: Tally
    known: Marks
    drift: Drift
    readers: str
    """What read it (`Outcome.readers`)."""
    note: str | None = None
    """Of the asset that the report was put to."""


class Reader(Protocol):
    """How the pipeline has the report read: `ingest.child`, in a sandbox."""

    def identify(self, format: str | None) -> Outcome: ...  # noqa: A002

    def room_beside(self, known: int) -> int | None:
        """How many new keys may be held beside these many known occurrences; None: not even those fit."""
        ...

    def read(
        self,
        spool: SpoolFolder,
        format: str,  # noqa: A002
        scanner: str,
        room: int | None,
    ) -> Outcome:
        """`room`: for how many new keys; None: nothing is compared, the spools get every result."""
        ...


def read_and_compare(
    job: Import,
    reader: Reader,
    spool: SpoolFolder,
    reading_transaction: Transaction,
    *,
    is_locking: bool = False,
) -> Reading:
    """Reads the report against its scope; twice when only its end tells which scope it belongs to."""
    first = reader.identify(job.requested.format)
    said = first
    for _ in range(MAX_READINGS):
        asked = _place(job, said), _identifiers(job, said)
        spool.reset()
        with reading_transaction() as connection:
            place, note = _told(connection, job, said, *asked)
            scope = scopes.find(connection, job.organization_id, place)
            if scope is not None and is_locking:
                lock_asset(connection, job.organization_id, scope.asset_id)
                scope = scopes.find(connection, job.organization_id, place)
            recalled = None if scope is None else remembered.recall(connection, job, scope, first.readers)
            room = reader.room_beside(0 if scope is None else scope.open_occurrences)
            if scope is not None and room is not None and recalled is None:
                scopes.export_known(connection, job.organization_id, scope.id, spool.known)
        outcome = recalled or _read(reader, spool, first.format, place, room)
        said = msgspec.structs.replace(outcome, scanner=place.scanner)
        if (_place(job, said), _identifiers(job, said)) == asked:
            break
    if recalled is not None:
        spool.fill_with_nothing()
    known = spool.marks()
    tally = outcome.tally or Tally()
    if outcome.secret_results:
        known = _compare_secrets(job, outcome, spool, known, tally)
    drift = Drift(problem=NO_DRIFT if outcome.is_unmatched else None)
    targets = _covered(job, outcome)
    if targets is not None and tally.moved:
        with reading_transaction() as connection:
            uncovered.keep(connection, job.organization_id, spool, known, tally, targets=targets)
    if scope is not None and tally.new and UNSEEN in known.seen:
        matcher = Matcher(job.organization_id, scope, spool, known, tally)
        with reading_transaction() as connection:
            drift = matcher.match(connection, place.scanner, targets)
    return Reading(place, scope, outcome, tally, known, drift, first.readers, note)


def _read(
    reader: Reader,
    spool: SpoolFolder,
    format: str,  # noqa: A002
    place: Place,
    room: int | None,
) -> Outcome:
    outcome = reader.read(spool, format, place.scanner, room)
    if not outcome.is_too_large:
        return outcome
    spool.reset()
    return reader.read(spool, format, place.scanner, None)


def _identifiers(job: Import, outcome: Outcome) -> tuple[str, ...]:
    return known_by.of_one((*(job.identifiers or ()), *outcome.header.identifiers))


def _told(
    connection: Connection, job: Import, said: Outcome, place: Place, identifiers: tuple[str, ...]
) -> tuple[Place, str | None]:
    at, _ = scopes.effective_date(job.requested, said.header, job.accepted_at)
    told, note = known_as.told(
        connection,
        job.organization_id,
        place,
        identifiers,
        is_named=job.is_named,
        at=at,
        stays_days=job.identifiers_stay_days,
    )
    is_after_file = job.requested.asset is None and said.header.asset is None and told.asset_id is None
    return told, note or (scopes.NAMED_AFTER_FILE.format(told.asset) if is_after_file else None)


def _is_partial(job: Import, outcome: Outcome) -> bool:
    return job.requested.is_partial or outcome.header.is_partial


def _covered(job: Import, outcome: Outcome) -> list[str] | None:
    """Of a partial scan the targets that it looked at; None where it saw all of its scope."""
    return list(outcome.header.targets) if _is_partial(job, outcome) else None


def _place(job: Import, outcome: Outcome) -> Place:
    requested = job.requested
    if job.asset_id is not None:  # whatever it is called by now
        requested = msgspec.structs.replace(requested, asset_id=job.asset_id)
    return scopes.place_of(
        requested,
        outcome.header,
        scanner=outcome.header.scanner or outcome.scanner,
        kinds=outcome.kinds,
        file_name=job.file_name,
    )


def _compare_secrets(job: Import, outcome: Outcome, spool: SpoolFolder, marks: Marks, tally: Tally) -> Marks:
    known = Known(marks.rows)
    known.seen[:] = marks.seen
    spools = Spools(*spool.reopened_for_append(), spool.suppressed)
    comparison: Comparison | Unmatched
    if outcome.is_unmatched:
        comparison = Unmatched(spools, tally, next_seq=tally.reported)
    else:
        comparison = Comparison(known, spools, tally, next_seq=spool.results_written(tally))
    compare_secrets(spool.secrets, comparison, job.identity_key)
    comparison.finish()
    spools.end()
    return known


def apply(
    connection: Connection, job: Import, reading: Reading, spool: SpoolFolder, *, is_alone: bool = False
) -> Applied:
    """Writes the reading, in the caller's transaction. Raises ScopeMovedError when it has to be read again.

    `is_alone`: the asset has been locked since before it was compared.
    """
    organization_id = job.organization_id
    asset_id = scopes.asset_of(
        connection, organization_id, reading.place, may_make_asset=job.requested.may_make_asset
    )
    if asset_id is None:
        raise _no_asset(reading.place)
    lock_asset(connection, organization_id, asset_id)  # before any row of it, as those do who delete it
    scopes.make(connection, organization_id, reading.place)
    scope = scopes.find(connection, organization_id, reading.place)
    if scope is None:  # deleted or renamed while this waited for its lock
        raise ScopeMovedError
    if scope.version != (reading.scope.version if reading.scope else 0):
        raise ScopeMovedError
    at, date_problem = scopes.effective_date(job.requested, reading.outcome.header, job.accepted_at)
    applied = Applied(
        asset_id=scope.asset_id,
        scope_id=scope.id,
        format=reading.outcome.format,
        scanner=reading.place.scanner,
        tool_version=reading.outcome.header.tool_version,
        scanned_at=at,
        is_partial=_is_partial(job, reading.outcome),
        covered_targets=_covered(job, reading.outcome),
        counts={},
        problems=problems_of(reading.outcome, date_problem, reading.note, reading.drift.problem, *job.notes),
    )
    if scopes.comes_late(at, scope.last_scan_at):
        applied.superseded_by = scope.last_scan_id
        applied.counts = counts_of_history(reading.tally)
        applied.problems.append(told_late(scope, at))
        return applied
    known_as.learn(
        connection,
        organization_id,
        asset_id,
        _identifiers(job, reading.outcome),
        scan_id=job.scan_id,
        scanner=reading.place.scanner,
        at=at,
    )
    target = Target(
        organization_id=job.organization_id,
        asset_id=scope.asset_id,
        scope_id=scope.id,
        scan_id=job.scan_id,
        scanner=applied.scanner,
        is_tracked=scope.is_tracked,
        at=applied.scanned_at,
        seen_before=scope.last_complete_scan_at,
        has_history=scope.last_scan_id is not None,
        is_replay=job.is_replay,
        is_alone=is_alone,
    )
    writer = Writer(connection, target)
    writer.copy(spool, analyze=reading.tally.reported >= ANALYZE_FROM)
    if reading.outcome.is_unmatched:
        reading.tally = writer.match(reading.tally.reported)
    else:
        writer.settle(reading.tally)
    _write(writer, job, reading, scope, applied, spool)
    if applied.is_complete and not reading.outcome.statements:
        told = msgspec.structs.replace(reading.outcome, tally=reading.tally)
        remembered.keep(connection, job, scope, reading.readers, told)
    return applied


def read_and_apply(connection: Connection, job: Import, reader: Reader, spool: SpoolFolder) -> Applied:
    """Both in the caller's transaction, under the asset's lock: for a scope that others keep changing."""
    # Nothing is asked of the server while the child reads; should this process be lost, the sweeper ends the session.
    connection.execute(text("set local idle_in_transaction_session_timeout = 0"))
    reading = read_and_compare(job, reader, spool, lambda: nullcontext(connection), is_locking=True)
    return apply(connection, job, reading, spool, is_alone=True)


def _no_asset(place: Place) -> JobError:
    if place.asset_id is not None:
        return JobError("asset_deleted", "The asset was deleted after the report was accepted.")
    return JobError(
        "asset_unknown", f"There is no asset “{place.asset}”, and who sent the report may not make one."
    )


def _write(  # noqa: PLR0917 — the parts of one transaction
    writer: Writer, job: Import, reading: Reading, scope: Scope, applied: Applied, spool: SpoolFolder
) -> None:
    tally = reading.tally
    writer.close_later(reading.known.ids_marked(UNSEEN), "gone")
    writer.close_later(reading.known.ids_marked(SUPPRESSED), "suppressed")
    if applied.is_partial:
        writer.keep_uncovered(reading.outcome.header.targets)
    by_severity = writer.would_close()
    would_close = sum(by_severity.values())
    reason = held_because(
        Closing(
            would_close=would_close,
            open_before=scope.open_occurrences,
            reported=tally.reported + reading.outcome.statements,
            previous_tool_version=scope.tool_version,
            tool_version=applied.tool_version,
            coverage_changed=would_close > 0 and writer.leaves_targets_out(reading.outcome.header.targets),
            unreadable=reading.outcome.problem_count,
            is_blank=reading.outcome.is_blank,
        )
    )
    if reason is not None and not job.is_release:
        writer.keep_all()
        applied.held = {"reason": reason, "would_close": would_close, "by_severity": by_severity}
    if job.is_dry_run and reading.outcome.is_unmatched:
        writer.note_matched()
    elif job.is_dry_run:
        writer.note_seen(reading.known.ids_marked(SEEN))
    writer.keep_statements(
        spool,
        reading.outcome.header,
        reading.outcome.statements,
        accepted_at=job.accepted_at,
        is_complete=not applied.is_partial,
    )
    written = writer.merge(reading.drift.matches, continues_any=tally.moved + tally.changed > 0)
    writer.advance_scope(
        tool_version=applied.tool_version,
        is_complete=applied.is_complete,
        opened=tally.new - written.closed,
    )
    applied.counts = {
        "reported": tally.reported,
        "new": tally.new - written.reopened,
        "unchanged": tally.unchanged,
        "moved": tally.moved,
        "changed": tally.changed,
        "reopened": written.reopened,
        "suppressed": tally.suppressed,
        "folded": tally.folded,
        "closed": written.closed,
        "findings": written.findings,
    } | ({"statements": written.statements} if written.statements else {})
