"""Jobs and events that failed for good: listed, and sent on their way again, one or all of them."""

import pytest
from sqlalchemy import text

from factories.forms import HEADERS, field, file, form
from factories.working import working
from fixtures.api import new_organization
from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.domain.events import FindingsChanged
from hauberk.domain.permissions import Role
from hauberk.jobs import discovery, events
from hauberk.jobs.events import emit
from hauberk.jobs.outbox import MAX_ATTEMPTS, relay
from hauberk.jobs.queues import Queue

pytestmark = pytest.mark.anyio

ALL = 10_000
BROKEN = b'{"Issues": [{"rule_id": "G101", "severity": "HIGH"'


@pytest.fixture
async def dead(api, settings):
    """Two imports that failed: their reports end in the middle."""
    for name in ("a", "b"):
        parts = (field("asset", name), field("format", "gosec-json"), file(BROKEN))
        assert (await api.post("/api/v1/scans", content=form(*parts), headers=HEADERS)).status_code == 202
    with working(settings) as worker:
        worker(Queue.IMPORT)
    return (await api.get("/api/v1/jobs?state=failed")).json()["items"]


async def test_they_are_listed_with_their_reason_and_replayed(api, dead):
    assert [job["kind"] for job in dead] == ["ingest.import_scan"] * 2
    assert all(job["error"]["message"] for job in dead)
    one = await api.post(f"/api/v1/jobs/{dead[0]['id']}/retry")
    assert (one.json()["state"], one.json()["attempts"]) == ("accepted", 0)
    other = await api.post("/api/v1/jobs/retry", json={"kind": "exports.build"})
    assert other.json() == {"retried": 0, "left": 0}
    rest = await api.post("/api/v1/jobs/retry", json={})
    assert (rest.status_code, rest.json()) == (202, {"retried": 1, "left": 0})
    assert (await api.get("/api/v1/jobs?state=accepted")).json()["total"] == 2


@pytest.mark.long
async def test_nobody_replays_what_is_somebody_else_s(context, client_as, dead):
    stranger = await client_as(None, member=await new_organization(context))
    assert (await stranger.post("/api/v1/jobs/retry", json={})).json()["retried"] == 0
    viewer = await client_as(Role.VIEWER)
    assert (await viewer.post("/api/v1/jobs/retry", json={})).status_code == 403


@pytest.fixture
async def given_up(context, organization, monkeypatch, settings):
    """Two events whose handler failed to the end; answers what the handler gets from now on."""
    told, is_mended = [], []

    def stumble(_connection, event):
        if event.organization_id != organization.organization_id:
            return  # what other tests left in the same database
        if not is_mended:
            raise OSError("the other side is closed")
        told.append(event.asset_id)

    discovery.load()
    monkeypatch.setattr(events, "_inside", {})
    monkeypatch.setattr(events, "_after", {FindingsChanged: {"stumble": stumble}})
    engine = sync_engine(settings.database.url, pool=Pool(size=1))
    number = organization.organization_id
    with transaction(engine, number) as connection:
        for asset in (1, 2):
            emit(connection, FindingsChanged(number, asset))
    for _ in range(MAX_ATTEMPTS):
        with transaction(engine, number) as connection:
            connection.execute(text("update outbox set run_after = now() - interval '1 second'"))
        relay(engine, ALL)
    is_mended.append(True)
    yield engine, told
    engine.dispose()


@pytest.mark.long
async def test_events_that_were_given_up_are_listed_and_go_to_who_missed_them(api, given_up):
    engine, told = given_up
    listed = (await api.get("/api/v1/undelivered-events")).json()["items"]
    assert [(each["topic"], each["missed_by"]) for each in listed] == [("FindingsChanged", ["stumble"])] * 2
    assert all("the other side is closed" in each["error"] for each in listed)
    relay(engine, ALL)
    assert told == [], "nothing hands them out by itself any more"
    one = await api.post(f"/api/v1/undelivered-events/{listed[0]['id']}/replay")
    assert (one.status_code, one.json()) == (202, {"replayed": 1, "left": 1})
    assert (await api.post(f"/api/v1/undelivered-events/{listed[0]['id']}/replay")).status_code == 404
    other = await api.post("/api/v1/undelivered-events/replay", json={"topic": "ScanFinished"})
    assert other.json() == {"replayed": 0, "left": 0}
    rest = await api.post("/api/v1/undelivered-events/replay", json={})
    assert rest.json() == {"replayed": 1, "left": 0}
    relay(engine, ALL)
    assert told == [1, 2]
    assert (await api.get("/api/v1/undelivered-events")).json()["items"] == []
    trail = (await api.get("/api/v1/audit", params={"action": "event.replayed"})).json()["items"]
    assert {each["subject"]["id"] for each in trail} == {each["id"] for each in listed}


async def test_nobody_hands_out_the_events_of_somebody_else(context, client_as, given_up):
    stranger = await client_as(None, member=await new_organization(context))
    assert (await stranger.get("/api/v1/undelivered-events")).json()["items"] == []
    assert (await stranger.post("/api/v1/undelivered-events/replay", json={})).json()["replayed"] == 0
    viewer = await client_as(Role.VIEWER)
    assert (await viewer.post("/api/v1/undelivered-events/replay", json={})).status_code == 403
