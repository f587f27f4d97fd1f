"""Reads from a replica: nobody sees less than what he wrote, and a replica that lags or is gone costs nothing but speed."""

import time

import pytest

from fixtures.api import browser, new_organization, serving, unlimited
from fixtures.servers import make_settings
from hauberk.api import health
from hauberk.db.replica import READS
from scale.servers import primary_and_replica

pytestmark = [pytest.mark.anyio, pytest.mark.faults]


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    with primary_and_replica(tmp_path_factory.mktemp("pair")) as running:
        yield running


@pytest.fixture
async def app(pair, tmp_path, queue_url, cache_url):
    settings = make_settings(
        tmp_path / "home",
        pair.owner_url,
        pair.url,
        queue_url,
        cache_url,
        HAUBERK_DATABASE_REPLICA_URL=pair.replica_url,
    )
    async with serving(unlimited(settings)) as started:
        yield started


def reads(server: str) -> float:
    return READS.labels(server)._value.get()


async def test_what_i_wrote_i_see_however_far_the_replica_lags(app, pair):
    member = await new_organization(app.state.context)
    async with browser(app, **member.headers) as client:
        pair.caught_up()
        before = reads("replica")
        assert (await client.get("/api/v1/assets")).json()["total"] == 0
        assert reads("replica") == before + 1

        pair.pause()
        made = await client.post("/api/v1/assets", json={"name": "shop", "kind": "repository"})
        assert made.status_code == 201, made.text
        primary = reads("primary")
        seen = (await client.get("/api/v1/assets")).json()
        assert [each["name"] for each in seen["items"]] == ["shop"]
        assert reads("primary") == primary + 1

        pair.resume()
        pair.caught_up()
        before = reads("replica")
        seen = (await client.get("/api/v1/assets")).json()
        assert [each["name"] for each in seen["items"]] == ["shop"]
        assert reads("replica") == before + 1


async def test_every_list_can_be_read_from_the_replica(app, pair):
    member = await new_organization(app.state.context)
    pair.caught_up()
    async with browser(app, **member.headers) as client:
        before = reads("replica")
        for path in ("findings", "assets", "vulnerabilities", "dashboard", "audit", "scans", "jobs"):
            answer = await client.get(f"/api/v1/{path}")
            assert answer.status_code == 200, f"{path}: {answer.text}"
        assert reads("replica") > before + 4


async def test_without_the_replica_reads_go_to_the_primary_at_once(app, pair, monkeypatch):
    monkeypatch.setattr(health, "KEPT_SECONDS", -1)
    member = await new_organization(app.state.context)
    async with browser(app, **member.headers) as client:
        assert (await client.get("/api/v1/assets")).status_code == 200
        pair.replica.stop()
        began = time.monotonic()
        assert (await client.get("/api/v1/assets")).status_code == 200
        assert time.monotonic() - began < 2.5
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()["degraded"]) == (200, ["replica"])
