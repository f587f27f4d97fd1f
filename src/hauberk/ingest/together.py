"""A divided report as one: all of its parts are taken back or read again, or none of them, in one transaction.

The locks of all assets are taken first, in one order, so that two of these never wait for each other; an import holds
one of them and waits for no other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, text, update

from hauberk.db.locks import lock_asset
from hauberk.db.models.scan import Scan
from hauberk.ingest import changes, history_statements, pipeline, whole_scan
from hauberk.ingest.changes import MAX_PREVIEW, Change
from hauberk.ingest.divided import make_part
from hauberk.ingest.replay import ALREADY_UNDONE, NOT_APPLIED, Effect, Recomputation
from hauberk.ingest.rereading import Anew, Reports
from hauberk.ingest.scope import Requested
from hauberk.ingest.superseding import supersede_held
from hauberk.ingest.whole_scan import COUNTED, COUNTED_FINDINGS
from hauberk.jobs.job import JobError

LOOKED_AT_EVERY: Final = 10
_PARTS: Final = text("""
select id, asset_id, scope_id, undone_at, requested, requested ->> 'asset' as asset, part_of, storage_key
from scan where organization_id = :organization and part_of = :whole order by asset_id, id
""")
# Half of what the server can hold: temporary tables keep their entries until the end, also when they are dropped.
_IS_FULL: Final = text("""
select count(*) > current_setting('max_locks_per_transaction')::int
    * (current_setting('max_connections')::int + current_setting('max_prepared_transactions')::int) / 2
from pg_locks where pid = pg_backend_pid()
""")


@dataclass
class Together:
    """`recomputation` does one series after the other; what its reports were not known to speak of is taken in."""

    recomputation: Recomputation
    reports: Reports

    def of(self, whole_id: int) -> Effect | None:
        """None where the scan has no parts."""
        connection, organization_id = self.recomputation.connection, self.recomputation.organization_id
        parts = connection.execute(_PARTS, {"organization": organization_id, "whole": whole_id}).all()
        if not parts:
            return None
        applied = [part for part in parts if part.scope_id is not None and part.undone_at is None]
        self._check(parts, applied)
        for asset_id in sorted({part.asset_id for part in applied}):
            lock_asset(connection, organization_id, asset_id)
        effects = []
        for number, part in enumerate(applied):
            self._check_locks(number, len(applied))
            effects.append(_named(self.recomputation.of(part.id), part.asset))
        if self.reports.anew is not None:
            effects += self._further(parts, self.reports.anew)
        whole_scan.stand(connection, organization_id, whole_id)
        if not self.recomputation.keeps:
            undone = {"undone_at": text("clock_timestamp()"), "undone_by": self.recomputation.undone_by}
            self._set(whole_id, **undone, held=None, error=None)
        return _together(effects)

    def _check(self, parts: Sequence[Row[Any]], applied: Sequence[Row[Any]]) -> None:
        if not applied and not self.recomputation.keeps:
            if any(part.undone_at is not None for part in parts):
                raise JobError("already_undone", ALREADY_UNDONE)
            raise JobError("not_applied", NOT_APPLIED)

    def _check_locks(self, done: int, total: int) -> None:
        if done % LOOKED_AT_EVERY == 0 and self.recomputation.connection.scalar(_IS_FULL):
            raise JobError(
                "too_many_parts",
                f"The report covers {total} assets, and after {done} of them the database server has no locks left."
                " Undo or reprocess the scans of its assets one by one, or raise the server's max_locks_per_transaction.",
            )

    def _further(self, parts: Sequence[Row[Any]], anew: Anew) -> Iterator[Effect]:
        """Parts that failed before, and assets that only the present parser finds."""
        known = {part.asset.casefold() for part in parts}
        for part in parts:
            if part.scope_id is None:
                with anew.part_of(part) as path:
                    requested = msgspec.convert(part.requested, Requested)
                    yield self._taken_in(part.id, requested, self.reports.of_part(path), anew)
        for number in anew.further(known):
            division = anew.divided.division
            with anew.file(number) as (path, stored):
                requested, scan_id = make_part(
                    self.recomputation.connection,
                    anew.task,
                    division,
                    division.parts[number],
                    stored,
                    uploaded_by=anew.uploaded_by,
                )
                yield self._taken_in(scan_id, requested, self.reports.of_part(path), anew)

    def _taken_in(self, scan_id: int, requested: Requested, reader: pipeline.Reader, anew: Anew) -> Effect:
        recomputation = self.recomputation
        connection, organization_id = recomputation.connection, recomputation.organization_id
        connection.execute(text(history_statements.CLEAR))
        recomputation.spool.reset()
        task = replace(anew.task, scan_id=scan_id, requested=requested, is_part=True)
        applied = pipeline.read_and_apply(connection, task, reader, recomputation.spool)
        values = applied.columns()
        if applied.superseded_by is None:
            values |= {"applied_at": text("clock_timestamp()"), "is_complete": applied.is_complete}
        self._set(
            scan_id,
            **values,
            state="held" if applied.held else "done",
            error=None,
            finished_at=text("clock_timestamp()"),
        )
        supersede_held(connection, organization_id, scan_id, applied)
        found = changes.collect(connection, organization_id, scan_id)
        asset_ids = [] if applied.asset_id is None else [applied.asset_id]
        return _named(Effect(asset_ids, applied.counts, found, []), requested.asset)

    def _set(self, scan_id: int, **values: Any) -> None:
        self.recomputation.connection.execute(
            update(Scan)
            .where(Scan.organization_id == self.recomputation.organization_id, Scan.id == scan_id)
            .values(**values)
        )


def keep_parts(connection: Connection, organization_id: int, anew: Anew) -> None:
    """What was read anew is what later readings start from."""
    for scan_id, file in anew.stored.items():
        connection.execute(
            update(Scan)
            .where(Scan.organization_id == organization_id, Scan.id == scan_id)
            .values(storage_key=file.key, size_bytes=file.size_bytes, sha256=file.sha256)
        )


def _named(effect: Effect, asset: str | None) -> Effect:
    named: list[Change] = [msgspec.structs.replace(change, asset=asset) for change in effect.changes]
    return replace(effect, changes=named)


def _together(effects: Sequence[Effect]) -> Effect:
    given = [effect.counts for effect in effects]
    findings = {name: sum(each["findings"][name] for each in given) for name in COUNTED_FINDINGS}
    counts = {name: sum(each[name] for each in given) for name in COUNTED}
    return Effect(
        asset_ids=sorted({asset_id for effect in effects for asset_id in effect.asset_ids}),
        counts={**counts, "findings": findings},
        changes=[change for effect in effects for change in effect.changes][:MAX_PREVIEW],
        replayed=[scan_id for effect in effects for scan_id in effect.replayed],
    )
