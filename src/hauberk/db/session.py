"""Sessions and transactions: where the tenant is set, and the only places that commit.

Every transaction begins by taking the `hauberk_app` role, the organization and its time limits for itself alone
(`SET LOCAL`), so that it works through a transaction-pooling proxy and shows no row when no organization is set. Nothing is
compiled (`jit`, which servers have on): before a table has statistics, it took seconds of statements that take none.
"""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import AdaptedConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, SessionTransaction

from hauberk.db.pool import CountedPool, PatientPool
from hauberk.db.statements import note_begin, note_end
from hauberk.db.traced import TracedAsyncCursor, TracedCursor
from hauberk.db.url import driver_url
from hauberk.infra.telemetry import tracing

ORGANIZATION = "organization_id"
LIMITS = "limits"
IS_SNAPSHOT = "is_snapshot"
_AFTER_COMMIT = "hauberk.after_commit"
_DRIVER = "driver"
_AS_IT_IS: Final = {"no_parameters": True}
"""Several statements in one message: only where nothing is to be put in."""
_ONLY_WHEN_ASKED: Final = 2**31
"""Uses of a statement before the driver prepares it of its own accord: never."""

_BEGIN = text(
    "select set_config('role', 'hauberk_app', true),"
    " set_config('hauberk.organization_id', :organization_id, true),"
    " set_config('statement_timeout', :statement, true),"
    " set_config('lock_timeout', :lock, true),"
    " set_config('idle_in_transaction_session_timeout', :idle, true),"
    " set_config('max_parallel_workers_per_gather', :workers, true),"
    " set_config('jit', 'off', true)"
)


@dataclass(frozen=True)
class TimeLimits:
    """PostgreSQL's own limits for one transaction, as it spells them (`25s`; 0 is none).

    A request gets one core: with helpers, a few large lists would take all of them from everybody else. It waits for
    a lock no longer than a person would, because it holds a connection meanwhile.
    """

    statement: str = "25s"
    lock: str = "3s"
    idle_in_transaction: str = "60s"
    parallel_workers: str = "0"


@lru_cache(10_000)
def _beginning(organization_id: int | None, limits: TimeLimits, *, is_snapshot: bool) -> str:
    """`begin` and all that a transaction takes for itself, as one message: a request waits for it once."""
    organization = "" if organization_id is None else str(int(organization_id))
    return (
        f"begin{' isolation level repeatable read' if is_snapshot else ''}; set local role hauberk_app;"
        f" set local hauberk.organization_id = '{organization}';"
        f" set local statement_timeout = '{limits.statement}';"
        f" set local lock_timeout = '{limits.lock}';"
        f" set local idle_in_transaction_session_timeout = '{limits.idle_in_transaction}';"
        f" set local max_parallel_workers_per_gather = {int(limits.parallel_workers)};"
        " set local jit = off"
    )


REQUEST_LIMITS = TimeLimits()
JOB_LIMITS = TimeLimits(statement="0", lock="60s", idle_in_transaction="120s", parallel_workers="2")


@dataclass(frozen=True)
class Pool:
    """Bounds of a process's connection pool; `timeout` in seconds. Behind a pooler nothing is prepared."""

    size: int = 20
    max_overflow: int = 40
    timeout: float = 30
    pre_ping: bool = True
    is_behind_pooler: bool = False


def async_engine(url: str, *, pool: Pool, application_name: str = "hauberk-api") -> AsyncEngine:
    """The engine of a server process. What is no session's runs statement by statement, each its own transaction."""
    options = _engine_options(pool, application_name, cursor=TracedAsyncCursor)
    # The driver begins nothing: a session says `begin` and what goes with it at once.
    options["connect_args"]["autocommit"] = True
    options |= {
        # What begins a transaction tests the connection too (`Sessions.transaction`), without another round trip.
        "pool_pre_ping": False,
        "poolclass": PatientPool.keeping(pool.size),
        "pool_size": pool.size + pool.max_overflow,
        "max_overflow": 0,
        "pool_use_lifo": True,  # what is needed seldom is idle, and is closed
    }
    return create_async_engine(driver_url(url), **options)


def sync_engine(url: str, *, pool: Pool, application_name: str = "hauberk-worker") -> Engine:
    """The engine of a job process or command."""
    return create_engine(
        driver_url(url), poolclass=CountedPool, **_engine_options(pool, application_name, cursor=TracedCursor)
    )


def _engine_options(pool: Pool, application_name: str, *, cursor: type) -> dict[str, Any]:
    return {
        "hide_parameters": True,  # an error is logged, and its values are somebody's
        "pool_size": pool.size,
        "max_overflow": pool.max_overflow,
        "pool_timeout": pool.timeout,
        "pool_pre_ping": pool.pre_ping,
        "connect_args": {
            # Prepared statements do not survive transaction pooling (PgBouncer < 1.21). Elsewhere those are prepared
            # that ask for it: a plan for all parameters would be the wrong one for most lists.
            "prepare_threshold": None if pool.is_behind_pooler else _ONLY_WHEN_ASKED,
            "application_name": application_name,
            "connect_timeout": 5,
            "keepalives_idle": 15,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 30_000,
            # Whatever zone the server is set to: days and instants are UTC. A pooler takes no such option.
            **({} if pool.is_behind_pooler else {"options": "-c timezone=UTC"}),
            **({"cursor_factory": cursor} if tracing.is_on() else {}),
        },
    }


def _enter(connection: Connection, organization_id: int | None, limits: TimeLimits) -> None:
    connection.execute(
        _BEGIN,
        {
            "organization_id": "" if organization_id is None else str(organization_id),
            "statement": limits.statement,
            "lock": limits.lock,
            "idle": limits.idle_in_transaction,
            "workers": limits.parallel_workers,
        },
    )


