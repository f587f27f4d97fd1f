"""Rows judge the settings that processes run with, not those that whoever asks has read since."""

import asyncio
import sys
from contextlib import ExitStack
from dataclasses import replace

import pytest

from fixtures.api import serving, unlimited
from fixtures.nodes import answer, environment_on, free_port, member_of, serve_command, started
from fixtures.readiness import answer_of, site_of
from hauberk.features.readiness import probing
from hauberk.infra.readiness import Result
from hauberk.infra.readiness.processes import alive
from hauberk.infra.settings import Environment
from hauberk.infra.settings.secret_keys import new_secret
from hauberk.testing.samples import named

pytestmark = pytest.mark.anyio
GIB = 1024**3


@pytest.fixture
async def installation(fresh_settings):
    """A probe, and how to start real processes that have other settings than it."""
    async with serving(unlimited(fresh_settings)) as app:
        site = site_of(app)
        async with probing.of(app.state.context, site) as made:
            inside = replace(
                made.inside,
                settings=made.inside.settings.model_copy(
                    update={
                        "environment": Environment.PRODUCTION,
                        "workers": 1,
                        "rate_limit": fresh_settings.rate_limit,
                    }
                ),
            )
            probe = replace(made, installation=inside)
            with ExitStack() as processes:

                async def other(role, **given):
                    known = len(await alive(replace(probe, _looks={}), role))
                    port = free_port()
                    environment = environment_on(
                        fresh_settings, HAUBERK_PORT=str(port), HAUBERK_WORKERS="1", **given
                    )
                    command = serve_command() if role == "api" else [sys.executable, "-m", "hauberk", role]
                    process = processes.enter_context(started(command, environment))
                    if role == "api":
                        await asyncio.to_thread(answer, f"http://127.0.0.1:{port}/health/live", process)
                    for _ in range(300):
                        if len(await alive(replace(probe, _looks={}), role)) > known:
                            return
                        await asyncio.sleep(0.2)
                    raise AssertionError(f"no {role} told of itself")

                async def asked(row):
                    return await answer_of(replace(probe, _looks={}), row)

                yield other, asked
        await site.http.aclose()


@pytest.mark.long
@pytest.mark.breaks("ERR-4", "PERF-8", "INF-2")
async def test_a_server_that_runs_with_bad_settings_fails_though_those_in_the_file_are_good(installation):
    other, asked = installation
    await other(
        "api",
        HAUBERK_DATABASE_STATEMENT_TIMEOUT="300",
        HAUBERK_DATABASE_POOL_PRE_PING="false",
        HAUBERK_CACHE_MAX_CONNECTIONS="5000",
    )
    for row, said in (
        ("ERR-4", "HAUBERK_DATABASE_STATEMENT_TIMEOUT=300 (here 25)"),
        ("PERF-8", "HAUBERK_CACHE_MAX_CONNECTIONS=5000 (here 50)"),
        ("INF-2", "HAUBERK_DATABASE_POOL_PRE_PING=False (here True)"),
    ):
        with named(row):
            found = await asked(row)
            assert found.result is Result.FAIL, found.evidence
            assert said in found.evidence
            assert "api process" in found.evidence
            assert "restart" in found.advice


@pytest.mark.long
async def test_a_server_whose_settings_were_changed_since_it_began_is_no_pass(installation):
    other, asked = installation
    await other("api", HAUBERK_DATABASE_STATEMENT_TIMEOUT="10", HAUBERK_QUEUE_MAX_CONNECTIONS="20")
    await other("scheduler")
    for row, said in (
        ("ERR-4", "HAUBERK_DATABASE_STATEMENT_TIMEOUT=10"),
        ("PERF-8", "HAUBERK_QUEUE_MAX_CONNECTIONS=20"),
    ):
        with named(row):
            found = await asked(row)
            assert found.result is Result.WARN, found.evidence
            assert said in found.evidence
            assert found.advice.startswith("Restart it")


