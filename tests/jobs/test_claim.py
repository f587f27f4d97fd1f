"""Claiming is fair and exact, however many claim at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from factories import example_jobs
from hauberk.db.session import transaction
from hauberk.jobs.enqueue import enqueue
from hauberk.jobs.queues import Queue


def test_twenty_claimers_never_exceed_the_limit_of_an_organization(bench, organization, other):
    for tenant in (organization, other):
        for number in range(30):
            bench.enqueue(example_jobs.answer, tenant, number=number)
    with ThreadPoolExecutor(20) as pool:
        claims = list(pool.map(lambda _: bench.claim(per_organization=4), range(40)))
    found = [claimed for claimed in claims if claimed]
    assert sorted(claimed.organization_id for claimed in found) == sorted([organization] * 4 + [other] * 4)
    assert len({(claimed.organization_id, claimed.job_id) for claimed in found}) == 8
    assert len({claimed.token for claimed in found}) == 8


def test_no_job_is_given_out_twice(bench, organization):
    wanted = {bench.enqueue(example_jobs.answer, organization, number=number) for number in range(60)}
    with ThreadPoolExecutor(20) as pool:
        claims = list(pool.map(lambda _: bench.claim(per_organization=100), range(80)))
    found = [claimed.job_id for claimed in claims if claimed]
    assert sorted(found) == sorted(wanted)


def test_the_organization_with_the_fewest_running_comes_first_then_the_oldest_job(bench, organization, other):
    flood = [bench.enqueue(example_jobs.answer, organization, number=number) for number in range(5)]
    late = bench.enqueue(example_jobs.answer, other, number=9)
    order = [bench.claim().job_id for _ in range(6)]
    assert order == [flood[0], late, *flood[1:]]


def test_queues_are_looked_at_in_the_order_given(bench, organization):
    slow = bench.enqueue(example_jobs.wait_then_write, organization, name="x")
    quick = bench.enqueue(example_jobs.answer, organization, number=1)
    assert bench.claim(queues=[Queue.DEFAULT, Queue.IMPORT]).job_id == quick
    assert bench.claim(queues=[Queue.DEFAULT]) is None
    assert bench.claim(queues=[Queue.DEFAULT, Queue.IMPORT]).job_id == slow


def test_jobs_of_one_key_run_one_at_a_time_in_order(bench, organization, other):
    first, second = (
        bench.enqueue(example_jobs.answer, organization, serial_key="scope:1", number=number)
        for number in (1, 2)
    )
    elsewhere = bench.enqueue(example_jobs.answer, other, serial_key="scope:1", number=3)
    claimed = bench.claim()
    assert claimed.job_id == first
    assert bench.claim().job_id == elsewhere
    assert bench.claim() is None
    bench.execute(claimed)
    assert bench.claim().job_id == second


def test_a_retry_that_waits_holds_back_what_comes_after_it_under_the_same_key(bench, organization):
    later = datetime.now(UTC) + timedelta(hours=1)
    bench.enqueue(example_jobs.answer, organization, serial_key="scope:1", run_after=later, number=1)
    bench.enqueue(example_jobs.answer, organization, serial_key="scope:1", number=2)
    assert bench.claim() is None


def test_a_job_is_not_claimed_before_its_time(bench, organization):
    bench.enqueue(
        example_jobs.answer, organization, run_after=datetime.now(UTC) + timedelta(seconds=60), number=1
    )
    assert bench.claim() is None
    bench.make_due(organization)
    assert bench.claim() is not None


def test_the_attempt_is_counted_at_the_claim(bench, organization):
    job_id = bench.enqueue(example_jobs.answer, organization, number=1)
    claimed = bench.claim()
    row = bench.job(organization, job_id)
    assert (row.state, row.attempts, claimed.attempt) == ("running", 1, 1)
    assert row.started_at is not None


def test_a_wrong_call_fails_where_it_is_made(bench, organization):
    with pytest.raises(TypeError, match="number"):
        bench.enqueue(example_jobs.answer, organization, numbr=1)


def test_what_is_rolled_back_was_never_enqueued(bench, organization):
    class StopError(Exception):
        pass

    def enqueue_and_stop():
        with transaction(bench.engine, organization) as connection:
            enqueue(connection, example_jobs.answer, organization_id=organization, number=1)
            raise StopError

    with pytest.raises(StopError):
        enqueue_and_stop()
    assert bench.claim() is None
