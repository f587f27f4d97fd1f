"""What readiness sees of the serving processes, and that it fails when they are not as they should be."""

import asyncio
import json
import os
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from fixtures.api import serving, unlimited
from fixtures.readiness import answer_of, site_of, with_settings
from hauberk.api import presence, proxy
from hauberk.api.checks import serving as serving_checks
from hauberk.features.identity.context import Context
from hauberk.features.readiness import probing, records
from hauberk.infra.readiness import Outcome, RecordKind, Result, in_force
from hauberk.infra.readiness.processes import alive
from hauberk.infra.settings import Environment
from hauberk.kit import clock

pytestmark = pytest.mark.anyio


async def on_record(context: Context, name: str, *, has_passed: bool) -> None:
    await records.keep(
        context, RecordKind.DRILL, name, Outcome(has_passed, f"{name} was tried."), clock.now()
    )


@pytest.fixture
async def alone(fresh_settings):
    """A probe of an installation whose records are this test's alone."""
    async with serving(unlimited(fresh_settings)) as app:
        site = site_of(app)
        async with probing.of(app.state.context, site) as made:
            yield made, app.state.context
        await site.http.aclose()


async def test_pools_have_both_bounds(fresh_settings):
    database = fresh_settings.database.model_copy(update={"pool_min": 5})
    async with serving(unlimited(fresh_settings.model_copy(update={"database": database}))) as app:
        site = site_of(app)
        async with probing.of(app.state.context, site) as probe:
            answer = await answer_of(probe, "PERF-8")
        await site.http.aclose()
    assert answer.result is Result.PASS, answer.evidence
    assert "Database 5 at start, 20 kept, 40 more" in answer.evidence
    assert "cache 2 to 50, waiting 1 s; queue 2 to 50, waiting 1 s" in answer.evidence


@pytest.mark.breaks("INF-1")
async def test_too_few_processes_fail_and_dead_ones_do_not_count(probe, context):
    living = len(await alive(probe, presence.ROLE))
    assert living >= 1
    detail = f'{{"pid": 4190000, "host": "{os.uname().nodename}"}}'
    report = text("select report_process(:name, 'api', cast(:detail as jsonb))")
    async with context.sessions.engine.begin() as connection:
        for number in range(5):
            await connection.execute(report, {"name": f"api@gone:{number}", "detail": detail})
    answer = await answer_of(
        with_settings(replace(probe, _looks={}), environment=Environment.PRODUCTION), "INF-1"
    )
    async with context.sessions.engine.begin() as connection:
        for number in range(5):
            await connection.execute(text("select forget_process(:name)"), {"name": f"api@gone:{number}"})
    assert answer.result is Result.FAIL
    assert f"{living} process(es)" in answer.evidence


@asynccontextmanager
async def telling(context, role="api", **detail):
    """As if a process had told this of itself, on another machine where it does not say which."""
    values = {"pid": os.getpid(), "host": "elsewhere", "clock": time.time(), **detail}
    told = {"name": f"{role}@elsewhere:1", "role": role, "detail": json.dumps(values)}
    async with context.sessions.engine.begin() as connection:
        await connection.execute(text("select report_process(:name, :role, cast(:detail as jsonb))"), told)
    yield
    async with context.sessions.engine.begin() as connection:
        await connection.execute(text("select forget_process(:name)"), {"name": told["name"]})


@pytest.mark.breaks("INF-1")
async def test_a_machine_whose_clock_is_wrong_fails(probe, context):
    async with telling(context, clock=time.time() + 60):
        answer = await answer_of(
            with_settings(replace(probe, _looks={}), environment=Environment.PRODUCTION), "INF-1"
        )
    assert "elsewhere by -60" in answer.evidence or "elsewhere by -59" in answer.evidence


@pytest.mark.breaks("WEB-7")
async def test_a_process_that_debugs_fails(probe, context):
    async with telling(context, debugs=["PYTHONDEVMODE"]):
        answer = await answer_of(
            with_settings(replace(probe, _looks={}), environment=Environment.PRODUCTION), "WEB-7"
        )
    assert f"PYTHONDEVMODE in process {os.getpid()}" in answer.evidence


@pytest.mark.breaks("ERR-5")
async def test_what_was_lost_in_a_drill_fails(alone):
    probe, context = alone
    await on_record(context, "restart", has_passed=False)
    assert (await answer_of(probe, "ERR-5")).result is Result.FAIL
    await on_record(context, "restart", has_passed=True)
    assert (await answer_of(probe, "ERR-5")).result is Result.PASS


@pytest.mark.breaks("ERR-7", "INF-6")
@pytest.mark.parametrize("row", ["ERR-7", "INF-6"])
async def test_what_did_not_survive_an_outage_fails(alone, row):
    probe, context = alone
    for name in ("redis-down", "database-restart", "mail-down", "feed-down"):
        await on_record(context, name, has_passed=True)
    assert (await answer_of(probe, row)).result is Result.PASS
    await on_record(context, "redis-down", has_passed=False)
    assert (await answer_of(probe, row)).result is Result.FAIL


