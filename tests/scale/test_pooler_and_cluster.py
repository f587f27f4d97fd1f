"""Behind PgBouncer in transaction mode, and with a cluster as cache: the product works as without."""

import asyncio

import pytest

from fixtures.api import browser, new_organization, serving, unlimited
from fixtures.readiness import answer_of, site_of
from fixtures.servers import make_settings
from hauberk.features.readiness import probing
from hauberk.infra.connections import check_connections, room
from hauberk.infra.readiness import Result
from hauberk.kit.errors import Conflict
from scale.servers import pgbouncer, valkey_cluster

pytestmark = [pytest.mark.anyio, pytest.mark.faults]


async def test_five_hundred_clients_share_eight_connections(tmp_path, fresh_database, queue_url, cache_url):
    folder = tmp_path / "pgbouncer"
    folder.mkdir()
    with pgbouncer(folder, fresh_database.url) as url:
        given = {"HAUBERK_WORKERS": "8", "HAUBERK_DATABASE_POOLER": "true"}
        settings = make_settings(
            tmp_path / "home", fresh_database.owner_url, url, queue_url, cache_url, **given
        )
        assert room(url).is_behind_pooler
        assert not room(fresh_database.url).is_behind_pooler
        check_connections(settings)
        with pytest.raises(Conflict, match="HAUBERK_DATABASE_POOLER=true"):
            check_connections(
                settings.model_copy(
                    update={"database": settings.database.model_copy(update={"pooler": False})}
                )
            )
        async with serving(unlimited(settings)) as app:
            member = await new_organization(app.state.context)
            async with browser(app, **member.headers) as client:
                paths = ["findings", "assets", "dashboard", "vulnerabilities"] * 10
                answers = await asyncio.gather(*(client.get(f"/api/v1/{path}") for path in paths))
                assert {each.status_code for each in answers} == {200}
                made = await client.post("/api/v1/assets", json={"name": "shop", "kind": "repository"})
                assert made.status_code == 201
            site = site_of(app)
            async with probing.of(app.state.context, site) as probe:
                answer = await answer_of(probe, "INF-2")
            await site.http.aclose()
        assert answer.result is Result.PASS, answer.evidence
        assert "a pooler in between" in answer.evidence


async def test_a_cluster_holds_cache_and_limits(tmp_path, fresh_database, queue_url):
    with valkey_cluster(tmp_path) as url:
        settings = make_settings(
            tmp_path / "home",
            fresh_database.owner_url,
            fresh_database.url,
            queue_url,
            url,
            HAUBERK_RATE_LIMIT_DEFAULT="30/minute",
        )
        async with serving(settings) as one, serving(settings) as two:
            member = await new_organization(one.state.context)
            async with browser(one, **member.headers) as first, browser(two, **member.headers) as second:
                for _ in range(2):
                    assert (await first.get("/api/v1/dashboard")).status_code == 200
                assert (await first.get("/health/ready")).json()["degraded"] == []
                codes = [(await each.get("/api/v1/auth/me")).status_code for each in (first, second) * 20]
            assert codes.count(200) == 28  # one count for both: two were used before
            assert codes[-1] == 429
