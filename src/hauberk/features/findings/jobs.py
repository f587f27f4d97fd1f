"""Bulk acts: one change to many findings, and taking it back; asset by asset in short transactions, so that imports only wait briefly."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from hauberk.db import installation
from hauberk.db.session import transaction
from hauberk.domain.permissions import Actor, Role
from hauberk.features.findings.change import Change
from hauberk.features.findings.selection import by_number, by_query
from hauberk.features.findings.undoing import changed_by, take_back
from hauberk.features.findings.writing import apply_change
from hauberk.jobs.job import JobError, job
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import JobRun

AT_ONCE = 500


@job(queue=Queue.INTERACTIVE, max_attempts=3, time_limit=1800)
def change_findings(
    run: JobRun,
    *,
    actor_name: str,
    token_id: int | None,
    role: str,
    numbers: Sequence[int] | None,
    query: str,
    change: dict[str, Any],
    service_account_id: int | None = None,
    at_most: int | None = None,
) -> dict[str, Any]:
    """Of a query not more than `at_most`, so many as it found when it was asked: what came since nobody has seen.

    A second attempt goes on where the first stopped: what is changed already is left alone, what a query no longer
    finds because it is changed is not found again.
    """
    actor = _actor(run, actor_name, token_id, role, service_account_id)
    wanted = Change.of_json(change)
    with transaction(run.engine, run.organization_id) as connection:
        public_ids = installation.read(connection).public_ids
        selected = (
            by_query(connection, actor, public_ids, query)
            if numbers is None
            else by_number(connection, actor, numbers)
        )
    if at_most is not None and len(selected) > at_most:
        raise JobError(
            "total_changed",
            f"The query finds {len(selected):,} findings now, {at_most:,} when it was asked; look again before changing them.",
        )
    done = changed = 0
    run.progress(done=0, total=len(selected))
    for asset_id, some in _portions(selected):
        write = partial(
            apply_change,
            actor=actor,
            public_ids=public_ids,
            asset_id=asset_id,
            finding_ids=some,
            change=wanted,
            job_id=run.job_id,
        )
        changed += run.write(write)
        done += len(some)
        run.progress(done=done, total=len(selected))
    return {"selected": len(selected), "changed": changed}


@job(queue=Queue.INTERACTIVE, max_attempts=3, time_limit=1800)
def undo_change(
    run: JobRun,
    *,
    actor_name: str,
    token_id: int | None,
    role: str,
    of_job: int,
    service_account_id: int | None = None,
) -> dict[str, Any]:
    """Takes back what a change of many findings did; each finding once, whatever the number of attempts."""
    actor = _actor(run, actor_name, token_id, role, service_account_id)
    with transaction(run.engine, run.organization_id) as connection:
        public_ids = installation.read(connection).public_ids
        selected = changed_by(connection, actor, of_job)
    changed = kept = 0
    run.progress(done=0, total=len(selected))
    for asset_id, some in _portions(selected):
        undo = partial(
            take_back,
            actor=actor,
            public_ids=public_ids,
            asset_id=asset_id,
            finding_ids=some,
            of_job=of_job,
            job_id=run.job_id,
        )
        undone = run.write(undo)
        changed, kept = changed + undone.changed, kept + undone.kept
        run.progress(done=changed + kept, total=len(selected))
    return {"selected": len(selected), "changed": changed, "kept": kept}


def _actor(run: JobRun, name: str, token_id: int | None, role: str, service_account_id: int | None) -> Actor:
    """Who asked for it, as he was when he did."""
    return Actor(
        run.organization_id,
        run.requested_by,
        token_id,
        Role(role),
        Role(role).permissions,
        name,
        service_account_id,
    )


def _portions(selected: Sequence[Any]) -> Iterator[tuple[int, list[int]]]:
    for asset_id, rows in groupby(selected, key=lambda row: row.asset_id):
        numbers = [row.id for row in rows]
        for start in range(0, len(numbers), AT_ONCE):
            yield asset_id, numbers[start : start + AT_ONCE]
