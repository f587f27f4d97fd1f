"""Rows of logs, error reports and traces (OBS-6 to 12, LCH-2): a sound installation is proved, and what is broken is seen."""

import asyncio
import json
import logging
import secrets
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import structlog

from factories.working import working
from fixtures.api import serving, unlimited
from fixtures.http_servers import answering, listening
from fixtures.nodes import free_port
from fixtures.readiness import answer_of, site_of, with_settings
from fixtures.sinks import sink
from hauberk.features.readiness import probing, records
from hauberk.infra import telemetry
from hauberk.infra.readiness import Outcome, RecordKind, Result
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


@pytest.mark.parametrize("row", ["OBS-7", "OBS-10", "LCH-2"])
async def test_a_sound_installation_passes(probe, row):
    answer = await answer_of(probe, row)
    assert answer.result is Result.PASS, answer.evidence


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


@pytest.mark.long
@pytest.mark.breaks("OBS-7")
async def test_requests_that_are_not_logged_fail(probe, monkeypatch):
    structlog.get_logger("hauberk.other").info("there_is_a_log")
    monkeypatch.setattr("hauberk.api.middleware.request.RequestMiddleware._note", lambda *_: None)
    monkeypatch.setattr("hauberk.infra.telemetry.checks.ARRIVAL_SECONDS", 1.5)
    assert (await answer_of(probe, "OBS-7")).result is Result.FAIL


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
async def test_a_trace_is_followed_from_the_request_over_the_job_to_the_statement(settings, collector):
    otlp = settings.otlp.model_copy(update={"endpoint": collector.url})
    told = unlimited(settings).model_copy(update={"otlp": otlp})
    async with serving(told) as app, probing.of(app.state.context, site_of(app)) as probe:
        with working(told) as worker:
            answering = asyncio.create_task(answer_of(probe, "OBS-11"))
            while not answering.done():
                await asyncio.to_thread(worker, Queue.IMPORT)
                await asyncio.sleep(0.2)
        answer = await answering
    telemetry.configure_logging(settings)
    assert answer.result is Result.PASS, answer.evidence


@pytest.mark.long
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
@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("403 Forbidden", "does not know the key or the project: it answered 403"),
        ("429 Too Many Requests", "takes no reports of errors now: it answered 429"),
        ("302 Found", "takes no reports of errors now: it answered 302"),
        ("503 Service Unavailable", "takes no reports of errors now: it answered 503"),
    ],
)
async def test_a_server_that_takes_no_report_any_more_fails_whatever_is_on_record(
    probe, context, status, said
):
    async with listening(answering(status=status)) as server:
        dsn = f"http://key@127.0.0.1:{server.port}/1"
        sentry = type(probe.inside.settings.sentry).model_validate({"dsn": dsn})
        sent = Outcome(True, "Sent.", {"server": sentry.server})
        await records.keep(context, RecordKind.DRILL, ERROR_REPORT, sent, datetime.now(UTC))
        answer = await answer_of(with_settings(probe, sentry=sentry), "OBS-6")
    assert said in answer.evidence
    assert "sentry_key=key" in server.requests[0]


@pytest.mark.long
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


@pytest.mark.long
@pytest.mark.breaks("OBS-11")
async def test_a_collector_that_takes_nothing_fails(settings, monkeypatch):
    monkeypatch.setattr("hauberk.infra.telemetry.checks.TRACE_SECONDS", 4.0)
    otlp = settings.otlp.model_copy(update={"endpoint": "http://127.0.0.1:9"})
    told = unlimited(settings).model_copy(update={"otlp": otlp})
    async with serving(told) as app, probing.of(app.state.context, site_of(app)) as probe:
        answer = await answer_of(probe, "OBS-11")
    telemetry.configure_logging(settings)
    assert "was taken at http://127.0.0.1:9" in answer.evidence


@pytest.mark.long
@pytest.mark.breaks("OBS-12")
async def test_a_log_record_that_does_not_arrive_where_logs_are_kept_fails(probe, monkeypatch):
    """A Loki that answers as it does when it has nothing of the kind."""
    monkeypatch.setattr("hauberk.infra.telemetry.checks.ARRIVAL_SECONDS", 1.0)
    nothing = b'{"status":"success","data":{"resultType":"streams","result":[]}}'
    async with listening(answering(nothing, content_type="application/json")) as loki:
        answer = await answer_of(_with_loki(probe, loki.port), "OBS-12")
        (asked, *_) = loki.requests
    assert asked.startswith("GET /loki/api/v1/query_range?query=")
    assert "did not arrive" in answer.evidence


