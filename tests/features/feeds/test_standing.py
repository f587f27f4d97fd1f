"""A feed that is lost is told: at health, in metrics, to operators and at the command line; and all recovers by itself."""

import os
import subprocess
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from fixtures.api import browser, new_organization, serving, unlimited
from fixtures.typed import typed
from hauberk.api import health
from hauberk.db.session import transaction
from hauberk.db.url import driver_url
from hauberk.features.feeds import metrics
from hauberk.infra.readiness import Installation

pytestmark = pytest.mark.anyio
LOG4J = "CVE-2021-44228"


@pytest.fixture(autouse=True)
def look_each_time(monkeypatch):
    monkeypatch.setattr(health, "KEPT_SECONDS", -1)


async def ready(app):
    async with browser(app) as client:
        answer = await client.get("/health/ready")
    return answer.status_code, answer.json()["degraded"]


def older(world, **by):
    with transaction(world.imports.engine) as connection:
        connection.execute(
            text("update feed set synced_at = synced_at - :by, first_tried_at = first_tried_at - :by"),
            {"by": timedelta(**by)},
        )


@pytest.mark.long
async def test_health_is_degraded_while_a_feed_cannot_be_renewed(world, publisher):
    publisher.publish_epss({LOG4J: 0.9})
    async with serving(unlimited(world.settings)) as app:
        assert await ready(app) == (200, []), "what was never loaded is not lost"
        world.sync("epss")
        assert await ready(app) == (200, [])
        publisher.is_down = True
        world.sync("epss")
        assert await ready(app) == (200, ["feed:epss"])
        publisher.is_down = False
        world.sync("epss")
        assert await ready(app) == (200, [])


@pytest.mark.long
async def test_a_feed_that_nobody_renews_is_lost_after_its_time(world, publisher):
    publisher.publish_kev(LOG4J)
    world.sync("kev")
    async with serving(unlimited(world.settings)) as app:
        older(world, hours=47)
        assert await ready(app) == (200, [])
        older(world, hours=2)
        assert await ready(app) == (200, ["feed:kev"])
        world.sync("kev")
        assert await ready(app) == (200, [])


async def test_a_mirror_that_stands_still_is_noticed_by_the_date_in_its_file(world, publisher):
    publisher.publish_epss({LOG4J: 0.9}, at="2025-01-01T12:55:00Z")
    world.sync("epss")
    async with serving(unlimited(world.settings)) as app:
        async with browser(app) as client:
            seen = (await client.get("/health")).json()
        assert seen["degraded"] == ["feed:epss"]
        assert "a mirror stands still" in seen["checks"]["feed:epss"]["detail"]


async def test_a_feed_that_was_never_to_be_had_is_lost_after_its_time_and_says_what_to_do(world, publisher):
    publisher.is_down = True
    world.sync("epss")
    async with serving(unlimited(world.settings)) as app:
        assert await ready(app) == (200, [])
        older(world, hours=49)
        assert await ready(app) == (200, ["feed:epss"])
    world.configure(source="off")
    async with serving(unlimited(world.settings)) as app:
        assert await ready(app) == (200, []), "one that is switched off is not missed"


async def test_prometheus_sees_age_and_entries(world, publisher):
    publisher.publish_epss({LOG4J: 0.9, "CVE-2024-1001": 0.1})
    world.sync("epss")
    older(world, days=3)
    async with serving(world.settings) as app:
        context = app.state.context
        seen = await metrics.feeds(
            Installation(world.settings, context.sessions.engine, cache=context.cache, queue=context.queue)
        )
    found = {(sample.series.name, *sample.labels): sample.value for sample in seen}
    assert found["feed_rows", "epss"] == 2
    assert found["feed_lost", "epss"] == 1
    assert 259_200 <= found["feed_age_seconds", "epss"] < 259_300


def make_operator(world, organization_id):
    engine = create_engine(driver_url(world.settings.database.owner_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("set local role hauberk_system"))
        connection.execute(
            text("update organization set purpose = 'operator' where id = :id"), {"id": organization_id}
        )


async def test_operators_see_how_feeds_stand_and_others_that_there_is_nothing(world, publisher):
    publisher.publish_kev(LOG4J)
    world.sync("kev")
    async with serving(unlimited(world.settings)) as app:
        member = await new_organization(app.state.context)
        async with browser(app, **member.headers) as client:
            assert (await client.get("/api/v1/feeds")).status_code == 404
            make_operator(world, member.organization_id)
            found = {each["name"]: each for each in (await client.get("/api/v1/feeds")).json()["feeds"]}
    assert (found["kev"]["state"], found["kev"]["entry_count"]) == ("current", 1)
    assert found["kev"]["place"] == f"{publisher.url}known_exploited_vulnerabilities.json"
    assert (found["epss"]["state"], found["epss"]["synced_at"]) == ("not_loaded", None)


def run(world, *words):
    settings = world.settings
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HAUBERK_")},
        "HAUBERK_ENVIRONMENT": "test",
        "HAUBERK_HOME": str(settings.home),
        "HAUBERK_DATABASE_URL": settings.database.url,
        "HAUBERK_QUEUE_URL": settings.queue.url,
        "HAUBERK_CACHE_URL": settings.cache.url,
        "HAUBERK_FEEDS_SOURCE": settings.feeds.source,
    }
    command = typed("feed", *words)
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout


@pytest.mark.long
def test_the_command_line_renews_a_feed_and_lists_them(world, publisher, tmp_path):
    publisher.publish_kev(LOG4J)
    assert run(world, "sync", "kev") == (0, "kev is up to date: 1 entries are different.\n")
    file = tmp_path / "scores.csv"
    file.write_bytes(b"nothing of use")
    code, said = run(world, "sync", "epss", "--file", str(file))
    assert (code, "epss was not taken: This is no EPSS file" in said) == (1, True)
    code, said = run(world, "list")
    assert code == 0
    assert "kev   current          1 entries" in said
    assert "This is no EPSS file" in said