@event.listens_for(Session, "after_begin")
def _enter_tenant(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    info = session.info
    beginning = _beginning(
        info.get(ORGANIZATION), info.get(LIMITS, REQUEST_LIMITS), is_snapshot=info.get(IS_SNAPSHOT, False)
    )
    session.info[_DRIVER] = connection.connection.driver_connection
    adapted = connection.connection.dbapi_connection
    if not isinstance(adapted, AdaptedConnection):
        connection.exec_driver_sql(beginning, execution_options=_AS_IT_IS)
        return
    began = note_begin()
    try:
        # Straight to the driver: every request says it, and what SQLAlchemy makes of a statement costs as much again.
        adapted.run_async(lambda driver: driver.execute(beginning))
    except psycopg.Error:
        # Asked once more: what an error means for the pool, and how it is told, is SQLAlchemy's to say.
        with suppress(psycopg.Error):
            adapted.rollback()
        connection.exec_driver_sql(beginning, execution_options=_AS_IT_IS)
    note_end(beginning, began)


async def driver_of(session: AsyncSession) -> psycopg.AsyncConnection[Any]:
    """The driver's own connection, inside the session's transaction."""
    if not session.in_transaction():
        await session.connection()
    found: psycopg.AsyncConnection[Any] = session.info[_DRIVER]
    return found


async def open_connections(engine: AsyncEngine, count: int) -> None:
    """Fills the pool to its minimum, so that the first requests do not wait for the server to fork."""
    async with AsyncExitStack() as stack:
        for _ in range(count):
            await stack.enter_async_context(engine.connect())


class Standing:
    """The queue that stands before the database: what even the quickest of late had to wait to begin.

    That is the same little work each time, so whatever makes it long (no connection, a busy server, a busy process)
    keeps everybody waiting; a slow statement of one request does not.
    """

    def __init__(self) -> None:
        self._least: float | None = None

    def note(self, seconds: float) -> None:
        self._least = seconds if self._least is None else min(self._least, seconds)

    def taken(self) -> float:
        """Since it was taken last; nothing when nobody began."""
        found, self._least = self._least or 0.0, None
        return found


class _Session(AsyncSession):
    """Closing one that holds no connection, as after a commit, waits for nothing: it needs no task that outlives the caller."""

    async def __aexit__(self, *raised: object) -> None:
        if self.in_transaction():
            await super().__aexit__(*raised)
        else:
            self.sync_session.close()


class Sessions:
    """Makes the sessions of a server process; one request is one of them."""

    def __init__(
        self, engine: AsyncEngine, *, limits: TimeLimits = REQUEST_LIMITS, is_testing: bool = True
    ) -> None:
        """`is_testing`: connections are tested before they are used."""
        self.engine = engine
        self._limits = limits
        self._is_testing = is_testing
        self.standing = Standing()
        self._make = async_sessionmaker(engine, class_=_Session, expire_on_commit=False, autoflush=False)

    @asynccontextmanager
    async def transaction(
        self, organization_id: int | None = None, *, is_snapshot: bool = False
    ) -> AsyncIterator[AsyncSession]:
        """Commits when the block ends well, else rolls back. Without an organization only system functions answer.

        `is_snapshot`: for reading. All its statements see what the first one saw, so that one answer is of one moment.
        """
        info = {ORGANIZATION: organization_id, LIMITS: self._limits, IS_SNAPSHOT: is_snapshot}
        async with self._make(info=info) as session:
            began = time.perf_counter()
            try:
                await self._begin(session)
            finally:
                self.standing.note(time.perf_counter() - began)
            yield session
            await session.commit()

    def make(self, organization_id: int | None = None) -> AsyncSession:
        """One that nobody commits: for reading, all of it at one moment."""
        return self._make(info={ORGANIZATION: organization_id, LIMITS: self._limits, IS_SNAPSHOT: True})

    async def _begin(self, session: AsyncSession) -> None:
        """Once more on a new connection when the pool's was dead: nothing was done on it yet."""
        try:
            await session.connection()
        except DBAPIError as error:
            if not (self._is_testing and error.connection_invalidated):
                raise
            await session.rollback()
            await session.connection()


async def pause(session: AsyncSession) -> None:
    """Commits what was done and gives the connection back, before something slow; the next statement begins anew."""
    await session.commit()


async def enter_organization(session: AsyncSession, organization_id: int) -> None:
    """From here on the running transaction is this organization's (a caller is known only after the look-up)."""
    entered(session, organization_id)
    await session.execute(
        text("select set_config('hauberk.organization_id', :organization_id, true)"),
        {"organization_id": str(organization_id)},
    )


def entered(session: AsyncSession, organization_id: int) -> None:
    """A statement of its own has set the running transaction's organization; those that follow are the same one's."""
    session.info[ORGANIZATION] = organization_id


@contextmanager
def transaction(
    engine: Engine, organization_id: int | None = None, *, limits: TimeLimits = JOB_LIMITS
) -> Iterator[Connection]:
    """One transaction of a job or command; commits when the block ends well, else rolls back."""
    acts: list[Callable[[], None]] = []
    with engine.connect() as connection:
        connection.info[_AFTER_COMMIT] = acts
        with connection.begin():
            _enter(connection, organization_id, limits)
            yield connection
    for act in acts:
        act()


def after_commit(connection: Connection, act: Callable[[], None]) -> None:
    """Does it once this `transaction` has committed; elsewhere, and after a rollback, it is not done at all."""
    connection.info.get(_AFTER_COMMIT, []).append(act)
