"""Metrics: everything that rules and dashboards ask for is there, from one place, and names nobody."""

import asyncio
import os
import subprocess
import sys
from contextlib import contextmanager

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tools.generate_metrics_doc import all_metrics

from fixtures.api import browser, serving, unlimited
from fixtures.whole_product import free_port
from hauberk.infra.metrics import exposing, folder

pytestmark = pytest.mark.anyio

PERSONAL = (
    "organization",
    "organization_id",
    "tenant",
    "user",
    "user_id",
    "email",
    "address",
    "asset",
    "finding",
)


def families(text):
    return {family.name: family for family in text_string_to_metric_families(text)}


def values(text, name):
    return {
        tuple(sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }


@pytest.fixture
async def client(app):
    async with browser(app) as client:
        yield client


@pytest.fixture
async def scraped(client):
    return (await client.get("/metrics")).text


@pytest.mark.long
async def test_the_state_of_servers_queues_and_the_business_is_looked_up(scraped):
    assert values(scraped, "pg_up") == {(): 1.0}
    assert values(scraped, "redis_up") == {(("server", "cache"),): 1.0, (("server", "queue"),): 1.0}
    assert set(values(scraped, "look_succeeded").values()) == {1.0}
    there = families(scraped)
    for name in (
        "redis_memory_used_bytes", "redis_keyspace_hits", "redis_evicted_keys", "redis_connected_clients",
        "pg_stat_activity_count", "pg_settings_max_connections", "pg_locks_waiting", "pg_replication_lag_seconds",
        "pg_table_dead_ratio", "pg_database_xid_age", "pg_stat_database_deadlocks", "pg_stat_statements_seconds",
        "pg_database_size_bytes", "job_queue_depth", "job_queue_oldest_seconds", "outbox_oldest_seconds",
        "breaker_state", "findings_open", "findings_overdue", "scans_recent", "users_active", "invariant_violations",
    ):  # fmt: skip
        assert there[name].samples, name
    severities = {dict(labels)["severity"] for labels in values(scraped, "findings_open")}
    assert severities == {"unknown", "info", "low", "medium", "high", "critical"}


async def test_a_database_that_is_away_is_told_and_hides_nothing_else(settings):
    away = settings.database.model_copy(update={"url": "postgresql://nobody@127.0.0.1:1/nothing"})
    async with serving(unlimited(settings)) as app, browser(app) as client:
        from hauberk.db.session import Pool, async_engine  # noqa: PLC0415
        from hauberk.infra.metrics.observing import Observatory  # noqa: PLC0415
        from hauberk.infra.readiness import Installation  # noqa: PLC0415

        context = app.state.context
        gone = async_engine(away.url, pool=Pool())
        app.state.observatory = Observatory(
            Installation(context.settings, gone, cache=context.cache, queue=context.queue)
        )
        text = (await client.get("/metrics")).text
        await gone.dispose()
    assert values(text, "pg_up") == {(): 0.0}
    assert values(text, "look_succeeded")[("look", "queues"),] == 0.0
    assert values(text, "redis_up")[("server", "queue"),] == 1.0


@pytest.mark.long
async def test_what_a_look_saw_long_ago_is_not_shown_as_if_it_were_so_now(settings, monkeypatch):
    """A server that hangs keeps the look from ending; what it was like before says nothing of it."""
    from hauberk.infra.metrics import observing  # noqa: PLC0415

    monkeypatch.setattr(observing, "WAIT_SECONDS", 0.2)
    async with serving(unlimited(settings)) as app, browser(app) as client:
        before = (await client.get("/metrics")).text
        await asyncio.sleep(1)

        async def hangs(_installation):
            await asyncio.sleep(60)

        hanging = observing._LOOKS["valkey"]._replace(run=hangs)
        monkeypatch.setitem(observing._LOOKS, "valkey", hanging)
        during = (await client.get("/metrics")).text
        monkeypatch.setattr(observing, "KEPT_SECONDS", 0.5)
        after = (await client.get("/metrics")).text
    assert values(before, "redis_up")[("server", "queue"),] == 1.0
    assert values(during, "redis_up")[("server", "queue"),] == 1.0
    assert values(after, "redis_up") == {}
    assert values(after, "look_succeeded")[("look", "valkey"),] == 0.0


def test_no_label_names_a_tenant_a_person_or_a_finding():
    assert [(each.name, label) for each in all_metrics() for label in each.labels if label in PERSONAL] == []


async def test_a_method_that_somebody_invents_is_no_label(client):
    await client.request("INVENTED", "/api/v1/jobs")
    text = (await client.get("/metrics")).text
    assert "INVENTED" not in text
    assert 'method="other"' in text


@pytest.mark.long
async def test_signing_in_is_counted_by_result(client):
    def failed(text):
        return values(text, "auth_events_total")[("result", "fail"), ("type", "login")]

    before = failed((await client.get("/metrics")).text)
    body = {"email": "nobody@example.org", "password": "quiet harbour lantern"}
    await client.post("/api/v1/auth/login", json=body)
    assert failed((await client.get("/metrics")).text) == before + 1


async def test_a_port_of_its_own_needs_no_token(settings):
    port = free_port()
    own = unlimited(settings).model_copy(
        update={"metrics": settings.metrics.model_copy(update={"port": port})}
    )
    async with serving(own):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = (await reader.read()).decode()
        writer.close()
    assert answer.startswith("HTTP/1.1 200 OK")
    assert "pg_up 1.0" in answer


COUNTING = """
import sys
from pathlib import Path
from hauberk.infra.metrics import folder
folder.share(Path(sys.argv[1]), sys.argv[2])
from hauberk.jobs import counting
counting.RESCUED.labels("worker_lost").inc(int(sys.argv[3]))
from hauberk.infra.metrics import exposing
print(exposing.render().decode() if len(sys.argv) > 4 else "", flush=True)
sys.stdin.read()
"""


@contextmanager
def counting_process(home, *arguments):
    command = [sys.executable, "-c", COUNTING, str(home), *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline() if "show" not in arguments else process.communicate("")[0]


@pytest.mark.long
def test_what_other_processes_count_is_in_the_same_scrape_and_the_dead_are_forgotten(tmp_path):
    with (
        counting_process(tmp_path, "worker", "3"),
        counting_process(tmp_path, "scheduler", "4"),
        counting_process(tmp_path, "api", "0", "show") as text,
    ):
        assert values(text, "sweeper_rescued_total")[("why", "worker_lost"),] == 7.0
        living = {(("role", each),): 1.0 for each in ("api", "scheduler", "worker")}
        assert values(text, "processes") == living
    with counting_process(tmp_path, "api", "0", "show") as text:
        assert values(text, "sweeper_rescued_total")[("why", "worker_lost"),] == 0.0
    assert [each.role for each in folder._all(tmp_path)] == ["api"]


def test_a_place_to_count_is_chosen_before_anything_counts(tmp_path):
    with pytest.raises(folder.TooLateError):
        folder.share(tmp_path, "api")


def test_a_process_that_counts_alone_shows_what_it_counted(monkeypatch):
    monkeypatch.delenv(folder.VARIABLE, raising=False)
    assert b"http_requests_total" in exposing.render()
    assert folder.is_alive(os.getpid())
