"""One upload and its import, and under them the so-many-th operation on storage, database, queue or cache fails, once each."""

import errno
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx2
import psycopg
import pytest
import redis
import redis.asyncio
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from factories import reports
from factories.listening import Listening, listening
from factories.working import Working, working
from faults.figures import FIGURES
from faults.reference import Sent, State, state_of
from fixtures.api import unlimited
from hauberk.db.session import transaction
from hauberk.infra.storage import local
from hauberk.infra.storage.local import LocalStorage
from hauberk.jobs.lease import sweep

FIRST = reports.packages(12, skip=(0, 1))
SECOND = reports.packages(12, version="1.1.0", skip=(2,))
TRIES = 8
WAITING = "select id from job where state in ('accepted', 'running') and kind = 'ingest.import_scan'"


@dataclass
class Failing:
    """Counts operations of all threads; the so-many-th raises."""

    number: int = 0
    count: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fails_now(self) -> bool:
        with self.lock:
            self.count += 1
            return self.count == self.number


@dataclass
class Way:
    """From the uploader to the findings, in this process, over a real socket."""

    server: Listening
    worker: Working

    def send(self, sent: Sent, key: str) -> None:
        """Until it is accepted; at most a few times, because one operation fails once."""
        for _ in range(TRIES):
            answer = httpx2.post(
                f"{self.server.url}/api/v1/scans",
                headers={**self.server.member.headers, "Idempotency-Key": key},
                data={name: str(value) for name, value in sent.fields.items()},
                files={"file": ("report.json", sent.bytes)},
                timeout=60,
            )
            if answer.status_code == 202:
                return
            assert answer.status_code in (500, 503, 507), answer.text
        raise AssertionError(f"{TRIES} times refused, at last with {answer.text}")

    def work(self) -> None:
        """Until nothing waits, at once what would be tried again later; a worker whose question is cut off asks again."""
        for again in range(TRIES):
            with suppress(OperationalError):
                if again:  # whatever was claimed unheard, as the sweeper finds it
                    self.rows(
                        "update job_lease set expires_at = now() - interval '1 second' returning job_id"
                    )
                    sweep(self.worker.engine, sweeper="test")
                self.rows("update job set run_after = now() where state = 'accepted' returning id")
                self.worker()
                if not self.rows(WAITING):
                    return
        raise AssertionError(f"not imported after {TRIES} rounds")

    def rows(self, statement: str) -> list[Any]:
        with transaction(self.worker.engine, self.server.member.organization_id) as connection:
            return list(connection.execute(text(statement)))

    def state(self, asset: str) -> State:
        return state_of(self.worker.engine, self.server.member.organization_id).of_assets([asset])


@pytest.fixture
def way(fresh_settings):
    with listening(unlimited(fresh_settings)) as server, working(fresh_settings) as worker:
        yield Way(server, worker)


@contextmanager
def storage_fails(failing: Failing) -> Iterator[None]:
    """Opening, keeping, syncing, reading and deleting."""
    with pytest.MonkeyPatch.context() as patched:
        for owner, name in (
            (LocalStorage, "_open_draft"),
            (LocalStorage, "_keep"),
            (LocalStorage, "_local"),
            (LocalStorage, "delete_now"),
            (local, "_sync_folder"),
        ):
            patched.setattr(owner, name, _broken(getattr(owner, name), failing))
        yield


def _broken(act: Callable[..., Any], failing: Failing) -> Callable[..., Any]:
    def run(*args: Any) -> Any:
        if failing.fails_now():
            raise OSError(errno.EIO, "Input/output error")
        return act(*args)

    return run


