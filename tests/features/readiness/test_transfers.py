"""What comes in and what goes out: uploads by content and in pieces, calls with breakers and limits, work that fails."""

import dataclasses
import math
import re
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import redis.asyncio
from sqlalchemy import update

from fixtures.api import serving, unlimited
from fixtures.nodes import free_port
from fixtures.readiness import answer_of, site_of
from hauberk.db.models.job import Job
from hauberk.features.notifications import sending
from hauberk.features.readiness import probing
from hauberk.infra.clamav import CLAMAV
from hauberk.infra.http import Destination, Limits, breaker, destinations, retrying
from hauberk.infra.readiness import Kind, Result
from hauberk.infra.storage.local import LocalStorage
from hauberk.jobs import execute, outbox, retries
from hauberk.jobs import job as jobs
from hauberk.jobs.enqueue import enqueue_async
from hauberk.parsers.sdk import danger

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def _probing(settings):
    """A probe of an application with settings of its own."""
    async with serving(settings) as app:
        site = site_of(app)
        async with probing.of(app.state.context, site) as made:
            yield made
        await site.http.aclose()


ROWS = ["SEC-6", "PERF-6", "PERF-13", "ERR-4"]


@pytest.mark.parametrize("row", ROWS)
async def test_a_sound_installation_passes(probe, row):
    answer = await answer_of(probe, row)
    assert (answer.result, answer.kind) == (Result.PASS, Kind.LIVE), answer


async def test_work_that_fails_is_retried_with_an_end(fresh_settings):
    async with _probing(unlimited(fresh_settings)) as probe:
        answer = await answer_of(probe, "ERR-3")
    assert answer.result is Result.PASS, answer
    assert re.search(r"import (1-)?3 attempts", answer.evidence)


@pytest.mark.long
async def test_the_evidence_says_what_was_seen(probe):
    refused = (await answer_of(probe, "SEC-6")).evidence
    for code in (
        "malware_signature",
        "archive_bomb",
        "executable_content",
        "unsupported_format",
        "oversized",
    ):
        assert code in refused
    assert "64 MiB in 8 requests" in (await answer_of(probe, "PERF-6")).evidence
    assert "clamav" in (await answer_of(probe, "PERF-13")).evidence
    tenant = await probe.tenant()
    held = await probe.site.http.get("/api/v1/quarantine", headers=tenant.headers)
    assert held.json()["items"] == []
    left = await probe.site.http.get("/api/v1/uploads", headers=tenant.headers)
    assert left.json()["items"] == []


@pytest.mark.breaks("SEC-6")
async def test_a_test_virus_that_is_only_an_unknown_format_fails(probe, monkeypatch):
    monkeypatch.setattr(danger, "_EICAR", b"\0never")
    assert "unsupported_format" in (await answer_of(probe, "SEC-6")).evidence


@pytest.mark.long
@pytest.mark.breaks("SEC-6")
async def test_a_size_limit_that_is_none_fails(settings):
    upload = settings.upload.model_copy(update={"max_bytes": 2**60, "unfinished_bytes": 2**61})
    async with _probing(unlimited(settings).model_copy(update={"upload": upload})) as probe:
        assert "as good as none" in (await answer_of(probe, "SEC-6")).evidence


@pytest.mark.breaks("PERF-6")
async def test_an_installation_that_takes_no_64_mebibytes_fails(settings):
    upload = settings.upload.model_copy(update={"max_bytes": 2**20})
    async with _probing(unlimited(settings).model_copy(update={"upload": upload})) as probe:
        await answer_of(probe, "PERF-6")


@pytest.mark.long
@pytest.mark.breaks("PERF-6")
async def test_a_process_that_keeps_what_it_is_sent_fails(probe, monkeypatch):
    write, kept = LocalStorage.write, []

    async def keep(self, chunks, *, limit):
        async def all_of_them():
            async for chunk in chunks:
                kept.append(bytearray(chunk))
                yield chunk

        return await write(self, all_of_them(), limit=limit)

    monkeypatch.setattr(LocalStorage, "write", keep)
    assert "MiB more at most" in (await answer_of(probe, "PERF-6")).evidence


@pytest.mark.breaks("PERF-13")
async def test_a_breaker_that_never_opens_fails(probe, monkeypatch):
    monkeypatch.setattr(breaker, "THRESHOLD", 10**9)
    await answer_of(probe, "PERF-13")


async def test_a_circuit_that_is_open_is_a_warning_with_its_last_trip(probe, context):
    breakers = breaker.Breakers(context.cache)
    for _ in range(breaker.THRESHOLD):
        await breakers.leave("clamav /run/x", "timed_out")
    try:
        answer = await answer_of(probe, "PERF-13")
        assert answer.result is Result.WARN
        assert "clamav /run/x open, tripped 1 times, last 20" in answer.evidence
    finally:
        await context.cache.hdel(breaker.KEY, "clamav /run/x")


