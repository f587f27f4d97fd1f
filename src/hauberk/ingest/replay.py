"""A scope as if one of its scans had never been, or had been read by the present parser: undo and reprocess.

The scans that were applied since are taken back, the newest first, then the one in question; then what followed is read
again from its kept reports, in the order in which it was applied. One transaction, under the asset's lock: nobody sees
the way, and whoever compared with the scope before compares again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, case, text, update

from hauberk.db.locks import lock_asset
from hauberk.db.models.scan import Scan
from hauberk.ingest import due_dates, key_statements, pipeline, trend_statements, vex, vex_statements
from hauberk.ingest import history_statements as statements
from hauberk.ingest.applied import Applied
from hauberk.ingest.changes import MAX_PREVIEW, Change, decided
from hauberk.ingest.pipeline import Import, Reader
from hauberk.ingest.reversal import AppliedScan, Series, take_back
from hauberk.ingest.scope import Requested, comes_late
from hauberk.ingest.spool import SpoolFolder
from hauberk.jobs.job import JobError
from hauberk.parsers.mapping.formats import is_mapped

MAX_REPLAYED: Final = 400
ALREADY_UNDONE: Final = "This scan is undone already: there is nothing left of it."
NOT_APPLIED: Final = "This scan changed nothing: there is nothing to undo or to read again."
Reports = Callable[[Row[Any]], AbstractContextManager[Reader]]
"""From a scan to what reads its report."""

_COLUMNS: Final = """s.id, s.state, s.scope_id, s.asset_id, s.requested, s.file_name, s.format, s.accepted_at, s.scanned_at,
    s.applied_at, s.finished_at, s.identity_version, s.closings, s.storage_key, s.held, s.superseded_by, s.undone_at,
    s.is_dry_run, s.part_of, w.storage_key as whole_storage_key, p.key as scope_key, r.name as ref"""
_JOINED: Final = """scan s
left join scan w on w.organization_id = s.organization_id and w.id = s.part_of
left join scope p on p.organization_id = s.organization_id and p.id = s.scope_id
left join asset_ref r on r.organization_id = p.organization_id and r.id = p.ref_id"""
_ONE = text(f"select {_COLUMNS} from {_JOINED} where s.organization_id = :organization and s.id = :scan")  # noqa: S608
# In the order in which they were taken in. What came too late to count may count without the scan that was before it.
_LATER = text(f"""
select {_COLUMNS} from {_JOINED}
where s.organization_id = :organization and s.scope_id = :scope and s.id <> :scan and not s.is_dry_run
    and s.undone_at is null and (s.applied_at is not null or s.state in ('done', 'held'))
    and (coalesce(s.applied_at, s.finished_at), s.id) > (:since, :scan)
