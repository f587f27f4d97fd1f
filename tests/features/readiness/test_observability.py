"""OBS-1 to OBS-12 and LCH-2: a sound installation is proved, and what is broken is seen."""

import asyncio
import dataclasses
import json
import logging
import secrets
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import structlog
from pydantic import SecretStr
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from factories.working import working
from fixtures.api import serving, unlimited
from fixtures.http_servers import answering, listening
from fixtures.nodes import free_port
from fixtures.readiness import answer_of, site_of
from fixtures.sinks import sink
from hauberk.db.url import driver_url
from hauberk.features.readiness import probing, records
from hauberk.infra import telemetry
from hauberk.infra.metrics import checks as metrics_checks
from hauberk.infra.metrics import observing
from hauberk.infra.readiness import Outcome, RecordKind, Result
from hauberk.infra.redis import cache_client
from hauberk.infra.settings import Environment
from hauberk.infra.telemetry import recent
from hauberk.infra.telemetry.drills import ERROR_REPORT, error_report
from hauberk.jobs.queues import Queue

pytestmark = pytest.mark.anyio

SECRET = f"hbk_{secrets.token_hex(6)}_{secrets.token_urlsafe(32)}"


@pytest.fixture(autouse=True)
async def clean_log(context):
    await context.cache.delete(recent.KEY)
    yield
    await context.cache.delete(recent.KEY)


@pytest.fixture
def collector():
    with sink() as started:
        yield started


def without(monkeypatch, name):
    """As if the series was forgotten."""
    series = observing._SERIES[name]
    whole = observing._families

    def fewer(samples):
        return whole([sample for sample in samples if sample.series is not series])

    monkeypatch.setattr(observing, "_families", fewer)


@pytest.mark.parametrize("row", ["OBS-1", "OBS-3", "OBS-4", "OBS-7", "OBS-9", "OBS-10", "LCH-2"])
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
    other = dataclasses.replace(
        probe.inside, settings=probe.inside.settings.model_copy(update={"metrics": closed})
    )
    probe.site.http._transport.client = ("203.0.113.9", 1)  # from where nobody is let in without one
    answer = await answer_of(dataclasses.replace(probe, installation=other), "OBS-9")
    assert "does not know HAUBERK_METRICS_TOKEN" in answer.evidence


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


@pytest.mark.breaks("OBS-10")
async def test_a_log_with_a_token_fails(probe, settings):
    folder = settings.home / "logs"
    folder.mkdir(exist_ok=True)
    path = folder / "serve.log"
    path.write_text(f"[info] all is well\n[info] called with {SECRET}\n")
    answer = await answer_of(probe, "OBS-10")
    path.unlink()
    assert answer.result is Result.FAIL
    assert "serve.log:2" in answer.evidence
    assert SECRET not in answer.evidence


@pytest.mark.breaks("OBS-10")
async def test_a_log_that_is_not_redacted_fails(probe, monkeypatch):
    monkeypatch.setattr("hauberk.infra.telemetry.redaction._SECRET_KEYS", _Never())
    monkeypatch.setattr("hauberk.infra.telemetry.redaction._known_keys", {})
    structlog.get_logger("hauberk.careless").info("careless", password="hunter2hunter2hunter2")
    assert (await answer_of(probe, "OBS-10")).result is Result.FAIL


class _Never:
    def search(self, _):
        return None


@pytest.mark.breaks("OBS-7")
async def test_requests_that_are_not_logged_fail(probe, monkeypatch):
    structlog.get_logger("hauberk.other").info("there_is_a_log")
    monkeypatch.setattr("hauberk.api.middleware.request.RequestMiddleware._note", lambda *_: None)
    monkeypatch.setattr("hauberk.infra.telemetry.checks.ARRIVAL_SECONDS", 1.5)
    assert (await answer_of(probe, "OBS-7")).result is Result.FAIL


@pytest.mark.breaks("LCH-2")
async def test_a_log_that_stands_still_fails(probe, context, monkeypatch):
    for handler in logging.getLogger().handlers:
        if hasattr(handler, "_takers"):
            monkeypatch.setattr(handler, "_takers", [])
    await asyncio.sleep(1.5)  # what is on its way arrives
    await context.cache.delete(recent.KEY)
    monkeypatch.setattr("hauberk.infra.telemetry.checks.ARRIVAL_SECONDS", 0.5)
    old = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    await context.cache.xadd(recent.KEY, {"role": "api", "line": json.dumps({"at": old, "event": "old"})})
    answer = await answer_of(probe, "LCH-2")
    assert "300 s old" in answer.evidence or "301 s old" in answer.evidence


@pytest.mark.breaks("OBS-6", "OBS-11")
@pytest.mark.parametrize("row", ["OBS-6", "OBS-11"])
async def test_what_is_not_set_fails(probe, row):
    await answer_of(probe, row)


