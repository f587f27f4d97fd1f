"""Following a scan by server-sent events."""

import asyncio
import json

import pytest
from sqlalchemy import text

from factories import reports
from fixtures.api import PASSWORD, browser, new_member
from hauberk.api.events import endpoints, watching
from hauberk.domain.permissions import Role
from hauberk.features.identity import streams

pytestmark = pytest.mark.anyio

SCANS = "/api/v1/scans"


def _events(body):
    """(event, data) of each block; comments left out."""
    blocks = [block.splitlines() for block in body.split("\n\n") if block.startswith("event: ")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


@pytest.mark.long
async def test_progress_comes_first_and_the_whole_scan_last(api, context, send, work):
    scan = await send(reports.code(3000))
    following = asyncio.create_task(api.get(f"{SCANS}/{scan['id']}/events"))
    await asyncio.sleep(1.2)
    async with context.sessions.transaction() as session:
        idle = "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in%'"
        assert await session.scalar(text(idle)) == 0
    await work()
    answer = await following
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    events = _events(answer.text)
    assert [name for name, _ in events] == ["progress"] * (len(events) - 1) + ["finished"]
    assert events[0][1] == {"state": "accepted", "progress": scan["progress"]}
    assert events[-1][1] == (await api.get(f"{SCANS}/{scan['id']}")).json()
    assert events[-1][1]["counts"]["new"] == 3000


async def test_a_finished_scan_is_told_at_once(api, scanned):
    scan = await scanned(reports.code(3))
    answer = await api.get(f"{SCANS}/{scan['id']}/events")
    assert _events(answer.text) == [("finished", scan)]


@pytest.mark.long
async def test_a_held_scan_is_finished_for_now(api, held):
    assert _events((await api.get(f"{SCANS}/{held['id']}/events")).text) == [("finished", held)]


async def test_a_scan_of_nobody_is_not_found(api, context):
    for wrong in (context.public_ids.encode("scn", 2**40), "scn_x"):
        answer = await api.get(f"{SCANS}/{wrong}/events")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


async def _signed_out(client, _api):
    assert (await client.post("/api/v1/auth/logout")).status_code == 204


async def _disabled(client, api):
    me = (await client.get("/api/v1/auth/me")).json()["user"]["id"]
    assert (await api.patch(f"/api/v1/users/{me}", json={"is_disabled": True})).status_code == 200


@pytest.mark.long
@pytest.mark.parametrize("leave", [_signed_out, _disabled])
async def test_it_ends_for_whoever_may_not_follow_it_any_more(
    app, api, context, organization, send, leave, monkeypatch
):
    monkeypatch.setattr(endpoints, "QUIET_SECONDS", 0.2)
    monkeypatch.setattr(watching, "ASKED_AGAIN_SECONDS", 0.0)
    scan = await send(reports.code(3))
    person = await new_member(context, organization.organization_id, Role.VIEWER)
    async with browser(app) as client:
        signed_in = await client.post(
            "/api/v1/auth/login", json={"email": person.email, "password": PASSWORD}
        )
        client.headers["X-CSRF-Token"] = signed_in.json()["csrf_token"]
        paths = (f"{SCANS}/{scan['id']}/events", "/api/v1/events")
        following = [asyncio.create_task(client.get(path)) for path in paths]
        await asyncio.sleep(1.2)
        assert not any(each.done() for each in following), "it goes on as long as nothing is taken away"
        await leave(client, api)
        async with asyncio.timeout(10):
            told, _ = await asyncio.gather(*following)
        assert [name for name, _ in _events(told.text)] == ["progress"]
        assert (await client.get(paths[0])).status_code == 401


@pytest.mark.long
async def test_it_ends_with_the_secret_that_the_token_was_exchanged_for(app, api, send, monkeypatch):
    scan = await send(reports.code(3))
    body = {"name": "ci", "role": "viewer", "scopes": ["scans:read"]}
    made = (await api.post("/api/v1/service-accounts", json=body)).json()
    grant = {"grant_type": "client_credentials"} | {
        each: made[each] for each in ("client_id", "client_secret")
    }
    token = (await api.post("/api/v1/auth/token", data=grant)).json()["access_token"]
    accounts = (await api.get("/api/v1/service-accounts")).json()["items"]
    account = next(each for each in accounts if each["name"] == "ci")
    async with browser(app, Authorization=f"Bearer {token}") as client:
        following = asyncio.create_task(client.get(f"{SCANS}/{scan['id']}/events"))
        await asyncio.sleep(1.2)
        assert not following.done()
        where = f"/api/v1/service-accounts/{account['id']}/secrets/{account['secrets'][0]['id']}"
        assert (await api.delete(where)).status_code == 204
        async with asyncio.timeout(10):
            assert [name for name, _ in _events((await following).text)] == ["progress"]


@pytest.mark.long
async def test_it_goes_on_for_tokens_and_service_accounts(app, api, send, work):
    scan = await send(reports.code(3))
    body = {"name": "ci", "role": "viewer", "scopes": ["scans:read"]}
    made = (await api.post("/api/v1/service-accounts", json=body)).json()
    grant = {"grant_type": "client_credentials"} | {
        each: made[each] for each in ("client_id", "client_secret")
    }
    token = (await api.post("/api/v1/auth/token", data=grant)).json()["access_token"]
    async with browser(app, Authorization=f"Bearer {token}") as client:
        following = [asyncio.create_task(each.get(f"{SCANS}/{scan['id']}/events")) for each in (api, client)]
        await asyncio.sleep(1.2)
        await work()
        for told in await asyncio.gather(*following):
            assert _events(told.text)[-1][0] == "finished"


@pytest.mark.long
async def test_nobody_holds_all_the_streams_of_a_process(app, api, context, organization, monkeypatch):
    monkeypatch.setattr(streams, "MOST_OF_ONE", 2)
    monkeypatch.setattr(endpoints, "QUIET_SECONDS", 0.2)
    following = [asyncio.create_task(api.get("/api/v1/events")) for _ in range(2)]
    await asyncio.sleep(0.5)
    refused = await api.get("/api/v1/events")
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (429, "too_many_streams")
    other = await new_member(context, organization.organization_id, Role.VIEWER)
    async with browser(app, **other.headers) as client:
        of_somebody_else = asyncio.create_task(client.get("/api/v1/events"))
        await asyncio.sleep(0.5)
        assert not of_somebody_else.done()
        for each in (*following, of_somebody_else):
            each.cancel()
        await asyncio.gather(*following, of_somebody_else, return_exceptions=True)
    again = asyncio.create_task(api.get("/api/v1/events"))
    await asyncio.sleep(0.3)
    assert not again.done(), "what was closed counts no more"
    again.cancel()
