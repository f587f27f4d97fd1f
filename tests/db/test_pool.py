"""Connections of a server: kept ones are waited for a moment before the database starts another process."""

import asyncio

import pytest
from sqlalchemy import text

from hauberk.db import pool
from hauberk.db.session import Pool, async_engine

pytestmark = pytest.mark.anyio


@pytest.fixture
async def engine(settings):
    engine = async_engine(settings.database.url, pool=Pool(size=2, max_overflow=2))
    yield engine
    await engine.dispose()


async def _used(engine, seconds):
    async with engine.connect() as connection:
        await connection.execute(text("select pg_sleep(:seconds)"), {"seconds": seconds})
        return await connection.scalar(text("select pg_backend_pid()"))


async def test_what_is_soon_given_back_is_used_by_the_next_and_no_other_is_opened(engine, monkeypatch):
    monkeypatch.setattr(pool, "BEFORE_OVERFLOW_SECONDS", 5)  # soon, on a machine that has other things to do
    pids = await asyncio.gather(*(_used(engine, 0.01) for _ in range(8)))
    assert len(set(pids)) == 2


@pytest.mark.long
async def test_where_none_is_given_back_soon_others_are_opened_and_used_again(engine):
    pids = await asyncio.gather(*(_used(engine, 1) for _ in range(4)))
    assert len(set(pids)) == 4
    assert set(await asyncio.gather(*(_used(engine, 1) for _ in range(4)))) == set(pids)
    assert (pool.figures(engine)["size"], pool.figures(engine)["max_overflow"]) == (2, 2)


@pytest.mark.long
async def test_those_that_are_not_needed_any_more_are_closed_and_the_kept_ones_stay(engine, monkeypatch):
    await asyncio.gather(*(_used(engine, 1) for _ in range(4)))
    assert pool.figures(engine)["open"] == 4
    for _ in range(3):
        await _used(engine, 0)
    assert pool.figures(engine)["open"] == 4, "not at once: the next rush may come soon"
    monkeypatch.setattr(pool, "IDLE_SECONDS", 0)
    left = [await _used(engine, 0) and pool.figures(engine)["open"] for _ in range(8)]
    assert left[-1] == 2
    assert left == sorted(left, reverse=True), "one after the other"


async def test_a_pool_that_begins_anew_keeps_as_many(engine):
    await engine.dispose()
    assert pool.figures(engine) | {"timeout": 0} == {
        "size": 2,
        "max_overflow": 2,
        "timeout": 0,
        "open": 0,
        "in_use": 0,
        "waits": 0,
        "refusals": 0,
    }


@pytest.mark.long
async def test_beyond_the_most_one_waits_until_one_is_given_back(engine):
    pids = await asyncio.gather(*(_used(engine, 0.5) for _ in range(6)))
    assert len(set(pids)) == 4
