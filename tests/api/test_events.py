"""Those who follow what changes: one look for all of an organization, and whoever goes away disturbs nobody."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import delete, select

from fixtures.api import new_member
from hauberk.api.events import endpoints, watching
from hauberk.api.events.watching import Watchers
from hauberk.db.models.identity import Token
from hauberk.domain.permissions import Actor, Role, granted
from hauberk.features.identity.caller import SignedIn

pytestmark = pytest.mark.anyio
READERS = 50
VIEWING = granted(Role.VIEWER)
SOMEBODY = SignedIn(Actor.system(1), "", None, None)


@pytest.fixture
def looked(monkeypatch):
    """What each look finds, the newest last; what is an error is raised."""
    found = ["first"]

    async def look(_self):
        if isinstance(found[-1], Exception):
            raise found[-1]
        return found[-1]

    monkeypatch.setattr(watching.Watcher, "_look", look)
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.02)
    return found


@pytest.fixture
def watchers(context):
    return Watchers(context)


async def test_everybody_who_waits_is_told_of_the_next_version(looked, watchers):
    async with watchers.watching(SOMEBODY) as (watcher, _):
        assert await watcher.after("", 5) == "first"
        waiting = [asyncio.create_task(watcher.after("first", 5)) for _ in range(READERS)]
        await asyncio.sleep(0)
        looked.append("second")
        assert await asyncio.gather(*waiting) == ["second"] * READERS


async def test_where_nothing_changes_it_is_the_same_version_after_the_time(looked, watchers):
    async with watchers.watching(SOMEBODY) as (watcher, _):
        assert await watcher.after("", 5) == "first"
        assert await watcher.after("first", 0.05) == "first"


async def test_who_goes_away_and_is_cancelled_again_meanwhile_disturbs_no_other(looked, watchers):
    """Servers cancel the task of a reader who left until it has ended, not once."""
    async with watchers.watching(SOMEBODY) as (watcher, _):
        assert await watcher.after("", 5) == "first"
        staying = [asyncio.create_task(watcher.after("first", 5)) for _ in range(READERS)]
        leaving = [asyncio.create_task(watcher.after("first", 5)) for _ in range(READERS)]
        await asyncio.sleep(0.05)
        for _ in range(3):
            for each in leaving:
                each.cancel()
            await asyncio.sleep(0)
        looked.append("second")
        assert await asyncio.gather(*staying) == ["second"] * READERS
        assert all(each.cancelled() for each in leaving)
        looked.append("third")
        assert await watcher.after("second", 5) == "third"


async def test_a_look_that_fails_in_any_way_is_followed_by_another(looked, watchers):
    async with watchers.watching(SOMEBODY) as (watcher, _):
        assert await watcher.after("", 5) == "first"
        looked.append(RuntimeError("a fault of ours"))
        assert await watcher.after("first", 0.1) == "first"
        looked.append("second")
        assert await watcher.after("first", 5) == "second"


async def test_among_many_readers_who_is_told_late_hears_meanwhile_that_the_stream_lives(
    context, looked, watchers, monkeypatch
):
    """A proxy ends what is silent for a minute, and with thousands of readers the last is told later than that."""
    monkeypatch.setattr(endpoints, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(endpoints, "TOLD_A_SECOND", 0.0001)
    events = endpoints._events(context, watchers, SOMEBODY)
    assert await anext(events) == "event: connected\ndata: {}\n\n"
    looked.append("second")
    async with asyncio.timeout(10):
        assert [await anext(events) for _ in range(8)] == [": still here\n\n"] * 8
    await events.aclose()


async def test_whoever_may_read_no_more_is_found_though_many_are_asked_about_at_once(
    context, organization, watchers, monkeypatch
):
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(watching, "ASKED_AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(watching, "ASKED_AT_ONCE", 4)  # fewer than there are: nobody is forgotten
    people = [await new_member(context, organization.organization_id, Role.VIEWER) for _ in range(6)]
    async with context.sessions.transaction(organization.organization_id) as session:
        tokens = dict((await session.execute(select(Token.user_id, Token.id))).all())
    callers = [
        SignedIn(
            Actor(each.organization_id, each.user_id, tokens[each.user_id], Role.VIEWER, VIEWING, each.email),
            each.email,
            None,
            None,
        )
        for each in people
    ]
    async with AsyncExitStack() as stack:
        readers = [(await stack.enter_async_context(watchers.watching(each)))[1] for each in callers]
        await asyncio.sleep(0.3)
        assert all(each.may_read for each in readers)
        async with context.sessions.transaction(organization.organization_id) as session:
            gone = [tokens[each.user_id] for each in people[::2]]
            await session.execute(delete(Token).where(Token.id.in_(gone)))
        for _ in range(250):
            if not any(each.may_read for each in readers[::2]):
                break
            await asyncio.sleep(0.02)
        assert [each.may_read for each in readers] == [False, True] * 3