async def test_error_reports_are_proved_by_a_drill(fresh_settings, settings, collector):
    dsn = f"http://key@127.0.0.1:{collector.port}/1"
    sentry = type(settings.sentry).model_validate({"dsn": dsn})
    told = unlimited(fresh_settings).model_copy(update={"sentry": sentry})
    async with serving(told) as app, probing.of(app.state.context, site_of(app)) as probe:
        assert (await answer_of(probe, "OBS-6")).result is Result.SKIP
        outcome = await error_report(probe)
        assert outcome.has_passed, outcome.evidence
        await records.keep(app.state.context, RecordKind.DRILL, ERROR_REPORT, outcome, datetime.now(UTC))
        assert (await answer_of(probe, "OBS-6")).result is Result.PASS
    assert collector.errors()
    telemetry.configure_logging(settings)


async def test_a_trace_is_followed_from_the_request_over_the_job_to_the_statement(settings, collector):
    otlp = settings.otlp.model_copy(update={"endpoint": collector.url})
    told = unlimited(settings).model_copy(update={"otlp": otlp})
    async with serving(told) as app, probing.of(app.state.context, site_of(app)) as probe:
        with working(told) as worker:
            import asyncio  # noqa: PLC0415

            answering = asyncio.create_task(answer_of(probe, "OBS-11"))
            while not answering.done():
                await asyncio.to_thread(worker, Queue.IMPORT)
                await asyncio.sleep(0.2)
        answer = await answering
    telemetry.configure_logging(settings)
    assert answer.result is Result.PASS, answer.evidence


@pytest.mark.breaks("OBS-6")
@pytest.mark.parametrize("fault", ["nobody takes it", "a secret passes"])
async def test_a_failed_drill_of_error_reports_fails(settings, collector, monkeypatch, fault):
    port = collector.port if fault == "a secret passes" else free_port()
    if fault == "a secret passes":
        monkeypatch.setattr("hauberk.infra.telemetry.errors.scrub", lambda event, _hint: event)
    sentry = type(settings.sentry).model_validate({"dsn": f"http://key@127.0.0.1:{port}/1"})
    told = unlimited(settings).model_copy(update={"sentry": sentry})
    async with serving(told) as app, probing.of(app.state.context, site_of(app)) as probe:
        outcome = await error_report(probe)
        assert not outcome.has_passed
        await records.keep(app.state.context, RecordKind.DRILL, ERROR_REPORT, outcome, datetime.now(UTC))
        answer = await answer_of(probe, "OBS-6")
    telemetry.configure_logging(settings)
    assert ("planted secret" in answer.evidence) == (fault == "a secret passes")


@pytest.mark.breaks("OBS-6")
async def test_a_server_that_knows_the_key_no_more_fails_whatever_is_on_record(probe, context):
    async with listening(answering(status="403 Forbidden")) as server:
        dsn = f"http://key@127.0.0.1:{server.port}/1"
        sentry = type(probe.inside.settings.sentry).model_validate({"dsn": dsn})
        sent = Outcome(True, "Sent.", {"server": sentry.server})
        await records.keep(context, RecordKind.DRILL, ERROR_REPORT, sent, datetime.now(UTC))
        settings = probe.inside.settings.model_copy(update={"sentry": sentry})
        inside = dataclasses.replace(probe.inside, settings=settings)
        answer = await answer_of(dataclasses.replace(probe, installation=inside), "OBS-6")
    assert "does not know the key or the project: it answered 403" in answer.evidence
    assert "sentry_key=key" in server.requests[0]


@pytest.mark.breaks("OBS-11")
async def test_a_trace_that_ends_before_the_job_fails(settings, collector, monkeypatch):
    """Nobody works here: the request and its statements are seen, the job is not."""
    monkeypatch.setattr("hauberk.infra.telemetry.checks.TRACE_SECONDS", 2.0)
    otlp = settings.otlp.model_copy(update={"endpoint": collector.url})
    told = unlimited(settings).model_copy(update={"otlp": otlp})
    async with serving(told) as app, probing.of(app.state.context, site_of(app)) as probe:
        answer = await answer_of(probe, "OBS-11")
    telemetry.configure_logging(settings)
    assert "has no span of the job" in answer.evidence


@pytest.mark.breaks("OBS-11")
async def test_a_collector_that_takes_nothing_fails(settings, monkeypatch):
    monkeypatch.setattr("hauberk.infra.telemetry.checks.TRACE_SECONDS", 4.0)
    otlp = settings.otlp.model_copy(update={"endpoint": "http://127.0.0.1:9"})
    told = unlimited(settings).model_copy(update={"otlp": otlp})
    async with serving(told) as app, probing.of(app.state.context, site_of(app)) as probe:
        answer = await answer_of(probe, "OBS-11")
    telemetry.configure_logging(settings)
    assert "was taken at http://127.0.0.1:9" in answer.evidence


