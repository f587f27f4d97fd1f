"""`hauberk load`: Locust's people work on a real server, and what came of it is on record, with its verdict."""

import json
import subprocess
import sys

import psycopg
import pytest

from faults.processes import wait_for
from fixtures.nodes import answer, environment_on, free_port, serve_command, started

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


def test_people_work_and_their_figures_are_kept(tmp_path, fresh_settings):
    environment = environment_on(
        fresh_settings,
        HAUBERK_PORT=str(free_port()),
        HAUBERK_WORKERS="1",
        HAUBERK_WORKER_PROCESSES="1",
        HAUBERK_SANDBOX="partial",
        HAUBERK_STORAGE_MIN_FREE="0",
    )
    hauberk = [sys.executable, "-m", "hauberk"]
    load = [*hauberk, "load", "--users", "10", "--minutes", "0.3", "--streams", "15", "--json"]
    with (
        started(serve_command(), environment, log=tmp_path / "serve.log") as serving,
        started([*hauberk, "worker"], environment, log=tmp_path / "worker.log"),
    ):
        assert answer(f"http://127.0.0.1:{environment['HAUBERK_PORT']}/health/ready", serving)[0] == 200
        with psycopg.connect(fresh_settings.database.owner_url, autocommit=True) as database:
            database.execute("set role hauberk_system")
            told = "select from process_heartbeat where role = 'worker'"
            wait_for(lambda: database.execute(told).fetchone() is not None, 60, "a worker")
        ended = subprocess.run(
            load, env=environment, cwd=tmp_path, check=False, capture_output=True, text=True
        )
        asked = [*hauberk, "readiness", "--only", "CAP-1", "--json"]
        told = subprocess.run(
            asked, env=environment, cwd=tmp_path, check=False, capture_output=True, text=True
        )
        with psycopg.connect(fresh_settings.database.owner_url) as database:
            database.execute("set role hauberk_system")
            left = database.execute("select name from asset where deleted_at is null").fetchall()
    figures = json.loads(ended.stdout)
    assert ended.returncode == (0 if figures["has_passed"] else 1), ended.stderr
    assert figures["errors"] == 0, figures
    assert left == [], "it cleans up"
    assert (figures["streams_open"], figures["streams_lost"]) == (15, 0)
    assert figures["requests"] >= 8
    assert figures["generator_late_p99_ms"] < 1000
    assert figures["api_ms_per_request"] > 0
    assert figures["behind_ms_per_request"] > 0
    assert {"PostgreSQL", "workers", "queue", "cache"} <= set(figures["behind"].split(", "))
    assert "15 open streams" in told.stdout, told.stdout
