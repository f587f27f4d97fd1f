"""What people do to findings: decide, assign, override, comment, and do so to many at once."""

from collections.abc import Sequence
from typing import Any

from hauberk.db.audit import record
from hauberk.db.locks import lock_asset, lock_duplicates
from hauberk.db.repository import DbSession
from hauberk.domain.permissions import Actor
from hauberk.features.findings import jobs
from hauberk.features.findings.change import MAX_TAGS, Change
from hauberk.features.findings.repository import FindingRepository
from hauberk.features.findings.writing import apply_change, duplicate_chain
from hauberk.jobs.enqueue import enqueue_async
from hauberk.kit.errors import Conflict, Forbidden, Invalid, NotFound
from hauberk.kit.ids import PublicIds
from hauberk.kit.page import MAX_TOTAL

_KINDS = (jobs.change_findings.kind, jobs.undo_change.kind)


async def change_finding(
    session: DbSession, actor: Actor, public_ids: PublicIds, number: int, change: Change
) -> None:
    asset_id = await FindingRepository(session, public_ids).asset_of(actor, number)
    connection = await session.connection()
    if isinstance(change.duplicate_of_id, int):  # what is checked shall still be so when it is written
        await connection.run_sync(lock_asset, actor.organization_id, asset_id)
        await connection.run_sync(lock_duplicates, actor.organization_id)
    await check_people_and_duplicates(session, actor, public_ids, [number], change)
    if change.add_tags:
        tags = (await FindingRepository(session, public_ids).get(actor, number)).tags
        if len({*tags, *change.add_tags} - {*change.remove_tags}) > MAX_TAGS:
            raise Invalid([("/add_tags", f"A finding has at most {MAX_TAGS} tags. Take others off first.")])
    await connection.run_sync(
        apply_change, actor, public_ids, asset_id=asset_id, finding_ids=[number], change=change
    )


async def check_people_and_duplicates(
    session: DbSession,
    actor: Actor,
    public_ids: PublicIds,
    numbers: Sequence[int],
    change: Change,
    *,
    pointer: str = "",
) -> None:
    """What the change names must be there, and a finding cannot be the duplicate of its own duplicate."""
    repository = FindingRepository(session, public_ids)
    wrong = []
    if isinstance(change.assignee_id, int) and not await repository.is_member(actor, change.assignee_id):
        wrong.append((f"{pointer}/assignee", "There is no such person in this organization."))
    if isinstance(change.duplicate_of_id, int):
        connection = await session.connection()
        chain = await connection.run_sync(duplicate_chain, actor.organization_id, change.duplicate_of_id)
        if not chain:
            wrong.append((f"{pointer}/duplicate_of", "There is no such finding."))
        elif not chain.isdisjoint(numbers):
            wrong.append(
                (
                    f"{pointer}/duplicate_of",
                    "A finding cannot be a duplicate of itself, also not in a circle.",
                )
            )
    if wrong:
        raise Invalid(wrong)


async def add_comment(session: DbSession, actor: Actor, public_ids: PublicIds, number: int, body: str) -> Any:
    """Answers the comment's row."""
    if actor.user_id is None:
        raise Forbidden("Only people comment.")
    repository = FindingRepository(session, public_ids)
    await repository.asset_of(actor, number)
    comment = await repository.add_comment(actor, number, body)
    await record(session, actor, "finding.commented", "finding", number)
    return comment


async def change_many(
    session: DbSession,
    actor: Actor,
    public_ids: PublicIds,
    change: Change,
    *,
    numbers: Sequence[int] | None = None,
    query: str = "",
    expected_total: int = 0,
) -> int:
    """Answers the id of the job. By query, only when it still finds as many as its caller saw."""
    await check_people_and_duplicates(session, actor, public_ids, numbers or (), change, pointer="/change")
    found = None
    if numbers is None:
        found = await FindingRepository(session, public_ids).count(actor, query)
        if found != expected_total and not found > MAX_TOTAL == expected_total:
            raise Conflict(
                f"The query finds {found:,} findings now, not {expected_total:,}; look again before changing them.",
                code="total_changed",
            )
    job_id = await enqueue_async(
        session,
        jobs.change_findings,
        **_asked_by(actor),
        numbers=None if numbers is None else list(numbers),
        query=query,
        at_most=found,
        change=change.to_json(),
    )
    await record(
        session,
        actor,
        "finding.bulk_requested",
        "job",
        job_id,
        {"count": expected_total if numbers is None else len(numbers), "query": query or None},
    )
    return job_id


async def undo_many(session: DbSession, actor: Actor, public_ids: PublicIds, of_job: int) -> int:
    """Answers the id of the job that takes back what `of_job` changed."""
    made = await FindingRepository(session, public_ids).bulk_change(actor, of_job, _KINDS)
    if made is None:
        raise NotFound("change of many findings", public_ids.encode("job", of_job))
    if made.state in {"accepted", "running"}:
        raise Conflict(
            "It is still being made; wait until the job has ended, or cancel it first.", code="not_ended"
        )
    if not made.is_kept:
        raise Conflict("There is nothing of it to take back.", code="nothing_to_undo")
    job_id = await enqueue_async(
        session,
        jobs.undo_change,
        **_asked_by(actor),
        of_job=of_job,
    )
    await record(session, actor, "finding.bulk_undone", "job", of_job)
    return job_id


def _asked_by(actor: Actor) -> dict[str, Any]:
    """For a job that works in somebody's name."""
    return {
        "organization_id": actor.organization_id,
        "requested_by": actor.user_id,
        "actor_name": actor.name,
        "token_id": actor.token_id,
        "service_account_id": actor.service_account_id,
        "role": actor.role.value,
    }
