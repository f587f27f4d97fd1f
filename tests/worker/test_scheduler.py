"""One scheduler leads; when it is gone another one does, and what it does is done once."""

import threading
import time

import pytest
from sqlalchemy import select

from factories import example_jobs
from factories.identity import make_organization
from hauberk.db.models.job import Job as JobRow
from hauberk.db.models.job import ProcessHeartbeat
from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.domain.events import JobFailed
from hauberk.jobs import events
from hauberk.jobs.enqueue import enqueue
from hauberk.jobs.lease import claim
from hauberk.jobs.queues import Queue
from hauberk.worker.scheduler import Scheduler


@pytest.fixture
def engine(fresh_settings):
    engine = sync_engine(fresh_settings.database.url, pool=Pool(size=2))
    yield engine
    engine.dispose()


@pytest.fixture
def organization(fresh_settings):
    return make_organization(fresh_settings.database.owner_url)


@pytest.fixture
def make_scheduler(fresh_settings):
    made = []

    def make(term=15.0):
        made.append(Scheduler(fresh_settings, term=term))
        return made[-1]

    yield make
    for scheduler in made:
        scheduler._ticks.finish()
        scheduler._engine.dispose()


def test_one_leads_and_the_next_one_follows_at_once_when_it_resigns(make_scheduler):
    first, second = make_scheduler(), make_scheduler()
    first.work()
    second.work()
    assert (first.leads, second.leads) == (True, False)
    stopped = threading.Event()
    stopped.set()
    first.run(stopped)
    second._due.clear()
    second.work()
    assert second.leads


@pytest.mark.long
def test_another_takes_over_when_the_leader_is_silent_for_a_term(make_scheduler):
    first, second = make_scheduler(term=1.0), make_scheduler(term=1.0)
    first.work()
    time.sleep(1.2)
    second.work()
    assert second.leads
    first._due.clear()
    first.work()
    assert not first.leads, "it learns so when it comes back"


@pytest.mark.long
def test_a_scheduler_outlives_the_database_and_leads_again(make_scheduler, servers, fresh_settings):
    scheduler = make_scheduler(term=1.0)
    stop = threading.Event()
    thread = threading.Thread(target=scheduler.run, args=(stop,))
    thread.start()
    try:
        _wait_for(lambda: scheduler.leads)
        superuser = sync_engine(servers.superuser_url, pool=Pool(size=1))
        with superuser.begin() as connection:
            connection.exec_driver_sql(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                f" where application_name = 'hauberk-scheduler' and datname = '{scheduler._engine.url.database}'"
            )
        superuser.dispose()
        time.sleep(0.6)
        _wait_for(lambda: scheduler.leads)
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()


@pytest.mark.long
def test_a_job_whose_workers_all_died_fails_with_a_reason_and_is_told(
    make_scheduler, engine, organization, monkeypatch
):
    told = []
    monkeypatch.setitem(events._inside, JobFailed, {"test": lambda _connection, event: told.append(event)})
    with transaction(engine, organization) as connection:
        job_id = enqueue(
            connection, example_jobs.wait_then_write, organization_id=organization, name="poison"
        )
    scheduler = make_scheduler()
    for _ in range(2):
        claimed = claim(engine, worker="doomed", queues=list(Queue), per_organization=5, lease=0.0)
        assert claimed.job_id == job_id
        time.sleep(0.01)
        scheduler._due.clear()
        scheduler.work()
        with transaction(engine, organization) as connection:
            connection.exec_driver_sql("update job set run_after = now() where state = 'accepted'")
    with transaction(engine, organization) as connection:
        row = connection.execute(select(JobRow.__table__).where(JobRow.id == job_id)).one()
    assert (row.state, row.attempts, row.error["code"]) == ("failed", 2, "attempts_exhausted")
    assert row.error["message"] == "It was started 2 times, and each time the worker was lost."
    assert [(event.job_id, event.code, event.arguments) for event in told] == [
        (job_id, "attempts_exhausted", {"name": "poison"})
    ]


@pytest.mark.long
def test_the_leader_says_how_much_waits(make_scheduler, engine, organization):
    for number in range(3):
        with transaction(engine, organization) as connection:
            enqueue(connection, example_jobs.answer, organization_id=organization, number=number)
    claim(engine, worker="test", queues=list(Queue), per_organization=5, lease=60.0)
    make_scheduler().work()
    with transaction(engine) as connection:
        ((role, detail),) = connection.execute(select(ProcessHeartbeat.role, ProcessHeartbeat.detail)).all()
    assert (role, detail["leads"]) == ("scheduler", True)
    default = detail["queues"]["default"]
    assert (default["waiting"], default["running"]) == (2, 1)
    assert 0 <= default["oldest_seconds"] < 60
    assert detail["queues"]["import"] == {"waiting": 0, "running": 0, "oldest_seconds": 0}


def _wait_for(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
