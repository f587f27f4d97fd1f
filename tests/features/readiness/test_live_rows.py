"""Rows that are proved by using the product: its queues, caches, indexes, the core flow, the monitor from outside."""

import time
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from factories.working import working
from fixtures.api import browser, serving, unlimited
from fixtures.readiness import answer_of, site_of
from hauberk.api.monitor import HEADER
from hauberk.db import checks as database
from hauberk.db.url import driver_url
from hauberk.features.dashboards import cache, checks
from hauberk.features.readiness import core_flow, probe_key, probing, starting
from hauberk.features.readiness.checks import in_use, monitor
from hauberk.infra.readiness import Installation, Probe, Result, Site
from hauberk.infra.settings.sections import Environment

pytestmark = pytest.mark.anyio


@pytest.fixture
def as_owner(owner_url):
    def run(*statements):
        with create_engine(driver_url(owner_url), poolclass=NullPool).begin() as connection:
            for statement in statements:
                connection.execute(text(statement))

    return run


@asynccontextmanager
async def inside(settings):
    """The application on settings of its own, and a probe of it."""
    async with serving(unlimited(settings)) as app:
        site = site_of(app)
        async with probing.of(app.state.context, site) as probe:
            yield app, probe
        await site.http.aclose()


@asynccontextmanager
async def worker_at_work(settings):
    """A worker beside the test, until the block ends."""
    with working(settings) as work:
        is_over = False

        async def go_on():
            while not is_over:
                await anyio.to_thread.run_sync(work)
                await anyio.sleep(0.05)

        async with anyio.create_task_group() as group:
            group.start_soon(go_on)
            yield
            is_over = True


@pytest.mark.breaks("INF-7")
async def test_an_index_that_was_dropped_fails(probe, as_owner, monkeypatch):
    monkeypatch.setattr(database, "LARGE_TABLE_ROWS", 10**9)  # other tests may have left many
    before = await answer_of(probe, "INF-7")
    assert before.result is Result.SKIP, before.evidence
    assert "hot queries" in before.evidence
    as_owner("alter index scan_accepted_idx rename to scan_gone_idx")
    try:
        after = await answer_of(probe, "INF-7")
    finally:
        as_owner("alter index scan_gone_idx rename to scan_accepted_idx")
    assert "scan_accepted_idx" in after.evidence


@pytest.mark.breaks("INF-7")
async def test_an_index_of_that_name_and_of_something_else_fails(probe, as_owner):
    as_owner(
        "alter index finding_decided_idx rename to finding_kept_idx",
        "create index finding_decided_idx on finding (id)",
    )
    try:
        answer = await answer_of(probe, "INF-7")
    finally:
        as_owner(
            "drop index finding_decided_idx", "alter index finding_kept_idx rename to finding_decided_idx"
        )
    assert "Of the right name" in answer.evidence
    assert "finding_decided_idx" in answer.evidence


@pytest.mark.breaks("INF-7")
async def test_an_index_that_is_invalid_fails(probe, servers, owner_url):
    name = driver_url(owner_url).database
    superuser = driver_url(servers.superuser_url).set(database=name)
    which = "where indexrelid = 'finding_list_idx'::regclass"
    with create_engine(superuser, poolclass=NullPool).begin() as connection:
        connection.execute(text(f"update pg_index set indisvalid = false {which}"))
    try:
        answer = await answer_of(probe, "INF-7")
    finally:
        with create_engine(superuser, poolclass=NullPool).begin() as connection:
            connection.execute(text(f"update pg_index set indisvalid = true {which}"))
    assert "reindex" in (answer.advice or "")


async def test_the_cache_is_looked_at_by_a_key_of_the_probe(probe, monkeypatch):
    monkeypatch.setattr(checks, "FEWEST_READS", 10**9)  # other tests of this process have read, too
    answer = await answer_of(probe, "PERF-1")
    assert answer.result is Result.SKIP, answer.evidence
    assert answer.evidence.startswith("Miss, hit, write, miss")


@pytest.mark.breaks("PERF-1")
async def test_a_cache_that_keeps_nothing_fails(probe, monkeypatch):
    async def never(client, key, compute):
        return await compute()

    monkeypatch.setattr(checks, "kept", never)
    assert (await answer_of(probe, "PERF-1")).result is Result.FAIL


@pytest.mark.breaks("PERF-1")
async def test_an_answer_that_is_kept_for_ever_fails(probe, context):
    await context.cache.set(f"{checks.FAMILY}:7:stale", "x")
    try:
        assert (await answer_of(probe, "PERF-1")).result is Result.FAIL
    finally:
        await context.cache.delete(f"{checks.FAMILY}:7:stale")


