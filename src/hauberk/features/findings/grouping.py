"""Joining findings, splitting one and undoing either: what people do by hand about what is one problem."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from hauberk.db.audit import record_all_in_job
from hauberk.db.locks import lock_asset
from hauberk.db.repository import DbSession
from hauberk.domain.events import FindingsChanged
from hauberk.domain.permissions import Actor
from hauberk.features.findings.repository import FindingRepository
from hauberk.ingest import regroup, regroup_undo, split_off
from hauberk.ingest.regroup import Act
from hauberk.jobs.events import emit
from hauberk.kit.errors import NotFound
from hauberk.kit.ids import PublicIds


async def join_findings(
    session: DbSession,
    actor: Actor,
    public_ids: PublicIds,
    number: int,
    *,
    others: Sequence[int],
    reason: str | None,
) -> None:
    """The others are part of `number` from now on, also for every later scan."""
    asset_id = await FindingRepository(session, public_ids).asset_of(actor, number)

    def write(connection: Connection) -> None:
        lock_asset(connection, actor.organization_id, asset_id)
        for other in others:
            regrouping_id = regroup.join(connection, _act(actor, asset_id, reason), number, other)
            detail = {"regrouping": public_ids.encode("rgp", regrouping_id), "reason": reason}
            _tell(connection, actor, public_ids, "joined", kept=number, other=other, detail=detail)
        emit(connection, FindingsChanged(actor.organization_id, asset_id))

    await (await session.connection()).run_sync(write)


async def split_finding(
    session: DbSession,
    actor: Actor,
    public_ids: PublicIds,
    number: int,
    *,
    occurrences: Sequence[int],
    reason: str | None,
) -> int:
    """Answers the finding that these occurrences make from now on, also for every later scan."""
    asset_id = await FindingRepository(session, public_ids).asset_of(actor, number)

    def write(connection: Connection) -> int:
        lock_asset(connection, actor.organization_id, asset_id)
        regrouping_id, made = split_off.split(connection, _act(actor, asset_id, reason), number, occurrences)
        detail = {"regrouping": public_ids.encode("rgp", regrouping_id), "reason": reason}
        _tell(connection, actor, public_ids, "split", kept=number, other=made, detail=detail)
        emit(connection, FindingsChanged(actor.organization_id, asset_id))
        return made

    return await (await session.connection()).run_sync(write)


async def undo_regrouping(
    session: DbSession, actor: Actor, public_ids: PublicIds, number: int, regrouping_id: int
) -> None:
    """`number` is one of its two findings. Raises NotFound for what belongs to no finding that the actor sees."""
    asset_id = (await FindingRepository(session, public_ids).get(actor, number)).asset_id

    def write(connection: Connection) -> None:
        lock_asset(connection, actor.organization_id, asset_id)
        row = regroup_undo.locked_regrouping(connection, actor.organization_id, regrouping_id)
        if row is None or number not in (row.finding_id, row.other_id):
            raise NotFound("regrouping", public_ids.encode("rgp", regrouping_id))
        other = regroup_undo.undo(connection, _act(actor, asset_id, None), row)
        detail = {"regrouping": public_ids.encode("rgp", regrouping_id), "act": row.act}
        _tell(
            connection,
            actor,
            public_ids,
            "regrouping_undone",
            kept=row.finding_id,
            other=other,
            detail=detail,
        )
        emit(connection, FindingsChanged(actor.organization_id, asset_id))

    await (await session.connection()).run_sync(write)


def _act(actor: Actor, asset_id: int, reason: str | None) -> Act:
    return Act(actor.organization_id, asset_id, made_by=actor.user_id, reason=reason)


def _tell(
    connection: Connection,
    actor: Actor,
    public_ids: PublicIds,
    action: str,
    *,
    kept: int,
    other: int,
    detail: dict[str, Any],
) -> None:
    """In the trail of both, each naming the other."""
    record_all_in_job(
        connection,
        actor,
        "finding",
        [
            (f"finding.{action}", one, detail | {"other": public_ids.encode("fnd", partner)})
            for one, partner in ((kept, other), (other, kept))
        ],
    )
