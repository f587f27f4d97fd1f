"""The Dramatiq broker: one actor per queue, whose messages only say "look now". Losing every one costs seconds.

A message names no job and holds no promise: retries, delays, attempts and results are the job row's. So it is sent
from a thread of its own, after the commit, and dropped when the queue's server is away.
"""

import contextlib
import threading
from collections.abc import Callable
from queue import Full
from queue import Queue as ThreadQueue

import dramatiq
import structlog
from dramatiq.brokers.redis import RedisBroker
from redis.exceptions import RedisError

from hauberk.infra.redis import broker_client
from hauberk.infra.settings import Settings
from hauberk.jobs.queues import Queue

NAMESPACE = "hauberk"
MAX_UNSENT = 1_000
MAX_WAITING = 200
PAUSE_SECONDS = 2.0
# A killed worker's message comes back in seconds (defaults: 14 minutes, measured); nothing depends on it.
HEARTBEAT_TIMEOUT_MS = 10_000
MAINTENANCE_CHANCE = 100_000
DEAD_MESSAGE_TTL_MS = 3_600_000

log = structlog.get_logger(__name__)


class HintBroker:
    """This process's way to the queue's server: sends hints, and receives them when it is a worker's."""

    def __init__(self, settings: Settings, on_hint: Callable[[Queue], None] | None = None) -> None:
        self._client = broker_client(settings)
        # No middleware: retries, age and time limits of messages would be promises kept in the wrong place.
        self.broker = RedisBroker(  # type: ignore[no-untyped-call]
            client=self._client,
            namespace=NAMESPACE,
            middleware=[],
            heartbeat_timeout=HEARTBEAT_TIMEOUT_MS,
            maintenance_chance=MAINTENANCE_CHANCE,
            dead_message_ttl=DEAD_MESSAGE_TTL_MS,
        )
        self._on_hint = on_hint or _ignore
        self._actors = {queue: self._actor(queue) for queue in Queue}
        self._unsent: ThreadQueue[Queue | None] = ThreadQueue(MAX_UNSENT)
        self._closing = threading.Event()
        self._sender = threading.Thread(target=self._send_all, name="hints", daemon=True)
        self._sender.start()
        self.is_reachable = True

    def send(self, queue: Queue) -> None:
        """Never waits and never fails."""
        try:
            self._unsent.put_nowait(queue)
        except Full:
            log.debug("hint_dropped", queue=queue.value)

    def close(self) -> None:
        self._closing.set()
        with contextlib.suppress(Full):  # the sender is busy, and will see that it is closing
            self._unsent.put_nowait(None)
        self._sender.join(timeout=PAUSE_SECONDS)
        self._client.close()

    def _actor(self, queue: Queue) -> "dramatiq.Actor[[], None]":
        def work() -> None:
            self._on_hint(queue)

        name = f"work_{queue.value}"
        return dramatiq.actor(actor_name=name, queue_name=queue.value, broker=self.broker)(work)

    def _send_all(self) -> None:
        while not self._closing.is_set():
            queue = self._unsent.get()
            if queue is not None:
                self._send(queue)

    def _send(self, queue: Queue) -> None:
        try:
            # Without workers the messages would pile up; a worker that starts looks without being told.
            if self._client.llen(f"{NAMESPACE}:{queue.value}") < MAX_WAITING:
                self._actors[queue].send()
            if not self.is_reachable:
                log.info("queue_server_reached_again")
            self.is_reachable = True
        except (RedisError, dramatiq.BrokerConnectionError, OSError) as error:
            if self.is_reachable:
                log.warning("queue_server_unreachable", error=str(error))
            self.is_reachable = False
            self._closing.wait(PAUSE_SECONDS)


_hints: HintBroker | None = None


def open_hints(settings: Settings, on_hint: Callable[[Queue], None] | None = None) -> HintBroker:
    """Once in each process that enqueues; without it jobs are found by the workers' own looking, seconds later."""
    global _hints  # noqa: PLW0603 — the process's one connection, as the commit hook has no way to be handed it
    _hints = HintBroker(settings, on_hint)
    return _hints


def close_hints() -> None:
    global _hints  # noqa: PLW0603
    if _hints is not None:
        _hints.close()
    _hints = None


def hint(queue: Queue) -> None:
    """Wakes a worker for the queue, best effort."""
    if _hints is not None:
        _hints.send(queue)


def _ignore(_queue: Queue) -> None:
    """A process that only sends."""
