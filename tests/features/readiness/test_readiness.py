"""Readiness: every row is answered, nothing passes unseen, and what is wrong is seen to fail."""

import json
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest
import redis.asyncio
from pydantic import SecretStr

from fixtures.api import serving
from fixtures.readiness import answer_of, in_production, installation, pretending, site_of
from hauberk.features.readiness import probe_key, service
from hauberk.features.readiness.rows import ROWS
from hauberk.infra.readiness import Probe, Result, registered
from hauberk.infra.settings.secret_keys import new_secret

pytestmark = pytest.mark.anyio


async def test_the_checklist_has_its_87_rows():
    assert len(ROWS) == 87
    assert sum(row.level == "must" for row in ROWS.values()) == 6
    assert set(registered()) <= set(ROWS)


@pytest.mark.long
async def test_every_row_is_answered_and_what_has_no_check_is_skipped(probe):
    reports = await service.run(probe, patient=False)
    assert [report.row.id for report in reports] == list(ROWS)
    for report in reports:
        if report.row.id not in registered():
            assert report.answer.result is Result.SKIP
        if report.answer.result is not Result.PASS:
            assert report.answer.advice, report.row.id
    assert sum(service.summary(reports).values()) == 87


@pytest.mark.parametrize(
    "row",
    ["SEC-4", "SEC-8", "INF-2", "PERF-3", "PERF-4", "PERF-12", "WEB-5",
     "ERR-1", "ERR-2", "ERR-6", "CFG-2", "CFG-3", "CFG-4"],
)  # fmt: skip
async def test_a_sound_installation_passes(probe, row):
    answer = await answer_of(probe, row)
    assert answer.result is Result.PASS, answer.evidence


@pytest.mark.parametrize("row", ["SEC-2", "INF-4", "INF-6", "DEL-6"])
async def test_what_was_seen_only_in_part_warns(probe, row):
    answer = await answer_of(probe, row)
    assert answer.result is Result.WARN, answer.evidence


async def test_rate_limits_are_proved_by_a_burst(settings):
    few = {"default": "20/minute", "uploads": "8/minute", "sign_in": "5/minute"}
    rates = settings.rate_limit.model_copy(update=few)
    async with serving(settings.model_copy(update={"rate_limit": rates})) as app:
        site = site_of(app)
        answer = await answer_of(Probe(site, installation(app.state.context)), "SEC-5")
        await site.http.aclose()
    assert answer.result is Result.PASS, answer.evidence


@pytest.mark.parametrize(
    ("row", "changes"),
    [
        ("SEC-1", {"secret_keys": ("your-super-secure-randomly-generated-key-here",)}),
        ("SEC-1", {"secret_keys": (new_secret(),)}),  # encrypted values need the one that is gone
        ("SEC-3", {}),
        ("INF-1", {}),
        ("INF-2", {"workers": 1000}),
        ("INF-3", {}),
        ("INF-4", {}),
        ("LCH-1", {}),
        ("LCH-4", {}),
    ],
)
@pytest.mark.breaks("SEC-1", "SEC-3", "INF-1", "INF-2", "INF-3", "INF-4", "LCH-1", "LCH-4")
@pytest.mark.usefixtures("organization")
async def test_wrong_settings_fail_in_production_and_warn_on_a_laptop(app, context, row, changes):
    if "secret_keys" in changes:
        changes = {"secret_keys": tuple(map(SecretStr, changes["secret_keys"]))}
    site = site_of(app)
    production = await answer_of(Probe(site, in_production(context, **changes)), row)
    assert production.result is Result.FAIL, production.evidence
    if row != "INF-4":
        laptop = await answer_of(Probe(site, installation(context, **changes)), row)
        assert laptop.result is Result.WARN
        assert "required in production" in laptop.evidence
    await site.http.aclose()


@pytest.fixture
async def untouched(fresh_settings):
    """An application whose database holds nothing that another test sealed with a key of its own."""
    async with serving(fresh_settings) as app:
        yield app


@pytest.mark.parametrize("name", ["secrets.json", ".env"])
@pytest.mark.breaks("SEC-1")
async def test_secrets_in_a_file_that_others_may_read_fail(untouched, tmp_path, monkeypatch, name):
    app, context = untouched, untouched.state.context
    monkeypatch.chdir(tmp_path)
    kept = tmp_path / name
    kept.write_text("{}" if name == "secrets.json" else f"HAUBERK_SECRET_KEYS={new_secret()}\n")
    site = site_of(app)
    for mode, result in ((0o644, Result.FAIL), (0o640, Result.PASS)):
        kept.chmod(mode)
        answer = await answer_of(Probe(site, in_production(context, home=tmp_path)), "SEC-1")
        assert answer.result is result, answer.evidence
        assert (name in answer.evidence) == (result is Result.FAIL)
    await site.http.aclose()


