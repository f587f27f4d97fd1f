"""Applies what was learned about names of vulnerabilities."""

from functools import partial
from typing import Any

from hauberk.db.session import transaction
from hauberk.features.vulnerabilities import grouping
from hauberk.ingest import vex
from hauberk.jobs.job import job
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import JobRun

SERIAL_KEY = "aliases"


@job(queue=Queue.DEFAULT, max_attempts=5)
def apply_aliases(run: JobRun) -> dict[str, Any]:
    """Groups names and joins or parts the findings concerned, in short transactions; a second attempt goes on."""
    organization_id = run.organization_id
    regrouped = joined = parted = 0
    is_new = True
    while is_new:
        is_new, names = run.write(partial(grouping.group_names, organization_id=organization_id))
        regrouped += len(names)
        apart, further = _part(run, names)
        parted += apart
        joined += _join(run, [*names, *further])
        run.progress(done=regrouped, total=None)
    if regrouped:
        _decide(run)
    return {"names": regrouped, "joined": joined, "parted": parted}


def _decide(run: JobRun) -> None:
    """What suppliers state of a flaw by one name is said of findings that know it by another."""
    with transaction(run.engine, run.organization_id) as connection:
        assets = vex.with_statements(connection, run.organization_id)
    for asset_id in assets:
        run.write(partial(grouping.decide, organization_id=run.organization_id, asset_id=asset_id))


def _part(run: JobRun, names: list[str]) -> tuple[int, set[str]]:
    """How many joins came apart, and by which names they had been made: some of these may still be one."""
    if not names:
        return 0, set()
    with transaction(run.engine, run.organization_id) as connection:
        wrong = grouping.joins_to_undo(connection, run.organization_id, names)
    parted = sum(
        run.write(
            partial(
                grouping.undo_join,
                organization_id=run.organization_id,
                asset_id=row.asset_id,
                regrouping_id=row.id,
            )
        )
        for row in wrong
    )
    return parted, {name for row in wrong for name in row.names}


def _join(run: JobRun, names: list[str]) -> int:
    if not names:
        return 0
    with transaction(run.engine, run.organization_id) as connection:
        groups = grouping.groups_of(connection, run.organization_id, names)
        packages = list(grouping.packages_about(connection, run.organization_id, names))
    return sum(
        run.write(
            partial(
                grouping.join_by_names,
                organization_id=run.organization_id,
                asset_id=asset_id,
                groups=groups,
                packages=those,
            )
        )
        for asset_id, those in packages
    )
