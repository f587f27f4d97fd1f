"""Hints wake workers at once; losing the queue's server, or every hint, costs seconds and nothing else."""

import threading
import time

import dramatiq
import pytest

from factories import example_jobs
from hauberk.infra.embedded.process import Process
from hauberk.infra.embedded.servers import EmbeddedServers
from hauberk.jobs.broker import MAX_UNSENT, HintBroker, close_hints, open_hints
from hauberk.jobs.queues import Queue
from hauberk.worker.runners import Runners


@pytest.fixture
def runners(bench):
    runners = Runners(bench.workplace, bench.heart, name="test", threads=2, per_organization=10)
    yield runners
    runners.stop(5)


@pytest.fixture
def listening(fresh_settings, runners):
    """A worker that Dramatiq wakes, and a process that sends to it."""
    hints = open_hints(fresh_settings, lambda _queue: runners.wake())
    messages = dramatiq.Worker(hints.broker, worker_threads=1, worker_timeout=200)
    messages.start()
    yield hints
    messages.stop(timeout=3_000)
    close_hints()


def _wait_for(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def _is_done(bench, organization, job_id):
    return lambda: bench.job(organization, job_id).state == "done"


def test_a_committed_job_runs_at_once(bench, organization, listening):
    took = []
    for number in range(5):
        began = time.monotonic()
        job_id = bench.enqueue(example_jobs.answer, organization, number=number)
        _wait_for(_is_done(bench, organization, job_id), 10)
        took.append(time.monotonic() - began)
    assert min(took) < 1.0, "nobody looks on their own here: only the hint can have woken it"


def test_one_hint_is_enough_for_many_jobs(bench, organization, runners):
    jobs = [bench.enqueue(example_jobs.answer, organization, number=number) for number in range(20)]
    time.sleep(0.2)
    runners.wake()
    _wait_for(_is_done(bench, organization, jobs[-1]), 10)
    assert all(bench.job(organization, job_id).state == "done" for job_id in jobs)


@pytest.mark.long
def test_looking_finds_what_no_hint_announced(bench, organization, runners):
    time.sleep(0.5)  # a new thread looks once on its own
    job_id = bench.enqueue(example_jobs.answer, organization, number=1)
    time.sleep(0.3)
    assert bench.job(organization, job_id).state == "accepted"
    runners.wake()
    _wait_for(_is_done(bench, organization, job_id), 5)


def test_a_worker_that_stops_gives_its_job_back_uncounted(bench, organization):
    example_jobs.entered.clear()
    runners = Runners(bench.workplace, bench.heart, name="test", threads=1, per_organization=10)
    job_id = bench.enqueue(example_jobs.watch, organization)
    time.sleep(0.2)
    runners.wake()
    assert example_jobs.entered.wait(60)
    runners.stop(0.2)
    row = bench.job(organization, job_id)
    assert (row.state, row.attempts) == ("accepted", 0)
    runners.stop(30)  # until its thread has noticed and given its connection back, before the engine goes


def test_sending_never_waits_nor_fails_without_a_server(fresh_settings):
    gone = fresh_settings.model_copy(
        update={"queue": fresh_settings.queue.model_copy(update={"url": "redis://127.0.0.1:9/0"})}
    )
    hints = HintBroker(gone)
    began = time.monotonic()
    for _ in range(MAX_UNSENT * 3):
        hints.send(Queue.DEFAULT)
    assert time.monotonic() - began < 10
    _wait_for(lambda: not hints.is_reachable, 10)
    hints.close()


def test_messages_do_not_pile_up_without_workers(fresh_settings):
    hints = HintBroker(fresh_settings)
    for _ in range(1_000):
        hints.send(Queue.INTEGRATION)
    _wait_for(hints._unsent.empty, 20)
    time.sleep(0.2)
    assert 0 < hints.broker.client.llen("hauberk:integration") <= 201
    hints.broker.flush_all()
    hints.close()


@pytest.mark.long
def test_the_queue_s_server_may_stop_and_come_back(bench, organization, runners, fresh_settings, tmp_path):
    own = fresh_settings.model_copy(
        update={
            "home": tmp_path / "home",
            "queue": fresh_settings.queue.model_copy(update={"url": ""}),
            "cache": fresh_settings.cache.model_copy(update={"url": "redis://127.0.0.1:9/0"}),
        }
    )
    (valkey,) = EmbeddedServers(own, is_throwaway=True).valkeys
    process = Process(valkey.prepare())
    valkey.wait_until_ready(process)
    settings = own.model_copy(update={"queue": own.queue.model_copy(update={"url": valkey.url})})
    hints = open_hints(settings, lambda _queue: runners.wake())
    messages = dramatiq.Worker(hints.broker, worker_threads=1, worker_timeout=200)
    messages.start()
    stop = threading.Event()
    looking = threading.Thread(target=lambda: [runners.wake() for _ in iter(lambda: stop.wait(1.0), True)])
    looking.start()
    try:
        first = bench.enqueue(example_jobs.answer, organization, number=1)
        _wait_for(_is_done(bench, organization, first), 10)
        process.kill()
        second = bench.enqueue(example_jobs.answer, organization, number=2)
        _wait_for(_is_done(bench, organization, second), 10)
        _wait_for(lambda: not hints.is_reachable, 10)
        process = Process(valkey.prepare())
        valkey.wait_until_ready(process)
        stop.set()
        looking.join()

        def runs_by_hint_alone():
            job_id = bench.enqueue(example_jobs.answer, organization, number=3)
            time.sleep(0.5)
            return bench.job(organization, job_id).state == "done"

        _wait_for(runs_by_hint_alone, 30)
        assert hints.is_reachable
    finally:
        stop.set()
        messages.stop(timeout=3_000)
        close_hints()
        process.stop()
