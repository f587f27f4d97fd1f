"""Carries out an order about a scan, in one transaction: for good, or rolled back and shown as a preview."""

from dataclasses import dataclass

from sqlalchemy import Connection, select, text, update

from hauberk.db.audit import record_in_job
from hauberk.db.models.organization import Organization
from hauberk.db.models.scan import Scan
from hauberk.domain.events import FindingsChanged, ScanFinished
from hauberk.domain.permissions import Actor, Role
from hauberk.ingest import changes
from hauberk.ingest.jobs import rolled_back
from hauberk.ingest.replay import Effect, Recomputation
from hauberk.ingest.rereading import reports_again
from hauberk.ingest.secrets import identity_key_of
from hauberk.ingest.spool import SpoolFolder
from hauberk.ingest.together import Together, keep_parts
from hauberk.jobs.events import emit
from hauberk.jobs.run import JobRun


@dataclass(frozen=True)
class Order:
    """What was asked for, by whom; `state_before` is what the scan goes back to when it cannot be done."""

    scan_id: int
    preview_id: int | None
    actor_name: str
    token_id: int | None
    role: str
    state_before: str
    service_account_id: int | None = None

    def actor(self, run: JobRun) -> Actor:
        role = Role(self.role)
        return Actor(
            run.organization_id,
            run.requested_by,
            self.token_id,
            role,
            role.permissions,
            self.actor_name,
            self.service_account_id,
        )


def carry_out(run: JobRun, order: Order, *, keeps: bool) -> None:
    """`keeps`: the scan is read again, else it is taken back."""
    target = order.preview_id or order.scan_id
    is_preview = order.preview_id is not None
    key = _begin(run, target)
    with (
        SpoolFolder(run.settings.home / "spool") as spool,
        reports_again(run, key, order.scan_id, is_anew=keeps, is_kept=not is_preview) as reports,
    ):

        def work(connection: Connection) -> Effect:
            recomputation = Recomputation(
                connection,
                run.organization_id,
                key,
                reports,
                spool,
                keeps=keeps,
                undone_by=run.requested_by,
            )
            return Together(recomputation, reports).of(order.scan_id) or recomputation.of(order.scan_id)

        def done(connection: Connection) -> None:
            effect = work(connection)
            if reports.anew is not None:
                keep_parts(connection, run.organization_id, reports.anew)
            _done(connection, run, order, effect, keeps=keeps)

        if not is_preview:
            run.write(done)
            return
        with rolled_back(run) as connection:
            effect = work(connection)
    spool_key = changes.store(run.settings, effect.changes, run.settings.home / "spool")
    run.write(lambda connection: _previewed(connection, run, target, effect, spool_key))


def _begin(run: JobRun, target: int) -> bytes:
    with run.transaction() as connection:
        _set(connection, run, target, state="running", started_at=text("clock_timestamp()"))
        sealed = connection.scalars(
            select(Organization.identity_key).where(Organization.id == run.organization_id)
        ).one()
    return identity_key_of(run, sealed)


def _done(connection: Connection, run: JobRun, order: Order, effect: Effect, *, keeps: bool) -> None:
    actor = order.actor(run)
    record_in_job(
        connection,
        actor,
        "scan.reprocessed" if keeps else "scan.undone",
        "scan",
        order.scan_id,
        {"counts": effect.counts, "scans_read_again": len(effect.replayed)},
    )
    state = _state_of(connection, run, order, keeps=keeps)
    _set(connection, run, order.scan_id, state=state, finished_at=text("clock_timestamp()"))
    for asset_id in effect.asset_ids:
        emit(connection, FindingsChanged(run.organization_id, asset_id, order.scan_id))
    emit(connection, ScanFinished(run.organization_id, order.scan_id, state))
    run.finish(connection, {"counts": effect.counts, "scans_read_again": len(effect.replayed)})


def _state_of(connection: Connection, run: JobRun, order: Order, *, keeps: bool) -> str:
    """Undone there is nothing left to hold; read again it is held when its closings wait (again)."""
    held = connection.scalar(
        select(Scan.held.is_not(None) & Scan.superseded_by.is_(None)).where(
            Scan.organization_id == run.organization_id, Scan.id == order.scan_id
        )
    )
    return "held" if keeps and held else "done"


def _previewed(connection: Connection, run: JobRun, target: int, effect: Effect, spool_key: str) -> None:
    _set(
        connection,
        run,
        target,
        state="done",
        counts=effect.counts,
        spool_key=spool_key,
        finished_at=text("clock_timestamp()"),
    )
    emit(connection, ScanFinished(run.organization_id, target, "done"))
    run.finish(connection)


def _set(connection: Connection, run: JobRun, scan_id: int, **values: object) -> None:
    connection.execute(
        update(Scan).where(Scan.organization_id == run.organization_id, Scan.id == scan_id).values(**values)
    )