@contextmanager
def valkey_fails(failing: Failing) -> Iterator[None]:
    """The connection breaks while a command is sent, to the queue or to the cache, from any thread or event loop."""
    with pytest.MonkeyPatch.context() as patched:
        send = redis.connection.AbstractConnection.send_packed_command
        send_async = redis.asyncio.connection.AbstractConnection.send_packed_command

        def sent(self: Any, *args: Any, **kwargs: Any) -> Any:
            if failing.fails_now():
                self.disconnect()
                raise redis.exceptions.ConnectionError("broken pipe")
            return send(self, *args, **kwargs)

        async def sent_async(self: Any, *args: Any, **kwargs: Any) -> Any:
            if failing.fails_now():
                await self.disconnect(nowait=True)
                raise redis.exceptions.ConnectionError("broken pipe")
            return await send_async(self, *args, **kwargs)

        patched.setattr(redis.connection.AbstractConnection, "send_packed_command", sent)
        patched.setattr(redis.asyncio.connection.AbstractConnection, "send_packed_command", sent_async)
        yield


@contextmanager
def database_fails(failing: Failing) -> Iterator[None]:
    """The connection breaks before a statement of the application or of the worker is sent, or before a commit."""
    with pytest.MonkeyPatch.context() as patched:
        for owner, name in ((psycopg.Cursor, "execute"), (psycopg.Connection, "commit")):
            patched.setattr(owner, name, _cut_off(getattr(owner, name), failing))
        for owner, name in ((psycopg.AsyncCursor, "execute"), (psycopg.AsyncConnection, "commit")):
            patched.setattr(owner, name, _cut_off_async(getattr(owner, name), failing))
        yield


def _cut_off(act: Callable[..., Any], failing: Failing) -> Callable[..., Any]:
    def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        if failing.fails_now():
            _cut(self)
        return act(self, *args, **kwargs)

    return run


def _cut_off_async(act: Callable[..., Any], failing: Failing) -> Callable[..., Any]:
    async def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        if failing.fails_now():
            _cut(self)
        return await act(self, *args, **kwargs)

    return run


def _cut(owner: Any) -> None:
    """As the system does it when a line is gone: the library finds out at its next word."""
    connection = getattr(owner, "connection", owner)
    with socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True)
class Broken:
    fails: Callable[[Failing], AbstractContextManager[None]]
    step: int
    """From one operation that fails to the next, where it must be quick; `make faults` has them all."""
    strays: int = 0
    """Reports that may stay behind unaccepted, for the nightly tidying: one for each upload whose commit was cut off, for
    nobody knows then whether it was heard."""


BROKEN = {
    "storage": Broken(storage_fails, 3),
    "database": Broken(database_fails, 60, strays=2),
    "queue and cache": Broken(valkey_fails, 3),
}


@pytest.mark.long
@pytest.mark.parametrize("what", BROKEN)
def test_whichever_operation_fails_the_upload_is_taken_once_and_whole(way, reference, what, is_every):
    """A fresh asset for each; the same key is sent until it is accepted, what is accepted is imported once."""
    expected = _shown(reference(Sent(FIRST), Sent(SECOND, day=1)))
    met = 0
    for number in range(1, 2_000, 1 if is_every else BROKEN[what].step):
        failing, asset = Failing(number), f"shop {what} {number}"
        with capture_logs(), BROKEN[what].fails(failing):
            way.send(Sent(FIRST, asset=asset), f"{asset} 1")
            way.work()
            way.send(Sent(SECOND, asset=asset, day=1), f"{asset} 2")
            way.work()
        assert _shown(way.state(asset)) == expected, f"operation {number}"
        FIGURES.accepted += 2
        if failing.count < number:
            break  # there are fewer
        met += 1
    FIGURES.faults += met
    assert met >= 2
    keys = {row.storage_key for row in way.rows("select storage_key from scan")}
    storage = way.server.app.state.context.storage
    stored = set(storage.keys())
    assert keys <= stored
    assert len(stored - keys) <= BROKEN[what].strays
    assert list((storage.folder / ".drafts").iterdir()) == []


@pytest.fixture(
    params=["some", pytest.param("every", marks=[pytest.mark.faults, pytest.mark.timeout(1_800)])]
)
def is_every(request) -> bool:
    return request.param == "every"


def _shown(state: State) -> list[Any]:
    return [[row[1:] for row in rows] for rows in vars(state).values()]
