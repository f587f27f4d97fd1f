"""emit and @on: how a lower layer tells a higher one what happened, in its own transaction or after it.

    @on(FindingsChanged)                         # after the commit, at least once, with retries
    @on(FindingsChanged, in_transaction=True)    # now, as part of the emitter's transaction

A handler is `(connection, event) -> None` with a synchronous connection of the event's organization, also when a
request emits. It is short: what takes longer it enqueues as a job. It belongs into a feature's `handlers.py`.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from sqlalchemy import Connection, insert
from sqlalchemy.ext.asyncio import AsyncSession

from hauberk.db.models.job import Outbox
from hauberk.domain import events as known_events
from hauberk.domain.events import Event
from hauberk.jobs import discovery

E = TypeVar("E", bound=Event)
Handler = Callable[[Connection, Any], None]

_inside: dict[type[Event], dict[str, Handler]] = {}
_after: dict[type[Event], dict[str, Handler]] = {}


def on(
    event_type: type[E], *, in_transaction: bool = False
) -> Callable[[Callable[[Connection, E], None]], Callable[[Connection, E], None]]:
    def register(handler: Callable[[Connection, E], None]) -> Callable[[Connection, E], None]:
        handlers = (_inside if in_transaction else _after).setdefault(event_type, {})
        handlers[f"{handler.__module__}.{handler.__qualname__}"] = handler
        return handler

    return register


def emit(connection: Connection, event: Event) -> None:
    """Runs the handlers inside this transaction, and leaves the event for the others in the outbox."""
    discovery.load()
    for handler in _inside.get(type(event), {}).values():
        handler(connection, event)
    if _after.get(type(event)):
        payload = asdict(event)
        connection.execute(
            insert(Outbox).values(
                organization_id=payload.pop("organization_id"), topic=type(event).__name__, payload=payload
            )
        )


async def emit_async(session: AsyncSession, event: Event) -> None:
    """As `emit`, in the transaction of a request."""
    await session.run_sync(lambda sync_session: emit(sync_session.connection(), event))


def handlers_after(topic: str) -> dict[str, Handler]:
    """By name; none when nobody cares any more."""
    event_type = _types().get(topic)
    return {} if event_type is None else _after.get(event_type, {})


def read_event(topic: str, organization_id: int, payload: dict[str, Any]) -> Event:
    return _types()[topic](organization_id=organization_id, **payload)


def _types() -> dict[str, type[Event]]:
    declared = [
        each for each in vars(known_events).values() if isinstance(each, type) and issubclass(each, Event)
    ]
    return {each.__name__: each for each in [*declared, *_after]}
