"""Scheduled jobs start once for each time they are due, whoever schedules."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from factories import example_jobs
from hauberk.db.url import driver_url
from hauberk.jobs import schedule
from hauberk.jobs.job import Job, next_due
from hauberk.jobs.queues import Queue
from hauberk.jobs.schedule import start_due


def _job(kind, every, *, for_installation=False):
    return Job(kind, example_jobs.answer.function, Queue.MAINTENANCE, 1, 60, every, for_installation)


@pytest.fixture
def declared(monkeypatch):
    jobs = []
    monkeypatch.setattr(schedule, "scheduled", lambda: jobs)
    return jobs


def _jobs(bench, organization):
    return [row.kind for row in bench.sql(organization, "select kind from job order by id")]


def _pass_time(bench, fresh_settings, interval):
    engine = create_engine(driver_url(fresh_settings.database.owner_url), poolclass=NullPool)
    with engine.begin() as connection:
        move = text("update schedule_run set due_at = due_at - cast(:by as interval)")
        connection.execute(move, {"by": interval})


def test_an_interval_starts_at_once_and_then_each_time(bench, organization, other, declared, fresh_settings):
    declared.append(_job("a.fold", "5m"))
    start_due(bench.engine)
    assert start_due(bench.engine) == 2
    assert start_due(bench.engine) == 0
    assert (_jobs(bench, organization), _jobs(bench, other)) == (["a.fold"], ["a.fold"])
    bench.sql(organization, "update job set state = 'done'")
    _pass_time(bench, fresh_settings, "301 seconds")
    assert start_due(bench.engine) == 1, "the other organization's is still waiting"


def test_a_cron_line_waits_for_its_time_and_makes_up_once_for_those_missed(
    bench, organization, declared, fresh_settings
):
    declared.append(_job("a.nightly", "0 3 * * *"))
    start_due(bench.engine)
    assert start_due(bench.engine) == 0
    _pass_time(bench, fresh_settings, "10 days")
    assert start_due(bench.engine) == 1
    assert start_due(bench.engine) == 0
    ((due_at,),) = bench.sql(None, "select due_at from schedule_run")
    assert due_at > datetime.now(UTC)
    assert (due_at.hour, due_at.minute) == (3, 0)


def test_many_schedulers_start_it_once(bench, organization, declared, fresh_settings):
    declared.append(_job("a.fold", "5m"))
    start_due(bench.engine)
    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(lambda _: start_due(bench.engine), range(12))) == 1


def test_a_job_of_the_installation_starts_once_and_sees_no_tenant(bench, organization, other, declared):
    declared.append(_job("a.feed", "1d", for_installation=True))
    start_due(bench.engine)
    assert start_due(bench.engine) == 1
    assert (_jobs(bench, organization), _jobs(bench, other), _jobs(bench, 0)) == ([], [], ["a.feed"])


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        ("30s", timedelta(seconds=30)),
        ("5m", timedelta(minutes=5)),
        ("6h", timedelta(hours=6)),
        ("1d", timedelta(days=1)),
    ],
)
def test_an_interval_is_a_number_and_a_unit(every, expected):
    now = datetime(2026, 5, 1, tzinfo=UTC)
    assert next_due(every, now) == now + expected
