"""How an attempt ends decides what becomes of the job."""

import time
from datetime import UTC, datetime, timedelta

import pytest
import redis

from factories import example_jobs
from hauberk.domain.events import JobFailed
from hauberk.jobs import events
from hauberk.jobs.job import DuplicateJobError, job, next_due
from hauberk.jobs.progress import channel


@pytest.fixture
def failures(monkeypatch):
    """What is told inside the failing transaction."""
    told = []
    monkeypatch.setitem(events._inside, JobFailed, {"test": lambda _connection, event: told.append(event)})
    return told


def test_what_a_job_returns_is_its_result(bench, organization):
    job_id = bench.enqueue(example_jobs.answer, organization, requested_by=7, number=41)
    bench.work_off()
    row = bench.job(organization, job_id)
    assert (row.state, row.result) == ("done", {"number": 41, "attempt": 1, "requested_by": 7})


def test_a_job_can_end_held(bench, organization):
    job_id = bench.enqueue(example_jobs.hold, organization)
    bench.work_off()
    row = bench.job(organization, job_id)
    assert (row.state, row.result) == ("held", {"would_close": 7})


def test_a_job_that_refuses_has_failed_for_good(bench, organization, failures):
    job_id = bench.enqueue(example_jobs.refuse, organization)
    bench.work_off()
    row = bench.job(organization, job_id)
    assert (row.state, row.attempts) == ("failed", 1)
    assert row.error == {"code": "truncated", "message": "The file was cut off.", "position": "line 3"}
    assert [(event.job_id, event.kind, event.code) for event in failures] == [
        (job_id, "example_jobs.refuse", "truncated")
    ]


def test_a_refusal_of_the_product_s_own_kinds_is_no_reason_to_try_again(bench, organization, failures):
    job_id = bench.enqueue(example_jobs.refuse_kindly, organization)
    bench.work_off()
    assert bench.job(organization, job_id).error["message"] == "It is too long."
    assert len(failures) == 1


def test_an_unexpected_error_is_tried_again_later_and_then_fails(bench, organization, failures):
    job_id = bench.enqueue(example_jobs.break_down, organization)
    bench.work_off()
    row = bench.job(organization, job_id)
    assert (row.state, row.attempts, failures) == ("accepted", 1, [])
    assert timedelta(seconds=1) < row.run_after - row.started_at < timedelta(seconds=10)
    bench.make_due(organization)
    bench.work_off()
    row = bench.job(organization, job_id)
    assert (row.state, row.attempts, row.error["code"]) == ("failed", 2, "internal_error")
    assert "nobody thought of this" in row.error["message"]
    assert len(failures) == 1


def test_a_statement_and_its_values_are_told_to_nobody_who_reads_the_job(bench, organization):
    job_id = bench.enqueue(example_jobs.ask_in_vain, organization)
    bench.work_off()
    told = bench.job(organization, job_id).error["message"]
    assert told.startswith('ProgrammingError: relation "nowhere" does not exist')
    assert "select" not in told.lower()
    assert "hunter2" not in told


def test_a_failure_whose_handler_fails_is_not_half_told(bench, organization, monkeypatch):
    def explode(_connection, _event):
        raise RuntimeError("handler")

    monkeypatch.setitem(events._inside, JobFailed, {"test": explode})
    job_id = bench.enqueue(example_jobs.refuse, organization)
    bench.work_off()
    assert bench.job(organization, job_id).state == "running", "the sweeper gets it"


def test_somebody_who_says_when_to_come_again_is_believed(bench, organization):
    job_id = bench.enqueue(example_jobs.find_it_closed, organization)
    bench.work_off()
    row = bench.job(organization, job_id)
    assert row.run_after - row.started_at > timedelta(seconds=2_990)


def test_a_job_is_interrupted_at_its_time_limit(bench, organization, failures):
    job_id = bench.enqueue(example_jobs.spin, organization)
    began = time.monotonic()
    bench.work_off()
    assert time.monotonic() - began < 60
    assert bench.job(organization, job_id).error["code"] == "time_limit"


def test_a_deadlock_is_tried_again_within_the_attempt(bench, organization):
    job_id = bench.enqueue(example_jobs.collide_once, organization)
    bench.work_off()
    row = bench.job(organization, job_id)
    assert (row.state, row.attempts, row.result) == ("done", 1, {"tries": 2})
    assert bench.assets(organization) == ["after-deadlock"]


def test_a_kind_that_this_version_does_not_know_is_left_for_another(bench, organization):
    job_id = bench.enqueue(example_jobs.answer, organization, number=1)
    bench.sql(organization, "update job set kind = 'of.tomorrow'")
    bench.work_off()
    row = bench.job(organization, job_id)
    assert (row.state, row.attempts) == ("accepted", 0)


def test_progress_is_written_and_published(bench, organization, cache_url):
    bench.enqueue(example_jobs.answer, organization, number=1)
    claimed = bench.claim()
    client = redis.Redis.from_url(cache_url, decode_responses=True)
    with client.pubsub() as listener:
        listener.subscribe(channel(organization, claimed.job_id))
        listener.get_message(timeout=5)
        for number in range(50):
            bench.workplace.progress.tell(claimed, {"findings_read": number})
        assert listener.get_message(timeout=5)["data"] == '{"findings_read": 0}'
        assert listener.get_message(timeout=0.1) is None, "what comes too fast is not told"
    client.close()
    assert bench.job(organization, claimed.job_id).progress == {"findings_read": 0}


def test_two_functions_cannot_be_one_kind():
    with pytest.raises(DuplicateJobError):
        job()(example_jobs.answer.function)


@pytest.mark.parametrize("wrong", ["5x", "0m", "* * *", "", "61 * * * *"])
def test_a_wrong_schedule_is_refused_where_it_is_declared(wrong):
    with pytest.raises(ValueError, match="interval"):
        next_due(wrong, datetime.now(UTC))