@pytest.mark.long
@pytest.mark.breaks("SEC-4", "SEC-5")
async def test_a_server_that_lets_more_in_than_the_file_says_fails(installation):
    other, asked = installation
    await other(
        "api", HAUBERK_CORS_ORIGINS="http://localhost:7000", HAUBERK_RATE_LIMIT_SIGN_IN="100000/minute"
    )
    origins, limits = await asked("SEC-4"), await asked("SEC-5")
    assert "http://localhost:7000 may call the API" in origins.evidence
    assert "sign_in 100,000" in limits.evidence
    assert "HAUBERK_RATE_LIMIT_SIGN_IN=100000/minute (here" in limits.evidence


@pytest.mark.long
async def test_a_server_with_other_origins_or_secret_keys_than_the_file_is_no_pass(installation):
    other, asked = installation
    await other(
        "api", HAUBERK_CORS_ORIGINS="https://theirs.example", HAUBERK_SECRET_KEYS=f"old:{new_secret()[10:]}"
    )
    for row, said in (
        ("SEC-1", "HAUBERK_SECRET_KEYS=old/"),
        ("SEC-4", "HAUBERK_CORS_ORIGINS=https://theirs.example (here none)"),
    ):
        with named(row):
            found = await asked(row)
            assert found.result is Result.WARN, found.evidence
            assert said in found.evidence


@pytest.mark.long
@pytest.mark.breaks("SEC-1")
async def test_a_server_that_runs_with_a_key_that_can_be_guessed_fails_and_one_of_the_same_name_is_no_pass(
    installation, fresh_settings
):
    other, asked = installation
    ours = fresh_settings.secret_keys[0].get_secret_value()
    await other("api", HAUBERK_SECRET_KEYS=f"{ours.partition(':')[0]}:{new_secret()[10:]}")
    found = await asked("SEC-1")
    assert found.result is Result.WARN, found.evidence
    assert "api process" in found.evidence
    await other("scheduler", HAUBERK_SECRET_KEYS=f"{ours},old:{'a' * 48}")
    found = await asked("SEC-1")
    assert found.result is Result.FAIL, found.evidence
    assert "can be guessed: scheduler on" in found.evidence
    assert "aaaa" not in found.evidence


@pytest.mark.long
@pytest.mark.breaks("ALR-1")
async def test_a_scheduler_whose_rule_never_fires_fails_though_the_threshold_in_the_file_is_good(
    installation, fresh_settings
):
    other, asked = installation
    await asyncio.to_thread(member_of, environment_on(fresh_settings))
    await other("scheduler", HAUBERK_ALERT_ERROR_RATE="1")
    for _ in range(100):
        found = await asked("ALR-1")
        if "never evaluated" not in found.evidence:
            break
        await asyncio.sleep(0.5)
    assert "as good as switched off" in found.evidence
    assert "HAUBERK_ALERT_ERROR_RATE=1 (here 0.05)" in found.evidence


@pytest.mark.long
@pytest.mark.breaks("PERF-9")
async def test_workers_that_run_with_more_memory_than_the_file_says_fail(installation):
    other, asked = installation
    await other("worker", HAUBERK_PARSER_MEMORY=str(1024 * GIB), HAUBERK_WORKER_PROCESSES="1")
    found = await asked("PERF-9")
    assert found.result is Result.FAIL, found.evidence
    assert f"HAUBERK_PARSER_MEMORY={1024 * GIB}" in found.evidence


@pytest.mark.long
async def test_workers_whose_threads_were_changed_since_they_began_are_no_pass(installation):
    other, asked = installation
    await other("worker", HAUBERK_WORKER_THREADS="3", HAUBERK_WORKER_PROCESSES="1")
    for row in ("PERF-9", "INF-2"):
        with named(row):
            found = await asked(row)
            assert found.result is Result.WARN, found.evidence
            assert "worker process" in found.evidence
            assert "HAUBERK_WORKER_THREADS=3 (here 4)" in found.evidence
