"""Takes a change of many findings back: each is as the job found it, unless somebody has changed it since.

An earlier decision holds again as it was made, by whom and when; where there was none, none is stated. Of two that say the
same state or a severity the newest counts, also when somebody looks back: there the earlier one is stated again.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, delete, select, text

from hauberk.db.locks import lock_asset, lock_duplicates
from hauberk.db.models.bulk_change import BulkChange
from hauberk.domain.permissions import Actor
from hauberk.features.findings.change import Change
from hauberk.features.findings.selection import finding, visible_to
from hauberk.features.findings.writing import After, duplicate_chain, graded, locked, write
from hauberk.kit.ids import PublicIds

_REASON = "A change of many findings was taken back."
TAKEN_BACK = Change(reason=_REASON, severity_reason=_REASON)
_SEVERITIES_AGAIN = text("""
insert into decision (organization_id, finding_id, severity, reason, decided_by)
select d.organization_id, d.finding_id, d.severity, d.reason, d.decided_by
from unnest(cast(:findings as int8[]), cast(:severities as int2[])) w(finding_id, severity)
cross join lateral (
    select * from decision d where d.organization_id = :organization and d.finding_id = w.finding_id
        and d.severity = w.severity order by d.id desc limit 1) d
""")
_STATES_AGAIN = text("""
insert into decision (organization_id, finding_id, vex_statement_id, triage, reason, covers_all_places, decided_by, expires_at)
select organization_id, finding_id, vex_statement_id, triage, reason, covers_all_places, decided_by, expires_at
from decision where organization_id = :organization and id = any(cast(:decisions as int8[]))
returning finding_id, id
""")


class Undone(NamedTuple):
    changed: int
    kept: int
    """Changed by somebody since, or a duplicate of what is now a duplicate of it."""


def changed_by(connection: Connection, actor: Actor, job_id: int) -> Sequence[Row[Any]]:
    """(asset_id, id) of what the job has changed, in the order in which findings are locked."""
    changed = select(BulkChange.finding_id).where(
        BulkChange.organization_id == actor.organization_id, BulkChange.job_id == job_id
    )
    found = visible_to(actor, also_joined=True).with_only_columns(finding.c.asset_id, finding.c.id)
    statement: Select[Any] = found.where(finding.c.id.in_(changed)).order_by(finding.c.asset_id, finding.c.id)
    return connection.execute(statement).all()


def take_back(
    connection: Connection,
    actor: Actor,
    public_ids: PublicIds,
    *,
    asset_id: int,
    finding_ids: Sequence[int],
    of_job: int,
    job_id: int,
) -> Undone:
    """What `of_job` changed here, in the name of `job_id`, by which that can be taken back as well."""
    lock_asset(connection, actor.organization_id, asset_id)
    taken = connection.execute(
        delete(BulkChange)
        .where(
            BulkChange.organization_id == actor.organization_id,
            BulkChange.job_id == of_job,
            BulkChange.finding_id.in_(finding_ids),
        )
        .returning(BulkChange.finding_id, BulkChange.before, BulkChange.after)
    )
    changes = {row.finding_id: row for row in taken}
    if any(row.before.get("duplicate_of_id") for row in changes.values()):
        lock_duplicates(connection, actor.organization_id)
    afters = [
        _as_before(row, changes[row.id].before)
        for row in locked(connection, actor, asset_id, list(changes))
        if _is_as_left(row, changes[row.id].after)
        and not _closes_circle(connection, actor, row.id, changes[row.id].before)
    ]
    _state_again(connection, actor, afters)
    changed = write(
        connection,
        actor,
        public_ids,
        asset_id=asset_id,
        afters=afters,
        change=TAKEN_BACK,
        job_id=job_id,
    )
    return Undone(changed, len(changes) - changed)


def _state_again(connection: Connection, actor: Actor, afters: Sequence[After]) -> None:
    overridden = [
        after
        for after in afters
        if after.differs("severity_override") and after.values["severity_override"] is not None
    ]
    if overridden:
        connection.execute(
            _SEVERITIES_AGAIN,
            {
                "organization": actor.organization_id,
                "findings": [after.before.id for after in overridden],
                "severities": [after.values["severity_override"] for after in overridden],
            },
        )
    decided = {
        after.before.id: after
        for after in afters
        if after.differs("decision_id") and not after.differs("triage") and after.values["decision_id"]
    }
    if decided:
        decisions = [after.values["decision_id"] for after in decided.values()]
        stated = {"organization": actor.organization_id, "decisions": decisions}
        for finding_id, decision_id in connection.execute(_STATES_AGAIN, stated).all():
            decided[finding_id].values["decision_id"] = decision_id


def _is_as_left(row: Row[Any], left: dict[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in left.items())


def _closes_circle(connection: Connection, actor: Actor, number: int, before: dict[str, Any]) -> bool:
    original = before.get("duplicate_of_id")
    return original is not None and number in duplicate_chain(connection, actor.organization_id, original)


def _as_before(row: Row[Any], before: dict[str, Any]) -> After:
    after = After.of(row)
    after.values |= before
    if "severity_override" in before:
        after.values |= graded(row, before["severity_override"])
    return after