@pytest.mark.breaks("OBS-12")
async def test_a_log_record_that_does_not_arrive_where_logs_are_kept_fails(probe, monkeypatch):
    """A Loki that answers as it does when it has nothing of the kind."""
    monkeypatch.setattr("hauberk.infra.telemetry.checks.ARRIVAL_SECONDS", 1.0)
    nothing = b'{"status":"success","data":{"resultType":"streams","result":[]}}'
    settings = probe.inside.settings
    async with listening(answering(nothing, content_type="application/json")) as loki:
        log = settings.log.model_copy(update={"loki_url": f"http://127.0.0.1:{loki.port}"})
        egress = settings.egress.model_copy(update={"allow": ("127.0.0.0/8",), "ports": ("1-65535",)})
        changed = settings.model_copy(update={"log": log, "egress": egress})
        inside = dataclasses.replace(probe.inside, settings=changed)
        answer = await answer_of(dataclasses.replace(probe, installation=inside), "OBS-12")
        (asked, *_) = loki.requests
    assert asked.startswith("GET /loki/api/v1/query_range?query=")
    assert "did not arrive" in answer.evidence


@pytest.mark.breaks("OBS-12")
async def test_a_page_that_repeats_the_question_is_no_loki(probe, monkeypatch):
    """As a proxy's page of errors does, with the address that was asked for."""
    monkeypatch.setattr("hauberk.infra.telemetry.checks.ARRIVAL_SECONDS", 1.0)
    monkeypatch.setattr("hauberk.infra.telemetry.checks.secrets.token_hex", lambda _bytes: "1234")
    settings = probe.inside.settings
    page = b"no such page: /loki/api/v1/query_range?query=readiness-1234"
    async with listening(answering(page, content_type="text/html")) as other:
        log = settings.log.model_copy(update={"loki_url": f"http://127.0.0.1:{other.port}"})
        egress = settings.egress.model_copy(update={"allow": ("127.0.0.0/8",), "ports": ("1-65535",)})
        changed = settings.model_copy(update={"log": log, "egress": egress})
        inside = dataclasses.replace(probe.inside, settings=changed)
        answer = await answer_of(dataclasses.replace(probe, installation=inside), "OBS-12")
    assert "no Loki" in answer.evidence


async def test_an_access_record_is_found_in_its_file_beside_longer_ones(
    probe, context, tmp_path, monkeypatch
):
    """Without the recent log, as while the cache is away: the files of the other processes come after the API's."""
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "worker.log").write_text("a line of a worker\n" * 400)
    settings = probe.inside.settings.model_copy(update={"home": tmp_path})
    monkeypatch.setattr("hauberk.infra.telemetry.checks.secrets.token_hex", lambda _bytes: "beside")
    record = {"request_id": "readiness-beside", "user_id": 1, "duration_ms": 1.0, "route": "/", "code": 200}
    (tmp_path / "logs" / "api.log").write_text(json.dumps(record) + "\n")

    async def nothing(*_arguments, **_options):
        return []

    monkeypatch.setattr("hauberk.infra.telemetry.lines.Logs.recent", nothing)
    inside = dataclasses.replace(probe.inside, settings=settings)
    answer = await answer_of(dataclasses.replace(probe, installation=inside), "OBS-7")
    assert answer.result is Result.PASS, answer.evidence


async def test_where_logs_go_is_not_known_until_somebody_says(probe):
    assert (await answer_of(probe, "OBS-12")).result is Result.SKIP


def exposed(probe, *, token=None):
    settings = probe.inside.settings
    metrics = settings.metrics.model_copy(update={"token": token})
    changed = settings.model_copy(update={"environment": Environment.PRODUCTION, "metrics": metrics})
    return dataclasses.replace(probe, installation=dataclasses.replace(probe.inside, settings=changed))


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
    answer = await answer_of(exposed(probe, token=SecretStr("of-prometheus")), row)
    assert "open to everybody" in answer.evidence


@pytest.mark.parametrize("flaw", ["old", "another server"])
async def test_a_report_of_long_ago_or_to_another_server_proves_nothing_now(
    probe, context, monkeypatch, collector, flaw
):
    dsn = f"http://key@127.0.0.1:{collector.port}/7"
    sentry = type(probe.inside.settings.sentry).model_validate({"dsn": dsn})
    settings = probe.inside.settings.model_copy(update={"sentry": sentry})
    here = dataclasses.replace(probe, installation=dataclasses.replace(probe.inside, settings=settings))
    figures = {"server": "old.example/7" if flaw == "another server" else sentry.server}
    sent = Outcome(True, "Sent.", figures)
    await records.keep(context, RecordKind.DRILL, ERROR_REPORT, sent, datetime.now(UTC))
    if flaw == "old":
        later = SimpleNamespace(now=lambda: datetime.now(UTC) + timedelta(days=31))
        monkeypatch.setattr("hauberk.infra.readiness.record.clock", later)
    answer = await answer_of(here, "OBS-6")
    assert answer.result is Result.SKIP, answer.evidence
