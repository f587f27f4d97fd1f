"""Worker processes for real: killed, frozen, stopped, and started again."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select, text

from factories import example_jobs
from factories.identity import make_organization
from fixtures.nodes import environment_on
from hauberk.db.models.asset import Asset
from hauberk.db.models.job import Job as JobRow
from hauberk.db.models.job import ProcessHeartbeat
from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.jobs.enqueue import enqueue
from hauberk.jobs.lease import sweep
from hauberk.worker.main import Supervisor

LEASE = 3.0
LAUNCH = Path(__file__).parent / "launch.py"


@pytest.fixture
def engine(fresh_settings):
    engine = sync_engine(fresh_settings.database.url, pool=Pool(size=4, max_overflow=4))
    yield engine
    engine.dispose()


@pytest.fixture
def organization(fresh_settings):
    return make_organization(fresh_settings.database.owner_url)


@pytest.fixture
def environment(fresh_settings, monkeypatch):
    """What the processes of these tests start with."""
    values = environment_on(fresh_settings, HAUBERK_WORKER_THREADS="2")
    for name, value in values.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def start(environment):
    """Starts a worker process; none is left behind."""
    watched, hold = os.pipe()
    started = []

    def start_one():
        number = str(len(started) + 1)
        process = subprocess.Popen(
            [sys.executable, str(LAUNCH), number, str(watched), str(LEASE)], pass_fds=(watched,)
        )
        started.append(process)
        return process

    yield start_one
    os.close(hold)
    for process in started:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()
    os.close(watched)


def _enqueue(engine, organization, job, **arguments):
    with transaction(engine, organization) as connection:
        return enqueue(connection, job, organization_id=organization, **arguments)


def _job(engine, organization, job_id):
    with transaction(engine, organization) as connection:
        return connection.execute(select(JobRow.__table__).where(JobRow.id == job_id)).one()


def _assets(engine, organization):
    with transaction(engine, organization) as connection:
        return list(connection.scalars(select(Asset.name)))


def _wait_for(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@pytest.mark.long
def test_a_killed_worker_s_job_runs_again_elsewhere_within_the_lease(engine, organization, start):
    first = start()
    job_id = _enqueue(engine, organization, example_jobs.sleep_and_write, seconds=2.0, name="once")
    _wait_for(lambda: _job(engine, organization, job_id).state == "running", 30)
    first.kill()
    killed_at = time.monotonic()
    start()

    def is_done():
        sweep(engine, sweeper="test")
        return _job(engine, organization, job_id).state == "done"

    _wait_for(is_done, 40)
    row = _job(engine, organization, job_id)
    assert row.attempts == 2
    assert _assets(engine, organization) == ["once"]
    assert time.monotonic() - killed_at < 40


@pytest.mark.long
def test_a_frozen_worker_wakes_up_and_commits_nothing(engine, organization, start):
    frozen = start()
    job_id = _enqueue(engine, organization, example_jobs.sleep_and_write, seconds=1.0, name="once")
    _wait_for(lambda: _job(engine, organization, job_id).state == "running", 30)
    frozen.send_signal(signal.SIGSTOP)
    start()

    def is_done():
        sweep(engine, sweeper="test")
        return _job(engine, organization, job_id).state == "done"

    _wait_for(is_done, 40)
    frozen.send_signal(signal.SIGCONT)
    time.sleep(2.5)
    row = _job(engine, organization, job_id)
    assert (row.state, row.attempts, row.result) == ("done", 2, {"attempt": 2})
    assert _assets(engine, organization) == ["once"]


@pytest.mark.long
def test_a_worker_that_is_asked_to_stop_finishes_its_job(engine, organization, start):
    worker = start()
    job_id = _enqueue(engine, organization, example_jobs.sleep_and_write, seconds=2.0, name="finished")
    _wait_for(lambda: _job(engine, organization, job_id).state == "running", 30)
    worker.terminate()
    assert worker.wait(30) == 0
    assert _job(engine, organization, job_id).state == "done"
    with transaction(engine) as connection:
        assert connection.scalars(select(ProcessHeartbeat.name)).all() == []


@pytest.mark.long
def test_a_worker_says_how_it_is(engine, start):
    start()

    def said():
        with transaction(engine) as connection:
            return connection.execute(select(ProcessHeartbeat.role, ProcessHeartbeat.detail)).all()

    _wait_for(said, 30)
    ((role, detail),) = said()
    assert role == "worker"
    assert detail["settings"]["HAUBERK_WORKER_THREADS"] == 2
    assert detail["sandbox"] in ("full", "partial")
    assert (detail["sandbox"] == "full") == (detail["sandbox_missing"] == [])


@pytest.mark.long
def test_workers_outlive_a_loss_of_all_database_connections(engine, organization, start, servers):
    start()
    first = _enqueue(engine, organization, example_jobs.answer, number=1)
    _wait_for(lambda: _job(engine, organization, first).state == "done", 30)
    superuser = sync_engine(servers.superuser_url, pool=Pool(size=1))
    with superuser.begin() as connection:
        connection.execute(
            text(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = :name and pid <> pg_backend_pid()"
            ),
            {"name": engine.url.database},
        )
    superuser.dispose()
    second = _enqueue(engine, organization, example_jobs.answer, number=2)
    _wait_for(lambda: _job(engine, organization, second).state == "done", 30)


@pytest.mark.long
def test_a_process_that_dies_is_replaced_and_the_others_go_on(engine, organization, environment):
    supervisor = Supervisor(2)
    stop = threading.Event()
    thread = threading.Thread(target=supervisor.run, args=(stop,))
    thread.start()
    try:
        _wait_for(lambda: len(supervisor.pids) == 2, 10)
        _wait_for(lambda: _living(engine) == 2, 60)
        first, second = supervisor.pids
        os.kill(first, signal.SIGSEGV)
        _wait_for(lambda: len(supervisor.pids) == 2 and first not in supervisor.pids, 20)
        assert second in supervisor.pids
        _wait_for(lambda: _living(engine) == 3, 60)  # the dead one's row is left for readiness to see
    finally:
        stop.set()
        thread.join(40)
    assert not thread.is_alive()
    assert not Path(f"/proc/{second}").exists()


@pytest.mark.long
def test_a_hangup_replaces_the_processes_one_after_the_other(engine, environment):
    main = subprocess.Popen(
        [sys.executable, "-m", "hauberk.worker.main"], env={**os.environ, "HAUBERK_WORKER_PROCESSES": "2"}
    )
    try:
        _wait_for(lambda: _living(engine) == 2, 90)
        before = _children(main.pid)
        main.send_signal(signal.SIGHUP)
        fewest = 2
        deadline = time.monotonic() + 90
        while len(now := _children(main.pid)) < 2 or set(now) & set(before):
            fewest = min(fewest, len(now))
            assert time.monotonic() < deadline
            assert main.poll() is None
            time.sleep(0.05)
        assert fewest == 1
    finally:
        main.terminate()
        assert main.wait(60) == 0


@pytest.mark.long
def test_the_processes_end_with_their_supervisor_even_when_it_is_killed(engine, environment):
    main = subprocess.Popen(
        [sys.executable, "-m", "hauberk.worker.main"], env={**os.environ, "HAUBERK_WORKER_PROCESSES": "1"}
    )
    try:
        _wait_for(lambda: _living(engine) == 1, 60)
        assert len(_children(main.pid)) == 1
    finally:
        main.kill()
        main.wait()
    _wait_for(lambda: _living(engine) == 0, 20)


def _children(pid):
    """Its worker processes; other threads start helpers of their own."""
    return [
        int(child)
        for thread in Path(f"/proc/{pid}/task").iterdir()
        for child in (thread / "children").read_text().split()
        if b"hauberk.worker.process" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def _living(engine):
    with transaction(engine) as connection:
        return len(connection.scalars(select(ProcessHeartbeat.name)).all())