@pytest.mark.long
async def test_the_hit_ratio_is_told_once_there_were_enough_reads(probe, api, monkeypatch):
    monkeypatch.setattr(checks, "FEWEST_READS", 10)
    for _ in range(checks.FEWEST_READS + 2):
        await api.get("/api/v1/dashboard")
    for row in ("PERF-1", "PERF-5"):
        answer = await answer_of(probe, row)
        assert answer.result is Result.PASS, answer.evidence
        assert "Hit ratio" in answer.evidence


@pytest.mark.breaks("PERF-5")
async def test_a_result_that_is_kept_for_everybody_fails(probe, context):
    await context.cache.set(f"{checks.FAMILY}:everybody", "x", ex=cache.SHORTEST_SECONDS)
    try:
        assert (await answer_of(probe, "PERF-5")).result is Result.FAIL
    finally:
        await context.cache.delete(f"{checks.FAMILY}:everybody")


@pytest.mark.breaks("PERF-5")
async def test_answers_that_a_proxy_keeps_for_everybody_fail(probe):
    first = {}

    async def kept(answer):
        first.setdefault(answer.url.path, answer.headers["x-request-id"])
        answer.headers["x-request-id"] = first[answer.url.path]

    probe.site.http.event_hooks["response"].append(kept)
    answer = await answer_of(probe, "PERF-5")
    assert answer.result is Result.FAIL
    assert "hands them to anybody" in answer.evidence


@pytest.mark.long
@pytest.mark.breaks("PERF-7", "LCH-3")
async def test_without_a_worker_queues_and_core_flow_fail(fresh_settings, monkeypatch):
    monkeypatch.setattr(in_use, "ROUND_TRIP_SECONDS", 0.5)
    monkeypatch.setattr(core_flow, "SCAN_SECONDS", 0.5)
    async with inside(fresh_settings) as (_, probe):
        queues, flow = await answer_of(probe, "PERF-7"), await answer_of(probe, "LCH-3")
    assert "import (accepted)" in queues.evidence
    assert "no worker had read the report" in flow.evidence


@pytest.mark.breaks("PERF-7")
async def test_without_a_scheduler_background_work_fails(fresh_settings):
    async with inside(fresh_settings) as (_, probe), worker_at_work(fresh_settings):
        answer = await answer_of(probe, "PERF-7")
    assert "No scheduler leads" in answer.evidence


@pytest.mark.long
async def test_with_a_worker_the_core_flow_passes_and_cleans_up(fresh_settings):
    async with inside(fresh_settings) as (_, probe), worker_at_work(fresh_settings):
        async with probe.inside.engine.begin() as connection:
            await connection.execute(text("select lead('scheduler', 'scheduler-1', interval '5 minutes')"))
        answers = {row: await answer_of(probe, row) for row in ("LCH-3", "PERF-7", "PERF-2")}
        tenant = await probe.tenant()
        left = await probe.site.http.get("/api/v1/assets", headers=tenant.headers)
    for row, answer in answers.items():
        assert answer.result is Result.PASS, f"{row}: {answer.evidence}"
    assert left.json()["items"] == []


@pytest.mark.long
async def test_two_that_look_at_once_do_not_see_each_other_s_findings(fresh_settings):
    async with inside(fresh_settings) as (app, probe), worker_at_work(fresh_settings):
        answers = {}

        async def look(name, at):
            answers[name] = await answer_of(at, "LCH-3")

        async with probing.of(app.state.context, probe.site) as other, anyio.create_task_group() as group:
            group.start_soon(look, "by hand", probe)
            group.start_soon(look, "on schedule", other)
    assert {answer.result for answer in answers.values()} == {Result.PASS}, answers


@pytest.mark.long
@pytest.mark.breaks("LCH-3")
async def test_a_proxy_that_drops_what_programs_sign_in_with_fails(fresh_settings):
    async with serving(unlimited(fresh_settings)) as app, worker_at_work(fresh_settings):

        async def proxy(scope, receive, send):
            headers = [each for each in scope["headers"] if each[0] != b"authorization"]
            await app({**scope, "headers": headers}, receive, send)

        site = site_of(proxy)
        async with probing.of(app.state.context, site) as probe:
            answer = await answer_of(probe, "LCH-3")
        await site.http.aclose()
    assert "is answered 401" in answer.evidence
    assert "Authorization" in answer.advice