@pytest.mark.breaks("PERF-12")
async def test_a_queue_that_may_evict_fails(context, probe):
    await context.queue.config_set("maxmemory-policy", "allkeys-lru")
    try:
        answer = await answer_of(probe, "PERF-12")
    finally:
        await context.queue.config_set("maxmemory-policy", "noeviction")
    assert answer.result in (Result.FAIL, Result.WARN)
    assert "allkeys-lru" in answer.evidence


@pytest.mark.breaks("PERF-12")
@pytest.mark.parametrize(
    ("bound", "words"), [(10**15, "so that is no bound"), (1, "of the queue's memory is in use")]
)
async def test_a_bound_that_bounds_nothing_or_is_reached_fails(context, probe, bound, words):
    before = (await context.queue.config_get("maxmemory"))["maxmemory"]
    await context.queue.config_set("maxmemory", bound)
    try:
        answer = await answer_of(probe, "PERF-12")
    finally:
        await context.queue.config_set("maxmemory", before)
    assert answer.result in (Result.FAIL, Result.WARN)
    assert words in answer.evidence


async def test_a_queue_that_is_not_written_down_is_not_enough(context, probe):
    await context.queue.config_set("appendonly", "no")
    try:
        answer = await answer_of(probe, "PERF-12")
    finally:
        await context.queue.config_set("appendonly", "yes")
    assert answer.result is Result.WARN
    assert "appendonly yes" in answer.advice
    assert (await answer_of(probe, "PERF-12")).result is Result.PASS


async def test_a_cache_that_never_evicts_is_not_enough(context, probe):
    await context.cache.config_set("maxmemory-policy", "noeviction")
    try:
        answer = await answer_of(probe, "PERF-12")
    finally:
        await context.cache.config_set("maxmemory-policy", "allkeys-lfu")
    assert answer.result is Result.WARN


@pytest.mark.breaks("PERF-8")
async def test_a_pool_without_bound_fails(probe):
    unbounded = replace(probe.inside, cache=redis.asyncio.Redis(max_connections=10**6))
    assert (await answer_of(replace(probe, installation=unbounded), "PERF-8")).result is Result.FAIL


@pytest.mark.breaks("DEL-6")
async def test_a_schema_that_is_behind_fails(context, probe, monkeypatch):
    monkeypatch.setattr("hauberk.db.checks.migrate.head", lambda: "9999")
    answer = await answer_of(probe, "DEL-6")
    assert answer.result in (Result.FAIL, Result.WARN)
    assert "needs 9999" in answer.evidence


async def test_a_check_that_breaks_has_not_seen(probe):
    broken = replace(probe.inside, cache=None)
    assert (await answer_of(Probe(probe.site, broken), "PERF-12")).result is Result.SKIP


async def test_the_probe_routes_are_not_there_for_anybody_else(app, api, context):
    old = probe_key.make(context.key_ring).split(".")[1]
    for key in ("", "1.00", f"1.{old}", "x.y"):
        answer = await api.get(f"{probe_key.PATH}/failure", headers={probe_key.HEADER: key})
        assert answer.status_code == 404


@pytest.mark.long
async def test_strictly_a_warning_is_no_pass(probe):
    reports = await service.run(probe, ["CFG-4", "INF-6"])
    assert service.verdict(reports, strict=False)
    assert not service.verdict(reports, strict=True)
    json.dumps(service.summary(reports))


async def test_the_burst_does_not_use_up_anybody_elses_allowance(settings):
    rates = settings.rate_limit.model_copy(update={"default": "1000/minute"})
    async with serving(settings.model_copy(update={"rate_limit": rates})) as app:
        site = site_of(app)
        assert (await answer_of(Probe(site, installation(app.state.context)), "SEC-5")).result is Result.WARN
        await site.http.aclose()


@pytest.mark.parametrize(
    ("status", "seconds", "result"),
    [
        (504, 30.1, "WARN"),
        pytest.param(504, 3, "FAIL", marks=pytest.mark.breaks("PERF-10")),
        pytest.param(200, 30.1, "FAIL", marks=pytest.mark.breaks("PERF-10")),
    ],
)
async def test_a_slow_request_has_to_end_after_30_seconds(context, status, seconds, result, monkeypatch):
    monkeypatch.setattr(httpx2.Response, "elapsed", timedelta(seconds=seconds))
    site = pretending(lambda _request: httpx2.Response(status))
    assert (await answer_of(Probe(site, installation(context)), "PERF-10")).result == result
    await site.http.aclose()


async def test_one_report_makes_one_failure(context):
    asked = []

    def count(request):
        asked.append(request.url.path)
        return httpx2.Response(500, json={})

    site = pretending(count)
    await service.run(Probe(site, installation(context)), ["ERR-1", "ERR-6", "WEB-5"])
    await site.http.aclose()
    assert asked.count(f"{probe_key.PATH}/failure") == 1
