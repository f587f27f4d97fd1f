"""The audit trail's writing side: an event is recorded in the transaction of the change that it tells of, or not at all."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from prometheus_client import Counter
from sqlalchemy import Connection, Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from hauberk.db.models.event import Event
from hauberk.domain.permissions import Actor
from hauberk.infra.telemetry import request_id

ACTIONS: Final = Counter(
    "user_actions_total", "Acts that the audit trail records, of people and of jobs", ["action"]
)


async def record(  # noqa: PLR0917 - reads as a sentence
    session: AsyncSession,
    actor: Actor,
    action: str,
    subject_type: str,
    subject_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """`record(session, actor, "finding.triaged", "finding", 7, {"triage": ["open", "confirmed"]})`; never a secret."""
    await session.execute(_event(actor, action, subject_type, subject_id, detail))


async def record_all(
    session: AsyncSession,
    actor: Actor,
    subject_type: str,
    acts: Iterable[tuple[str, int, Mapping[str, Any]]],
) -> None:
    """Many at once, as `record_all_in_job`."""
    await (await session.connection()).run_sync(record_all_in_job, actor, subject_type, acts)


def record_in_job(  # noqa: PLR0917 - as above
    connection: Connection,
    actor: Actor,
    action: str,
    subject_type: str,
    subject_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """The same from a job or command, which works on a plain connection."""
    connection.execute(_event(actor, action, subject_type, subject_id, detail))


def record_all_in_job(
    connection: Connection,
    actor: Actor,
    subject_type: str,
    acts: Iterable[tuple[str, int, Mapping[str, Any]]],
) -> None:
    """Many at once: each act is (action, subject's id, detail)."""
    rows = [_values(actor, action, subject_type, subject_id, detail) for action, subject_id, detail in acts]
    if rows:
        connection.execute(insert(Event), rows)


def _event(
    actor: Actor, action: str, subject_type: str, subject_id: int | None, detail: Mapping[str, Any] | None
) -> Insert:
    return insert(Event).values(_values(actor, action, subject_type, subject_id, detail))


def _values(
    actor: Actor, action: str, subject_type: str, subject_id: int | None, detail: Mapping[str, Any] | None
) -> dict[str, Any]:
    ACTIONS.labels(action).inc()
    return {
        "organization_id": actor.organization_id,
        "actor_type": actor.kind,
        "actor_id": actor.user_id,
        "actor_name": actor.name,
        "action": action,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "detail": {**(detail or {}), **_credentials(actor)},
        "request_id": request_id.get(),
    }


def _credentials(actor: Actor) -> dict[str, int]:
    named = {"token_id": actor.token_id, "service_account_id": actor.service_account_id}
    return {name: number for name, number in named.items() if number is not None}