@pytest.mark.long
async def test_without_the_cache_nobody_can_say_whether_circuits_are_shared(probe):
    nobody = redis.asyncio.Redis(port=free_port(), socket_connect_timeout=0.5, socket_timeout=0.5)
    away = replace(probe, installation=replace(probe.inside, cache=nobody))
    answer = await answer_of(away, "PERF-13")
    await nobody.aclose()
    assert answer.result is Result.SKIP, answer.evidence
    assert "HAUBERK_CACHE_URL" in answer.advice


@pytest.mark.breaks("ERR-4")
async def test_a_destination_without_a_limit_fails(probe, monkeypatch):
    endless = Destination("endless", "A test", limits=Limits(total=math.inf))
    monkeypatch.setitem(destinations.__globals__["_REGISTER"], "endless", endless)
    assert endless in destinations()
    assert "endless" in (await answer_of(probe, "ERR-4")).evidence


@pytest.mark.breaks("ERR-4")
async def test_a_statement_without_a_limit_fails(settings):
    database = settings.database.model_copy(update={"statement_timeout": 3600})
    async with _probing(unlimited(settings).model_copy(update={"database": database})) as probe:
        await answer_of(probe, "ERR-4")


@pytest.mark.breaks("ERR-3")
async def test_a_job_that_is_retried_for_ever_fails(probe, monkeypatch):
    endless = dataclasses.replace(jobs.all_kinds()[0], kind="test.endless", max_attempts=10**6)
    monkeypatch.setitem(jobs._kinds, "test.endless", endless)
    assert "test.endless" in (await answer_of(probe, "ERR-3")).evidence


@pytest.mark.breaks("ERR-3")
async def test_retries_that_come_together_fail(probe, monkeypatch):
    monkeypatch.setattr(execute.random, "uniform", lambda low, high: (low + high) / 2)
    await answer_of(probe, "ERR-3")


@pytest.mark.long
@pytest.mark.breaks("ERR-3")
@pytest.mark.parametrize(
    ("name", "wrong", "told"),
    [
        ("pause", lambda _attempt, _after=None: 0.01, "outgoing calls do not grow"),
        ("RETRIED", frozenset(), "made 1 time(s)"),
        ("REPEATABLE", frozenset({"GET", "POST"}), "made again by itself"),
    ],
)
async def test_calls_that_are_not_repeated_as_they_should_be_fail(probe, monkeypatch, name, wrong, told):
    monkeypatch.setattr(retrying, name, wrong)
    assert told in (await answer_of(probe, "ERR-3")).evidence


@pytest.mark.long
@pytest.mark.breaks("ERR-3")
@pytest.mark.parametrize(("of", "module"), [("events", outbox), ("notices", sending)])
async def test_events_and_notices_that_are_repeated_at_once_together_or_for_ever_fail(
    probe, monkeypatch, of, module
):
    assert f"{of} {module.MAX_ATTEMPTS} attempts" in (await answer_of(probe, "ERR-3")).evidence
    declared = retries._DECLARED[of]
    assert declared.pause is module.pause
    for wrong, told in ((lambda _n: 1.0, "do not grow"), (lambda n: 2.0**n / 100, "are not scattered")):
        monkeypatch.setitem(retries._DECLARED, of, dataclasses.replace(declared, pause=wrong))
        answer = await answer_of(probe, "ERR-3")
        assert f"of {of}" in answer.evidence
        assert told in answer.evidence
    monkeypatch.setitem(retries._DECLARED, of, dataclasses.replace(declared, attempts=10**6))
    assert f"Retried without an end: {of}." in (await answer_of(probe, "ERR-3")).evidence


@pytest.mark.breaks("ERR-3")
async def test_a_service_that_is_called_without_an_end_fails(probe, monkeypatch):
    endless = dataclasses.replace(CLAMAV, attempts=10**6)
    monkeypatch.setattr("hauberk.jobs.checks.destinations", lambda: [endless])
    assert "clamav" in (await answer_of(probe, "ERR-3")).evidence


@pytest.mark.long
async def test_a_job_that_we_lost_is_a_dead_letter(probe, context, organization):
    async with context.sessions.transaction(organization.organization_id) as session:
        job_id = await enqueue_async(
            session, jobs.scheduled()[0], organization_id=organization.organization_id
        )
        await session.execute(
            update(Job)
            .where(Job.organization_id == organization.organization_id, Job.id == job_id)
            .values(state="failed", error={"code": "worker_lost"}, finished_at=Job.created_at)
        )
    answer = await answer_of(probe, "ERR-3")
    assert answer.result is Result.WARN
    assert "by faults of ours" in answer.evidence
