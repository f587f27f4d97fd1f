"""What a transaction takes for itself on any server, and statements that are asked for together."""

import asyncio

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from hauberk.db.driver import Kept, fetch, fetch_all
from hauberk.db.session import Pool, Sessions, TimeLimits, async_engine, sync_engine, transaction

pytestmark = pytest.mark.anyio

NUMBER = Kept(b"select cast(%(number)s as int) as number", {}, prepares=True)
WAIT = Kept(b"select pg_sleep(%(seconds)s)", {})
PID = Kept(b"select pg_backend_pid()", {})
WRONG = Kept(b"select 1 / cast(%(number)s as int)", {})


@pytest.fixture
async def sessions(database_url):
    engine = async_engine(database_url, pool=Pool(size=1, max_overflow=0, timeout=5))
    yield Sessions(engine)
    await engine.dispose()


def as_external_servers_are(engine):
    """They compile what they think is dear; those that we start do not."""

    @event.listens_for(engine, "connect")
    def compiles(connection, _record):
        cursor = connection.cursor()
        cursor.execute("set jit = on")
        cursor.close()
        connection.commit()


async def test_nothing_is_compiled_in_a_transaction_of_ours_whatever_the_server_is_set_to(
    sessions, database_url
):
    as_external_servers_are(sessions.engine.sync_engine)
    async with sessions.engine.connect() as connection:
        assert await connection.scalar(text("show jit")) == "on"
    async with sessions.transaction() as session:
        assert await session.scalar(text("show jit")) == "off"
    async with sessions.engine.connect() as connection:
        assert await connection.scalar(text("show jit")) == "on", "the transaction's own, as behind a pooler"
    engine = sync_engine(database_url, pool=Pool(size=1))
    as_external_servers_are(engine)
    with transaction(engine) as connection:
        assert connection.scalar(text("show jit")) == "off"
    engine.dispose()


async def test_what_is_asked_for_together_answers_in_its_order_and_in_one_transaction(sessions):
    async with sessions.transaction() as session:
        asked = [(NUMBER, {"number": number}) for number in range(5)]
        found = await fetch_all(session, *asked)
        assert [rows[0].number for rows in found] == [0, 1, 2, 3, 4]
        assert await session.scalar(text("select current_user")) == "hauberk_app"
        assert (await fetch(session, NUMBER, number=7))[0].number == 7


async def test_an_error_among_them_names_its_statement_and_the_connection_serves_on(sessions):
    with pytest.raises(DBAPIError, match=r"(?s)division by zero.*select 1 /"):
        async with sessions.transaction() as session:
            await fetch_all(session, (NUMBER, {"number": 1}), (WRONG, {"number": 0}), (NUMBER, {"number": 2}))
    async with sessions.transaction() as session:
        assert (await fetch(session, NUMBER, number=3))[0].number == 3


async def test_who_gives_up_waiting_for_them_leaves_a_connection_that_serves_on(sessions):
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3), sessions.transaction() as session:
            await fetch_all(session, (NUMBER, {"number": 1}), (WAIT, {"seconds": 60}))
    async with asyncio.timeout(5), sessions.transaction() as session:
        assert (await fetch(session, NUMBER, number=4))[0].number == 4


async def test_a_connection_that_died_in_the_pool_is_replaced_before_anything_is_asked(sessions):
    async with sessions.transaction() as session:
        [[first]] = await fetch(session, PID)
    async with sessions.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
    await driver.close()
    async with sessions.transaction() as session:
        [[second]] = await fetch(session, PID)
    assert second != first


async def test_a_transaction_that_cannot_begin_says_why(sessions):
    with pytest.raises(DBAPIError, match="lock_timeout"):
        async with Sessions(sessions.engine, limits=TimeLimits(lock="soon")).transaction():
            pass
    async with sessions.transaction() as session:
        [[number]] = await fetch(session, NUMBER, number=7)
    assert number == 7


async def test_who_has_committed_gives_the_connection_back_when_the_session_closes(sessions):
    async with sessions.transaction() as session:
        await fetch(session, NUMBER, number=7)
    assert sessions.engine.pool.checkedout() == 0
    with pytest.raises(DBAPIError):
        async with sessions.transaction() as session:
            await fetch(session, WRONG, number=0)
    assert sessions.engine.pool.checkedout() == 0
