"""Writes of policies. What follows for the findings is a job's: there may be millions."""

from collections.abc import Sequence
from typing import Any

from hauberk.db.audit import record
from hauberk.db.models.policy import DuePolicy
from hauberk.db.repository import DbSession
from hauberk.domain.permissions import Actor
from hauberk.domain.policy import GRADED, Policy
from hauberk.features.policies.jobs import SERIAL_KEY, apply
from hauberk.features.policies.repository import MAX_POLICIES, PolicyRepository
from hauberk.jobs.enqueue import enqueue_async
from hauberk.kit import clock
from hauberk.kit.errors import Conflict, Invalid


def _values(name: str, policy: Policy) -> dict[str, Any]:
    return {
        "name": name,
        "asset_tags": list(policy.asset_tags),
        **{f"{each.value}_days": policy.days.get(each) for each in GRADED},
        "known_exploited_days": policy.known_exploited_days,
    }


async def create(session: DbSession, actor: Actor, name: str, policy: Policy) -> int:
    """The new one is asked last, but before those that are for all assets: those leave it nothing."""
    standing = list(await PolicyRepository(session).in_order(actor))
    if len(standing) >= MAX_POLICIES:
        raise Conflict(f"There are {MAX_POLICIES} policies already, which is the most.", code="too_many")
    _check_name(standing, name)
    row = DuePolicy(
        organization_id=actor.organization_id,
        name_key=name.casefold(),
        position=len(standing) + 1,
        updated_by=actor.user_id,
        **_values(name, policy),
    )
    session.add(row)
    await session.flush()  # its number is asked for
    place = len(standing) if not policy.asset_tags else _first_for_all(standing)
    _number([*standing[:place], row, *standing[place:]])
    await record(session, actor, "policy.created", "policy", row.id, _values(name, policy))
    await _apply(session, actor)
    return row.id


async def change(
    session: DbSession, actor: Actor, number: int, name: str, policy: Policy, *, version: int | None
) -> None:
    row = await PolicyRepository(session).get(actor, number, for_update=True)
    if version is not None and version != row.version:
        raise Conflict("Somebody has changed this policy meanwhile: load it again.", code="version_conflict")
    if name.casefold() != row.name_key:
        _check_name(await PolicyRepository(session).in_order(actor), name)
    values = _values(name, policy)
    detail = {key: [getattr(row, key), value] for key, value in values.items() if getattr(row, key) != value}
    if not detail:
        return
    for key in detail:
        setattr(row, key, values[key])
    row.name_key = name.casefold()
    row.version += 1
    row.updated_at, row.updated_by = clock.now(), actor.user_id
    await session.flush()  # the answer shows the row as it is now
    await record(session, actor, "policy.changed", "policy", number, detail)
    await _apply(session, actor)


async def put_in_order(session: DbSession, actor: Actor, numbers: Sequence[int]) -> None:
    standing = {row.id: row for row in await PolicyRepository(session).in_order(actor)}
    if sorted(numbers) != sorted(standing):
        raise Invalid([("/ids", "Name every policy once: load the list again, it may have changed.")])
    before = [row.name for row in standing.values()]
    _number([standing[number] for number in numbers])
    after = [standing[number].name for number in numbers]
    if after != before:
        await record(session, actor, "policy.reordered", "policy", numbers[0], {"order": [before, after]})
        await _apply(session, actor)


async def delete(session: DbSession, actor: Actor, number: int) -> None:
    row = await PolicyRepository(session).get(actor, number, for_update=True)
    await session.delete(row)
    await record(session, actor, "policy.deleted", "policy", number, {"name": row.name})
    await session.flush()
    _number(await PolicyRepository(session).in_order(actor))
    await _apply(session, actor)


def _first_for_all(standing: Sequence[DuePolicy]) -> int:
    return next((place for place, row in enumerate(standing) if not row.asset_tags), len(standing))


def _number(rows: Sequence[DuePolicy]) -> None:
    for position, row in enumerate(rows, 1):
        row.position = position


def _check_name(standing: Sequence[DuePolicy], name: str) -> None:
    if name.casefold() in {row.name_key for row in standing}:
        raise Conflict(
            f"There is a policy “{name}” already: change it, or choose another name.", code="name_taken"
        )


async def _apply(session: DbSession, actor: Actor) -> None:
    await enqueue_async(
        session,
        apply,
        organization_id=actor.organization_id,
        serial_key=SERIAL_KEY,
        requested_by=actor.user_id,
    )