@pytest.mark.breaks("OBS-12")
async def test_a_page_that_repeats_the_question_is_no_loki(probe, monkeypatch):
    """As a proxy's page of errors does, with the address that was asked for."""
    monkeypatch.setattr("hauberk.infra.telemetry.checks.ARRIVAL_SECONDS", 1.0)
    monkeypatch.setattr("hauberk.infra.telemetry.checks.secrets.token_hex", lambda _bytes: "1234")
    page = b"no such page: /loki/api/v1/query_range?query=readiness-1234"
    async with listening(answering(page, content_type="text/html")) as other:
        answer = await answer_of(_with_loki(probe, other.port), "OBS-12")
    assert "no Loki" in answer.evidence


def a_loki_that_keeps(configuration, status="200 OK"):
    """It has every record that is asked for, and tells its configuration so."""

    async def behave(listener, writer):
        asked = listener.requests[-1]
        text = asked.partition("%7C%3D+%22")[2].partition("%22")[0]
        found = json.dumps({"data": {"result": [{"values": [["1", f"a record of {text}"]]}]}}).encode()
        body, told = (
            (configuration.encode(), status) if asked.startswith("GET /config") else (found, "200 OK")
        )
        await answering(body, told)(listener, writer)

    return behave


KEPT = "compactor: {retention_enabled: true}\nlimits_config: {retention_period: 30d}\n"


@pytest.mark.breaks("OBS-12")
@pytest.mark.parametrize(
    "configuration",
    [
        KEPT.replace("true", "false"),
        KEPT.replace("30d", "0s"),
        "limits_config: {retention_period: 30d}",
    ],
)
async def test_logs_that_are_kept_for_ever_fail(probe, configuration):
    async with listening(a_loki_that_keeps(configuration)) as loki:
        assert "nothing there ever ends" in (await answer_of(_with_loki(probe, loki.port), "OBS-12")).evidence


@pytest.mark.parametrize(
    ("configuration", "status", "result", "told"),
    [
        (KEPT, "200 OK", Result.PASS, "keeps it for 30d"),
        (KEPT, "404 Not Found", Result.WARN, "does not tell"),
        ("[: a page", "200 OK", Result.WARN, "does not tell"),
    ],
)
async def test_how_long_logs_are_kept_is_what_the_loki_says(probe, configuration, status, result, told):
    async with listening(a_loki_that_keeps(configuration, status)) as loki:
        answer = await answer_of(_with_loki(probe, loki.port), "OBS-12")
    assert (answer.result, told in answer.evidence) == (result, True), answer.evidence


def _with_loki(probe, port):
    settings = probe.inside.settings
    log = settings.log.model_copy(update={"loki_url": f"http://127.0.0.1:{port}"})
    egress = settings.egress.model_copy(update={"allow": ("127.0.0.0/8",), "ports": ("1-65535",)})
    return with_settings(probe, log=log, egress=egress)


async def test_an_access_record_is_found_in_its_file_beside_longer_ones(
    probe, context, tmp_path, monkeypatch
):
    """Without the recent log, as while the cache is away: the files of the other processes come after the API's."""
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "worker.log").write_text("a line of a worker\n" * 400)
    monkeypatch.setattr("hauberk.infra.telemetry.checks.secrets.token_hex", lambda _bytes: "beside")
    record = {"request_id": "readiness-beside", "user_id": 1, "duration_ms": 1.0, "route": "/", "code": 200}
    (tmp_path / "logs" / "api.log").write_text(json.dumps(record) + "\n")

    async def nothing(*_arguments, **_options):
        return []

    monkeypatch.setattr("hauberk.infra.telemetry.lines.Logs.recent", nothing)
    answer = await answer_of(with_settings(probe, home=tmp_path), "OBS-7")
    assert answer.result is Result.PASS, answer.evidence


async def test_where_logs_go_is_not_known_until_somebody_says(probe):
    assert (await answer_of(probe, "OBS-12")).result is Result.SKIP


@pytest.mark.parametrize("flaw", ["old", "another server"])
async def test_a_report_of_long_ago_or_to_another_server_proves_nothing_now(
    probe, context, monkeypatch, collector, flaw
):
    dsn = f"http://key@127.0.0.1:{collector.port}/7"
    sentry = type(probe.inside.settings.sentry).model_validate({"dsn": dsn})
    figures = {"server": "old.example/7" if flaw == "another server" else sentry.server}
    sent = Outcome(True, "Sent.", figures)
    await records.keep(context, RecordKind.DRILL, ERROR_REPORT, sent, datetime.now(UTC))
    if flaw == "old":
        later = SimpleNamespace(now=lambda: datetime.now(UTC) + timedelta(days=31))
        monkeypatch.setattr("hauberk.infra.readiness.record.clock", later)
    answer = await answer_of(with_settings(probe, sentry=sentry), "OBS-6")
    assert answer.result is Result.SKIP, answer.evidence
