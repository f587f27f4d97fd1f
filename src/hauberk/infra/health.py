"""Health: one short look at each thing that a serving process needs, or is better with.

`@health("mail")` on an async function beside its subject; what it returns is shown, what it raises is `down`. Without
what is `needed` the process is not ready; without the rest it serves on, and says so.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Literal

import redis.asyncio
import redis.exceptions
from sqlalchemy.ext.asyncio import AsyncEngine

from hauberk.infra.settings import Settings
from hauberk.infra.storage import Storage
from hauberk.kit.errors import Refusal

SECONDS = 2.0
TURNS = 10


@dataclass(frozen=True)
class Surroundings:
    """What a look may look at. `engine` is health's own: it waits for none of the connections of requests."""

    settings: Settings
    engine: AsyncEngine
    replica: AsyncEngine | None
    cache: redis.asyncio.Redis
    queue: redis.asyncio.Redis
    storage: Storage


Look = Callable[[Surroundings], Coroutine[None, None, str | None]]


@dataclass(frozen=True)
class Seen:
    """One look. `state` is None where there is nothing to look at: not set up here."""

    name: str
    is_needed: bool
    state: Literal["ok", "down"] | None
    detail: str
    milliseconds: float


@dataclass(frozen=True)
class _Registered:
    look: Look
    is_needed: bool
    seconds: float


_LOOKS: dict[str, _Registered] = {}


def health(name: str, *, needed: bool = False, seconds: float = SECONDS) -> Callable[[Look], Look]:
    """A look that returns None says that this installation has no such thing."""

    def register(look: Look) -> Look:
        known = _LOOKS.get(name)
        if known is not None and known.look.__qualname__ != look.__qualname__:
            raise ValueError(f"two looks at {name}")
        _LOOKS[name] = _Registered(look, needed, seconds)
        return look

    return register


async def look_at_all(surroundings: Surroundings) -> list[Seen]:
    """All of them side by side, each within its own time; those that are not set up are left out."""
    seen = await asyncio.gather(*(_look(name, each, surroundings) for name, each in _LOOKS.items()))
    return [each for each in seen if each.state is not None]


async def _look(name: str, registered: _Registered, surroundings: Surroundings) -> Seen:
    began = time.perf_counter()
    state: Literal["ok", "down"] | None = "down"
    try:
        found = await _within(registered.seconds, registered.look(surroundings))
        state, detail = (None, "") if found is None else ("ok", found)
    except TimeoutError:
        detail = f"no answer in {registered.seconds:g} seconds"
    except Refusal as refusal:
        detail = refusal.message
    except (OSError, redis.exceptions.RedisError):
        detail = "cannot be reached"
    except Exception as error:  # noqa: BLE001 - a driver's own error is an answer too; its text may hold addresses
        detail = f"fails ({type(error).__name__})"
    return Seen(name, registered.is_needed, state, detail, round((time.perf_counter() - began) * 1000, 1))


_given_up: set[asyncio.Task[str | None]] = set()


async def _within(seconds: float, look: Coroutine[None, None, str | None]) -> str | None:
    """Its answer; one that is too late is cancelled but not waited for, as a driver may take seconds to give up.

    The time is counted in turns, so that by how much an overloaded event loop is late is not laid to the server: a process
    that is only busy would call its database lost, and leave its requests to others that are as busy.
    """
    task = asyncio.create_task(look)
    for _ in range(TURNS):
        done, _ = await asyncio.wait({task}, timeout=seconds / TURNS)
        if done:
            return task.result()
    task.cancel()
    _given_up.add(task)
    task.add_done_callback(_forget)
    raise TimeoutError


def _forget(task: "asyncio.Task[str | None]") -> None:
    _given_up.discard(task)
    if not task.cancelled():
        task.exception()  # looked at, so that nobody complains that it was not
