"""The canary: a report all the way through a running site, news when it does not come through, and nothing left behind."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from features.readiness.test_live_rows import worker_at_work
from fixtures.api import serving, unlimited
from fixtures.readiness import site_of
from hauberk.db.models.job import Job
from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.features.readiness import canary, core_flow, metrics, probing
from hauberk.infra.readiness import Installation
from hauberk.infra.settings import Environment
from hauberk.kit import clock

pytestmark = pytest.mark.anyio


def with_canary(settings, wanted, environment=Environment.TEST):
    readiness = settings.readiness.model_copy(update={"canary": wanted})
    return settings.model_copy(update={"readiness": readiness, "environment": environment})


def test_it_is_on_where_customers_are_unless_somebody_says_otherwise(settings):
    assert not canary.is_on(with_canary(settings, None))
    assert canary.is_on(with_canary(settings, None, Environment.PRODUCTION))
    assert canary.is_on(with_canary(settings, True))
    assert not canary.is_on(with_canary(settings, False, Environment.PRODUCTION))


@pytest.mark.long
async def test_it_comes_through_the_running_site_and_leaves_nothing_behind(fresh_settings):
    async with serving(unlimited(fresh_settings)) as app, worker_at_work(fresh_settings):
        site = site_of(app)
        took = await canary.go(app.state.context, site)
        async with probing.of(app.state.context, site) as probe:
            tenant = await probe.tenant()
            left = await site.http.get("/api/v1/assets", headers=tenant.headers)
        await site.http.aclose()
    assert set(took["steps"]) == {"upload a report", "read it", "view its findings", "clean up"}
    assert took["milliseconds"] > 0
    assert left.json()["items"] == []


@pytest.mark.long
async def test_without_a_worker_it_says_where_it_stopped(fresh_settings, monkeypatch):
    monkeypatch.setattr(core_flow, "SCAN_SECONDS", 0.5)
    async with serving(unlimited(fresh_settings)) as app:
        site = site_of(app)
        with pytest.raises(core_flow.BrokenFlowError, match="read it: no worker had read the report"):
            await canary.go(app.state.context, site)
        await site.http.aclose()


async def test_the_metric_is_when_one_last_came_through_and_before_that_when_one_was_first_tried(
    fresh_settings,
):
    engine = sync_engine(fresh_settings.database.url, pool=Pool(size=1, max_overflow=1))
    on = with_canary(fresh_settings, True)

    def ended(state, minutes_ago, result=None):
        moment = clock.now() - timedelta(minutes=minutes_ago)
        values = {"state": state, "result": result, "created_at": moment, "finished_at": moment}
        with transaction(engine, 0) as db:
            db.execute(
                insert(Job).values(
                    organization_id=0, kind=canary.KIND, queue="maintenance", max_attempts=1, **values
                )
            )
        return pytest.approx(moment.timestamp(), abs=0.01)

    async with serving(on) as app:
        context = app.state.context

        async def seen(settings=on):
            found = await metrics.canaries(
                Installation(settings, context.sessions.engine, cache=context.cache, queue=context.queue)
            )
            return {sample.series.name: sample.value for sample in found}

        ended("done", 60)  # it was switched off then: nothing was tried
        assert await seen() == {}
        first = ended("failed", 40)
        ended("failed", 35)
        assert await seen() == {"canary_last_success_timestamp": first}
        success = ended("done", 30, {"milliseconds": 1500})
        ended("failed", 25)
        assert await seen() == {"canary_last_success_timestamp": success, "canary_seconds": 1.5}
        assert await seen(with_canary(fresh_settings, False)) == {}
    engine.dispose()