order by coalesce(s.applied_at, s.finished_at), s.id
""")  # noqa: S608
_NEWEST = text(
    "select last_scan_id, last_scan_at from scope where organization_id = :organization and id = :scope"
)


UNDO_REASONS: Final = {
    "closed": "Without this scan nothing reports it.",
    "kept": "Without this scan nothing reports it; it stays, inactive, with what people said of it.",
    "reopened": "Without this scan it is open: this scan closed it.",
    "new": "Without this scan it is a finding of its own.",
    "changed": "What an earlier scan said of it stands again.",
    "moved": "It is back at the place where an earlier scan had it.",
}
REPROCESS_REASONS: Final = {
    "closed": "The present parser does not read it in the report.",
    "kept": "The present parser does not read it; it stays, inactive, with what people said of it.",
    "reopened": "The present parser reads it in the report.",
    "new": "The present parser reads it in the report; it was not known.",
    "changed": "The present parser reads something else about it.",
    "moved": "The present parser reads another place.",
}


@dataclass(frozen=True)
class Effect:
    """What it came to: the difference for the open occurrences concerned, and the scans that were read again."""

    asset_ids: list[int]
    counts: dict[str, Any]
    changes: list[Change]
    replayed: list[int]


@dataclass
class Recomputation:
    """`keeps` the scan: it is read again. Else it is undone."""

    connection: Connection
    organization_id: int
    identity_key: bytes
    reports: Reports
    spool: SpoolFolder
    keeps: bool = False
    undone_by: int | None = None
    _replayed: list[int] = field(default_factory=list)

    def of(self, scan_id: int) -> Effect:
        """Of one after the other, in one transaction, where several assets are concerned."""
        self._replayed = []
        lock_asset(self.connection, self.organization_id, self._scan(scan_id).asset_id)
        scan = self._scan(scan_id)  # as it is now that nobody else can change it
        series = Series(self.organization_id, scan.asset_id, scan.scope_id)
        later = self._later(scan)
        again = [scan, *later] if self.keeps else later
        self._check_reports(again)
        for statement in (*statements.BEGIN, statements.BEFORE):
            series.run(self.connection, statement)
        for each in reversed([scan, *later]):
            if each.applied_at is not None:
                take_back(
                    self.connection, series, AppliedScan(each.id, each.scanned_at, each.identity_version)
                )
        if not self.keeps:
            undone = {"undone_at": text("clock_timestamp()"), "undone_by": self.undone_by, "held": None}
            self._set(scan_id, **undone, state="done" if scan.state == "held" else scan.state)
            self._hold_again(scan_id)
        for each in again:
            self._replay(series, each)
        return self._settle(series, scan)

    def _scan(self, scan_id: int) -> Row[Any]:
        found = self.connection.execute(
            _ONE, {"organization": self.organization_id, "scan": scan_id}
        ).one_or_none()
        if found is None:
            raise JobError("scan_gone", "The scan was deleted together with its asset.")
        if found.undone_at is not None:
            raise JobError("already_undone", ALREADY_UNDONE)
        if found.scope_id is None:
            raise JobError("not_applied", NOT_APPLIED)
        return found

    def _later(self, scan: Row[Any]) -> Sequence[Row[Any]]:
        since = scan.applied_at or scan.finished_at
        parameters = {
            "organization": self.organization_id,
            "scope": scan.scope_id,
            "scan": scan.id,
            "since": since,
        }
        if scan.applied_at is None:  # it had no effect, so nothing follows from it
            return []
        return self.connection.execute(_LATER, parameters).all()

    def _check_reports(self, again: Sequence[Row[Any]]) -> None:
        if len(again) > MAX_REPLAYED:
            raise JobError(
                "too_many_later_scans",
                f"{len(again)} scans of this series would have to be read again, more than {MAX_REPLAYED}.",
            )
        missing = [each for each in again if each.storage_key is None and each.applied_at is not None]
        if missing:
            raise JobError(
                "report_removed",
                f"The report “{missing[0].file_name or missing[0].id}” of {missing[0].scanned_at:%Y-%m-%d} is not kept any"
                " more, and without it this series of scans cannot be computed again.",
            )

    def _replay(self, series: Series, scan: Row[Any]) -> None:
        """As its import did, with what people decided since."""
        newest = self.connection.execute(
            _NEWEST, {"organization": self.organization_id, "scope": series.scope_id}
        ).one()
        if comes_late(scan.scanned_at, newest.last_scan_at):
            if scan.applied_at is None:
                self._set(scan.id, superseded_by=newest.last_scan_id)
            return
        if scan.storage_key is None:  # it never counted, and its report is gone: it goes on not to count
            return
        series.run(self.connection, statements.CLEAR)
        self.spool.reset()
        # Its place in the order of things, which its own counts are computed by.
        self._set(scan.id, applied_at=scan.applied_at or scan.finished_at)
        try:
            with self.reports(scan) as reader:
                applied = pipeline.read_and_apply(self.connection, self._import(scan), reader, self.spool)
        except JobError as error:
            raise JobError(
                error.code,
                f"The report “{scan.file_name or scan.id}” cannot be read again: {error.message}",
                error.position,
            ) from error
        if applied.scope_id != series.scope_id:
            raise JobError(
                "another_scope",
                f"The present parser takes the report “{scan.file_name or scan.id}” for one of another series of scans"
                f" ({applied.scanner}). Send it again instead.",
            )
        for statement in statements.REPLAYED:
            series.run(self.connection, statement)
        self._count_adopted(series, applied)
        self._keep(scan, applied)
        self._replayed.append(scan.id)

    def _import(self, scan: Row[Any]) -> Import:
        """To the same scope, whatever the asset's default ref is by now; what is only read again keeps its format."""
        requested = msgspec.structs.replace(
            msgspec.convert(scan.requested, Requested),
            asset_id=scan.asset_id,
            ref=scan.ref,
            scope=scan.scope_key,
            scanned_at=scan.scanned_at,
        )
        if not self.keeps or is_mapped(scan.format):  # a deleted mapping is recognised no more
            requested = msgspec.structs.replace(requested, format=scan.format)
        return Import(
            organization_id=self.organization_id,
            scan_id=scan.id,
            requested=requested,
            file_name=scan.file_name,
            accepted_at=scan.accepted_at,
            identity_key=self.identity_key,
            asset_id=scan.asset_id,
            is_part=scan.part_of is not None,
            is_release=scan.closings == "released",
            is_replay=True,
        )

    def _count_adopted(self, series: Series, applied: Applied) -> None:
        """Findings that kept their ids only: to the scan they are new, also where they do not count as active."""
        row = series.run(self.connection, key_statements.COUNT_ADOPTED).one()
        applied.counts["findings"]["new"] += row.inactive

    def _keep(self, scan: Row[Any], applied: Applied) -> None:
        is_discarded = applied.held is not None and scan.closings == "discarded"
        values = applied.columns() | {
            "is_complete": applied.is_complete,
            "held": None if is_discarded else applied.held,
        }
        if scan.state in ("done", "held"):
            values["state"] = "held" if applied.held is not None and not is_discarded else "done"
        self._set(scan.id, **values)
        if not applied.is_partial:
            self._supersede(applied, scan.id)

    def _supersede(self, applied: Applied, scan_id: int) -> None:
        """As after any complete scan: what earlier ones held back is settled."""
        self.connection.execute(
            update(Scan)
            .where(
                Scan.organization_id == self.organization_id,
                Scan.scope_id == applied.scope_id,
                Scan.id != scan_id,
                Scan.held.is_not(None),
                Scan.superseded_by.is_(None),
                Scan.scanned_at <= applied.scanned_at,
            )
            .values(state=case((Scan.state == "held", "done"), else_=Scan.state), superseded_by=scan_id)
        )

    def _hold_again(self, scan_id: int) -> None:
        """What only the scan that is gone had settled waits for somebody's word as before, unless a later one settles it."""
        self.connection.execute(
            update(Scan)
            .where(
                Scan.organization_id == self.organization_id,
                Scan.superseded_by == scan_id,
                Scan.held.is_not(None),
                Scan.applied_at.is_not(None),
            )
            .values(state="held", superseded_by=None)
        )

    def _set(self, scan_id: int, **values: Any) -> None:
        self.connection.execute(
            update(Scan)
            .where(Scan.organization_id == self.organization_id, Scan.id == scan_id)
            .values(**values)
        )

    def _settle(self, series: Series, scan: Row[Any]) -> Effect:
        """What is left of what was taken back, and every finding concerned computed from all that there is now."""
        parameters = {
            "scan": scan.id,
            "day": scan.scanned_at.date(),
            "replayed": self._replayed,
        }

        def run(statement: str, **more: Any) -> Any:
            return series.run(self.connection, statement, **parameters, **more)

        for statement in (
            statements.CLEAR,
            statements.ALL_TOUCHED,
            *trend_statements.TAKE_OFF,
            statements.DROP_KEPT_PLACES,
            statements.DECISIONS_AGAIN,
            statements.DERIVE,
            due_dates.SETTLE_TOUCHED,
        ):
            run(statement)
        decisions = self._decide(run, scan)
        for statement in (
            *trend_statements.PUT_ON,
            statements.DIFFERENCE,
            statements.DROP_FINDINGS,
            *key_statements.KEYS_AGAIN,
        ):
            run(statement)
        return Effect(
            asset_ids=[series.asset_id],
            counts=_counts(run(statements.COUNTS).one()),
            changes=[*self._changes(run(statements.CHANGES, limit=MAX_PREVIEW)), *decisions],
            replayed=self._replayed,
        )

    def _decide(self, run: vex.Run, scan: Row[Any]) -> list[Change]:
        """What suppliers' statements decide of all that there is now."""
        if not run(vex_statements.EVER).scalar_one():
            return []
        scan_id = scan.id if self.keeps else None
        vex.decide(run, everything=True, has_new=False, scan_id=scan_id, action=vex.RECOMPUTED)
        return decided(self.connection, self.organization_id)

    def _changes(self, rows: Iterable[Row[Any]]) -> Iterator[Change]:
        reasons = REPROCESS_REASONS if self.keeps else UNDO_REASONS
        for row in rows:
            yield Change(
                change=row.change,
                reason=reasons["kept" if row.change == "closed" and row.is_kept_for_people else row.change],
                finding_id=row.finding_id,
                title=row.title,
                severity=row.severity,
                location=row.location,
                component=row.component,
            )


def _counts(row: Row[Any]) -> dict[str, Any]:
    """As those of a scan: what stands afterwards, each in exactly one."""
    differing = row.new + row.moved + row.changed + row.reopened
    return {
        "reported": row.standing,
        "new": row.new,
        "unchanged": row.standing - differing,
        "moved": row.moved,
        "changed": row.changed,
        "reopened": row.reopened,
        "suppressed": 0,
        "folded": 0,
        "closed": row.closed,
        "findings": {"new": row.made, "reopened": row.active_again, "closed": row.active_no_more},
    }