@pytest.mark.breaks("ERR-7")
@pytest.mark.parametrize("name", ["mail-down", "feed-down"])
async def test_what_did_not_bear_the_loss_of_mail_or_a_feed_fails_and_what_was_not_tried_is_no_pass(
    alone, name
):
    probe, context = alone
    for each in {"redis-down", "mail-down", "feed-down"} - {name}:
        await on_record(context, each, has_passed=True)
    await on_record(context, name, has_passed=False)
    answer = await answer_of(probe, "ERR-7")
    assert answer.result is Result.FAIL
    assert name in answer.evidence


@pytest.mark.breaks("PERF-9")
async def test_more_processes_than_memory_fail(probe):
    worker = probe.inside.settings.worker.model_copy(update={"processes": 10_000})
    assert "Lower" in (await answer_of(with_settings(probe, worker=worker), "PERF-9")).advice


@pytest.mark.breaks("PERF-9")
async def test_workers_that_do_not_live_fail(alone):
    probe, context = alone
    worker = probe.inside.settings.worker.model_copy(update={"processes": 2})

    async def answer():
        return await answer_of(with_settings(replace(probe, _looks={}), worker=worker), "PERF-9")

    assert "hauberk worker" in (await answer()).advice
    two = {"HAUBERK_WORKER_PROCESSES": 2}
    async with telling(context, "worker", host=os.uname().nodename, settings=two):
        one = await answer()
        assert one.result is Result.FAIL
        assert "of this machine's 2 only 1" in one.evidence
    async with telling(context, "worker", settings=in_force.told(context.settings, "worker")):
        elsewhere = await answer()
        assert elsewhere.result is Result.PASS, elsewhere.evidence


@pytest.mark.breaks("PERF-9")
async def test_what_a_container_may_not_use_does_not_count(probe, tmp_path, monkeypatch):
    limit = tmp_path / "memory.max"
    limit.write_text(f"{256 * 1024**2}\n")
    monkeypatch.setattr(serving_checks, "_LIMITS_OF_CONTAINERS", (limit,))
    assert "of 256 on" in (await answer_of(probe, "PERF-9")).evidence


@pytest.mark.long
@pytest.mark.breaks("PERF-11")
async def test_a_loop_that_is_kept_from_turning_fails(settings, monkeypatch):
    monkeypatch.setattr(presence, "EVERY_SECONDS", 0.3)
    async with serving(unlimited(settings)) as app:
        site = site_of(app)
        async with probing.of(app.state.context, site) as probe:
            time.sleep(1.5)  # noqa: ASYNC251 - what must never be done
            await asyncio.sleep(1)
            monkeypatch.setattr("hauberk.infra.readiness.processes.TOLD_SECONDS", 0.5)
            early = await answer_of(probe, "PERF-11")
            monkeypatch.setattr(serving_checks, "FEWEST_TICKS", 1)
            answer = await answer_of(probe, "PERF-11")
        await site.http.aclose()
    assert early.result is Result.SKIP, "one late look of a few says nothing"
    assert answer.result is Result.FAIL, answer.evidence
    assert "event_loop_stalled" in (answer.advice or "")


@pytest.mark.long
@pytest.mark.breaks("PERF-11")
async def test_a_process_that_is_there_and_tells_nothing_fails(fresh_settings, monkeypatch):
    """It drops out of those that tell how late their loops are, and the others would speak for it."""
    monkeypatch.setattr(presence, "EVERY_SECONDS", 0.3)
    monkeypatch.setattr(serving_checks, "FEWEST_TICKS", 1)
    monkeypatch.setattr("hauberk.infra.readiness.processes.TOLD_SECONDS", 1)
    command = [sys.executable, "-c", "import time; time.sleep(60)", "hauberk"]
    frozen = await asyncio.create_subprocess_exec(*command)
    async with serving(unlimited(fresh_settings)) as app:
        site = site_of(app)
        async with (
            telling(app.state.context, pid=frozen.pid, host=os.uname().nodename),
            probing.of(app.state.context, site) as probe,
        ):
            await asyncio.sleep(3.5)
            answer = await answer_of(probe, "PERF-11")
            frozen.kill()
            await frozen.wait()
            gone = await answer_of(replace(probe, _looks={}), "PERF-11")
        await site.http.aclose()
    silent = f"Process {frozen.pid} is there and has told nothing"
    assert answer.result is Result.FAIL
    assert silent in answer.evidence
    assert silent not in gone.evidence


@pytest.mark.breaks("INF-5")
@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("client_max_body_size 2148532224;", "client_max_body_size 1m;"),
        ("proxy_read_timeout 32s;", "proxy_read_timeout 10s;"),
        ("max_fails=2", "max_fails=0"),
        ("ssl_protocols TLSv1.2 TLSv1.3;", "ssl_protocols TLSv1 TLSv1.2;"),
    ],
)
async def test_a_proxy_that_is_out_of_step_fails(probe, tmp_path, line, instead):
    settings = probe.inside.settings
    made = proxy.render(
        settings.model_copy(update={"public_url": "https://h.example"}), "nginx", certificate=Path("c")
    )
    assert line in made
    configuration = tmp_path / "hauberk.conf"
    configuration.write_text(made.replace(line, instead))
    http = settings.http.model_copy(update={"proxy_config": configuration})
    exposed = with_settings(probe, http=http, environment=Environment.PRODUCTION)
    assert (await answer_of(exposed, "INF-5")).result is Result.FAIL