@pytest.mark.breaks("PERF-2")
async def test_a_query_for_each_row_fails(probe, monkeypatch):
    async def use(_probe):
        return in_use.Used([], {"/findings": (3, 9, 6)})

    monkeypatch.setattr(in_use, "_use", use)
    assert (await answer_of(probe, "PERF-2")).result is Result.FAIL


async def test_only_the_probe_is_told_how_many_statements_it_took(api, context):
    plain = await api.get("/api/v1/findings")
    asked = await api.get("/api/v1/findings", headers={probe_key.HEADER: probe_key.make(context.key_ring)})
    forged = await api.get("/api/v1/findings", headers={probe_key.HEADER: "1.00"})
    assert probe_key.STATEMENTS not in plain.headers
    assert probe_key.STATEMENTS not in forged.headers
    assert int(asked.headers[probe_key.STATEMENTS]) > 0


async def test_the_monitor_from_outside_is_seen_and_missed(settings, monkeypatch):
    proving = settings.readiness.model_copy(update={"monitor_token": SecretStr("from-far-away")})
    watched = settings.model_copy(update={"readiness": proving})
    async with serving(unlimited(watched)) as app:
        context = app.state.context
        site = site_of(app)
        probe = Probe(
            site, Installation(context.settings, context.sessions.engine, context.cache, context.queue)
        )
        await context.cache.delete(monitor.KEY)
        for address, token in (
            ("127.0.0.1", "from-far-away"),
            ("8.8.8.8", "wrong"),
            ("10.1.2.3", "from-far-away"),
        ):
            async with browser(app, address) as client:
                await client.get("/health", headers={HEADER: token})
        assert (await answer_of(probe, "OBS-8")).result is Result.SKIP
        async with browser(app, "8.8.8.8") as client:
            await client.get("/health", params={"token": "from-far-away"})
        seen = await answer_of(probe, "OBS-8")
        assert (seen.result, "8.8.8.8" in seen.evidence) == (Result.PASS, True)
        await context.cache.delete(monitor.KEY)
        await site.http.aclose()


@pytest.fixture
def visited(probe, context):
    """What the row says where a monitor's visit is noted so many seconds from now."""

    async def answer(seconds):
        proving = probe.inside.settings.readiness.model_copy(update={"monitor_token": SecretStr("x")})
        settings = probe.inside.settings.model_copy(update={"readiness": proving})
        await context.cache.set(monitor.KEY, f"{time.time() + seconds:.0f} 8.8.8.8")
        try:
            return await answer_of(
                replace(probe, installation=replace(probe.inside, settings=settings)), "OBS-8"
            )
        finally:
            await context.cache.delete(monitor.KEY)

    return answer


@pytest.mark.breaks("OBS-8")
async def test_a_monitor_that_stopped_fails(visited):
    assert "8.8.8.8" in (await visited(-3600)).evidence


async def test_a_visit_of_a_time_that_has_not_come_is_none(visited):
    answer = await visited(86_400)
    assert answer.result is Result.SKIP, answer.evidence


@pytest.mark.parametrize("row", ["WEB-3"])
@pytest.mark.breaks("WEB-3")
@pytest.mark.parametrize("broken", ["absent", "scope", "shell"])
async def test_a_service_worker_that_no_browser_would_install_fails(probe, row, broken):
    worker = 'const SHELL = ["/", "/gone.js"]; self.skipWaiting(); "navigate"'

    def answer(request):
        if request.url.path != "/sw.js":
            return httpx2.Response(404 if request.url.path == "/gone.js" else 200)
        headers = {
            "Content-Type": "text/javascript",
            "Cache-Control": "no-store",
            "Service-Worker-Allowed": "/",
        }
        if broken == "scope":
            headers["Service-Worker-Allowed"] = "/app"
        return httpx2.Response(404 if broken == "absent" else 200, text=worker, headers=headers)

    site = Site(
        "http://site", httpx2.AsyncClient(transport=httpx2.MockTransport(answer), base_url="http://site")
    )
    assert (await answer_of(replace(probe, site=site), row)).result is Result.FAIL
    await site.http.aclose()


@pytest.mark.long
async def test_where_others_can_reach_it_an_unready_product_does_not_start(fresh_settings, capsys):
    exposed = fresh_settings.model_copy(
        update={
            "environment": Environment.PRODUCTION,
            "secret_keys": (SecretStr("your-super-secure-randomly-generated-key-here"),),
        }
    )
    problems = await starting.failing(exposed)
    assert [problem.partition(" ")[0] for problem in problems] == ["SEC-1", "INF-4"]
    with pytest.raises(SystemExit) as ended:
        await anyio.to_thread.run_sync(starting.refuse_unready, exposed)
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "SEC-1" in told
    assert "INF-4" in told
