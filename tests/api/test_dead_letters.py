"""Jobs that failed for good: listed, and sent on their way again, one or all of them."""

import pytest

from factories.forms import HEADERS, field, file, form
from factories.working import working
from fixtures.api import new_organization
from hauberk.domain.permissions import Role
from hauberk.jobs.queues import Queue

pytestmark = pytest.mark.anyio

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


async def test_nobody_replays_what_is_somebody_else_s(context, client_as, dead):
    stranger = await client_as(None, member=await new_organization(context))
    assert (await stranger.post("/api/v1/jobs/retry", json={})).json()["retried"] == 0
    viewer = await client_as(Role.VIEWER)
    assert (await viewer.post("/api/v1/jobs/retry", json={})).status_code == 403
