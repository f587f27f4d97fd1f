"""OBS-1 to OBS-5 and OBS-9, the rows of metrics: a sound installation is proved, and what is broken is seen."""

import asyncio
import dataclasses

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from factories.working import working
from fixtures.api import serving, unlimited
from fixtures.http_servers import listening
from fixtures.readiness import answer_of, site_of, with_settings
from hauberk.db.url import driver_url
from hauberk.features.readiness import probing
from hauberk.infra.metrics import checks as metrics_checks
from hauberk.infra.metrics import observing
from hauberk.infra.readiness import Result
from hauberk.infra.redis import cache_client
from hauberk.infra.settings import Environment
from hauberk.jobs.queues import Queue

pytestmark = pytest.mark.anyio


def without(monkeypatch, name):
    """As if the series was forgotten."""
    series = observing._SERIES[name]
    whole = observing._families

    def fewer(samples):
        return whole([sample for sample in samples if sample.series is not series])

    monkeypatch.setattr(observing, "_families", fewer)


@pytest.mark.parametrize("row", ["OBS-1", "OBS-3", "OBS-4", "OBS-9"])
async def test_a_sound_installation_passes(probe, row):
    answer = await answer_of(probe, row)
    assert answer.result is Result.PASS, answer.evidence


@pytest.mark.parametrize("row", ["OBS-2", "OBS-5"])
async def test_with_a_worker_in_the_scrape_queues_and_business_pass(probe, settings, row):
    with working(settings) as worker:
        worker(Queue.MAINTENANCE)
    answer = await answer_of(probe, row)
    assert answer.result in (Result.PASS, Result.SKIP), answer.evidence
    assert "Not exported" not in answer.evidence


@pytest.mark.breaks("OBS-1", "OBS-2", "OBS-3", "OBS-5", "OBS-9")
@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("OBS-1", "redis_memory_used_bytes"),
        ("OBS-2", "job_queue_oldest_seconds"),
        ("OBS-3", "users_active"),
        ("OBS-5", "findings_open"),
        ("OBS-9", "pg_locks_waiting"),
    ],
)
async def test_a_series_that_is_missing_fails(probe, monkeypatch, row, name):
    without(monkeypatch, name)
    answer = await answer_of(probe, row)
    assert answer.result is Result.FAIL
    assert name in answer.evidence


@pytest.mark.long
@pytest.mark.breaks("OBS-1")
async def test_a_server_that_falls_silent_fails_at_the_next_look(app, probe, settings, monkeypatch):
    assert (await answer_of(probe, "OBS-1")).result is Result.PASS
    async with listening(_silence) as server:
        away = settings.cache.model_copy(update={"url": f"redis://127.0.0.1:{server.port}/0"})
        cache = cache_client(settings.model_copy(update={"cache": away}))
        seen = app.state.observatory
        monkeypatch.setattr(seen, "installation", dataclasses.replace(seen.installation, cache=cache))
        answer = await answer_of(dataclasses.replace(probe, _looks={}), "OBS-1")
        await cache.aclose()
    assert "No answer: cache" in answer.evidence


async def _silence(_listener, _writer):
    await asyncio.Event().wait()


@pytest.mark.breaks("OBS-9")
async def test_numbers_of_ones_own_sessions_alone_fail(probe, monkeypatch):
    monkeypatch.setattr(metrics_checks, "_LOOKS_AS", "hauberk_app")
    answer = await answer_of(probe, "OBS-9")
    assert answer.result is Result.FAIL
    assert "no member of pg_monitor" in answer.evidence


@pytest.mark.long
@pytest.mark.breaks("OBS-4")
async def test_uploads_that_nobody_counts_fail(probe, monkeypatch):
    monkeypatch.setattr("hauberk.ingest.counting.UPLOADS", _Nothing())
    assert (await answer_of(probe, "OBS-4")).result is Result.FAIL


class _Nothing:
    def labels(self, *_):
        return self

    def inc(self):
        """Counts nothing."""


@pytest.mark.breaks("OBS-9")
async def test_a_token_for_prometheus_that_the_server_does_not_know_fails(probe):
    closed = probe.inside.settings.metrics.model_copy(update={"token": SecretStr("not the server's")})
    probe.site.http._transport.client = ("203.0.113.9", 1)  # from where nobody is let in without one
    answer = await answer_of(with_settings(probe, metrics=closed), "OBS-9")
    assert "does not know HAUBERK_METRICS_TOKEN" in answer.evidence


@pytest.mark.long
@pytest.mark.breaks("OBS-3", "OBS-5")
async def test_what_can_be_looked_up_no_more_fails_at_once_though_it_was_seen_a_moment_ago(
    fresh_settings, fresh_database
):
    async with (
        serving(unlimited(fresh_settings)) as app,
        probing.of(app.state.context, site_of(app)) as probe,
    ):
        assert (await answer_of(probe, "OBS-3")).result is Result.PASS
        owner = create_engine(driver_url(fresh_database.owner_url), poolclass=NullPool)
        with owner.begin() as connection:
            connection.execute(text("alter function people_state() rename to people_state_gone"))
        activity, business = [
            await answer_of(dataclasses.replace(probe, _looks={}), row) for row in ("OBS-3", "OBS-5")
        ]
    assert "users_active" in activity.evidence
    assert "organizations" in business.evidence


@pytest.mark.parametrize("row", ["OBS-1", "OBS-3", "OBS-4", "OBS-9"])
async def test_metrics_that_nobody_can_scrape_are_not_enough_in_production(settings, monkeypatch, row):
    monkeypatch.setattr(metrics_checks, "_SERVER", {})  # those of tests are thrown away, and run like that
    answer = await _in_production(settings, row)
    assert (answer.result, "Nobody can scrape" in answer.evidence) == (Result.WARN, True), answer.evidence


@pytest.mark.breaks("OBS-9")
async def test_a_server_that_a_power_cut_destroys_fails(settings):
    """The servers of tests are thrown away, so they run like that."""
    answer = await _in_production(settings, "OBS-9")
    assert answer.result is Result.FAIL
    assert "fsync off" in answer.evidence


async def _in_production(settings, row):
    """As it serves in production; the database of tests is none of production."""
    live = unlimited(settings).model_copy(update={"environment": Environment.PRODUCTION})
    async with serving(unlimited(settings)) as app:
        object.__setattr__(app.state.context, "settings", live)
        async with probing.of(app.state.context, site_of(app)) as probe:
            assert (await probe.site.http.get("/metrics")).status_code == 404
            return await answer_of(probe, row)


@pytest.mark.breaks("OBS-1", "OBS-9")
@pytest.mark.parametrize("row", ["OBS-1", "OBS-9"])
async def test_metrics_that_everybody_can_read_fail_in_production(probe, row):
    """This site answers whoever comes from this machine: behind a proxy here, that is everybody."""
    metrics = probe.inside.settings.metrics.model_copy(update={"token": SecretStr("of-prometheus")})
    answer = await answer_of(with_settings(probe, environment=Environment.PRODUCTION, metrics=metrics), row)
    assert "open to everybody" in answer.evidence
