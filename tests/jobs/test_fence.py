"""Only the holder of the lease ends a job: a worker that was frozen, cancelled or given up commits nothing."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from factories import example_jobs
from factories.asset import make_asset
from hauberk.db.session import Pool, Sessions, async_engine
from hauberk.jobs import heart
from hauberk.jobs.control import cancel, retry
from hauberk.jobs.lease import LostLeaseError, sweep
from hauberk.jobs.run import JobRun
from hauberk.kit.errors import Conflict, NotFound


@pytest.fixture(autouse=True)
def _rearmed():
    example_jobs.entered.clear()
    example_jobs.let_go.clear()
    yield
    example_jobs.let_go.set()


@pytest.fixture
def in_background():
    with ThreadPoolExecutor(4) as pool:
        yield pool.submit
        example_jobs.let_go.set()


@pytest.fixture
def frozen(bench):
    """Keeps no lease, as a process that does not run."""
    bench.heart.stop()
    return bench


def test_a_job_commits_with_its_effects(bench, organization):
    job_id = bench.enqueue(example_jobs.write_twice, organization, name="asset")
    bench.work_off()
    row = bench.job(organization, job_id)
    assert (row.state, row.result, row.error) == ("done", {"name": "asset"}, None)
    assert row.finished_at is not None
    assert bench.assets(organization) == ["asset-first", "asset-second"]
    assert bench.sql(organization, "select * from job_lease") == []


def test_a_worker_that_lost_its_lease_commits_nothing(frozen, organization, in_background):
    job_id = frozen.enqueue(example_jobs.wait_then_write, organization, name="ghost")
    running = in_background(frozen.execute, frozen.claim())
    assert example_jobs.entered.wait(60)
    frozen.expire(organization, job_id)
    assert [claimed.job_id for claimed in sweep(frozen.engine, sweeper="test")] == [job_id]
    example_jobs.let_go.set()
    running.result(60)
    assert frozen.assets(organization) == []
    row = frozen.job(organization, job_id)
    assert (row.state, row.attempts, row.error["code"]) == ("accepted", 1, "worker_lost")
    frozen.work_off()
    assert frozen.assets(organization) == ["ghost"]
    assert frozen.job(organization, job_id).state == "done"


def test_the_sweeper_ends_the_server_process_of_the_lost_worker(frozen, organization, in_background):
    job_id = frozen.enqueue(example_jobs.wait_then_write, organization, name="ghost")
    running = in_background(frozen.execute, frozen.claim())
    assert example_jobs.entered.wait(60)
    (pid,) = frozen.sql(organization, "select backend_pid from job_lease")[0]
    frozen.expire(organization, job_id)
    sweep(frozen.engine, sweeper="test")
    deadline = time.monotonic() + 30
    while (
        frozen.sql(None, "select 1 from pg_stat_activity where pid = :pid", pid=pid)
        and time.monotonic() < deadline
    ):
        time.sleep(0.05)
    assert frozen.sql(None, "select 1 from pg_stat_activity where pid = :pid", pid=pid) == []
    example_jobs.let_go.set()
    running.result(60)


def test_a_server_process_that_serves_somebody_else_by_now_is_left_alone(frozen, organization):
    job_id = frozen.enqueue(example_jobs.answer, organization, number=1)
    claimed = frozen.claim()
    with frozen.engine.connect() as connection:
        pid = connection.exec_driver_sql("select pg_backend_pid()").scalar_one()
        frozen.sql(
            organization,
            "update job_lease set backend_pid = :pid, backend_began_at = now() - interval '1 hour'",
            pid=pid,
        )
        frozen.expire(organization, job_id)
        assert len(sweep(frozen.engine, sweeper="test")) == 1
        assert connection.exec_driver_sql("select 1").scalar_one() == 1
    assert claimed.token is not None


def test_two_attempts_at_once_have_one_result(frozen, organization, in_background):
    """The first worker wakes up while the second is at it."""
    job_id = frozen.enqueue(example_jobs.wait_then_write, organization, name="once")
    first = in_background(frozen.execute, frozen.claim())
    assert example_jobs.entered.wait(60)
    frozen.sql(organization, "update job_lease set backend_pid = null")
    frozen.expire(organization, job_id)
    sweep(frozen.engine, sweeper="test")
    example_jobs.entered.clear()
    second_claim = frozen.claim()
    assert second_claim is not None
    second = in_background(frozen.execute, second_claim)
    example_jobs.let_go.set()
    first.result(20)
    second.result(20)
    assert frozen.assets(organization) == ["once"]
    row = frozen.job(organization, job_id)
    assert (row.state, row.attempts) == ("done", 2)


def test_every_transaction_of_a_job_is_fenced_not_only_the_last(frozen, organization):
    job_id = frozen.enqueue(example_jobs.answer, organization, number=1)
    run = JobRun(frozen.claim(), frozen.workplace, time_limit=60)

    def write_too_late():
        with run.transaction() as connection:
            make_asset(connection, organization, "too-late")
            frozen.sql(organization, "delete from job_lease where job_id = :job", job=job_id)

    with pytest.raises(LostLeaseError):
        write_too_late()
    assert frozen.assets(organization) == []


def test_attempts_are_bounded_when_workers_die(frozen, organization):
    job_id = frozen.enqueue(example_jobs.wait_then_write, organization, name="poison")
    for attempt in (1, 2):
        claimed = frozen.claim()
        assert claimed.attempt == attempt
        frozen.expire(organization, job_id)
        swept = sweep(frozen.engine, sweeper="test")
        assert [each.job_id for each in swept] == [job_id]
        frozen.make_due(organization)
    assert swept[0].token is not None, "without an attempt left it is the sweeper's to fail"
    assert frozen.claim() is None
    assert frozen.job(organization, job_id).state == "running"
    frozen.expire(organization, job_id)
    assert sweep(frozen.engine, sweeper="another")[0].token not in (None, swept[0].token)


@pytest.mark.long
def test_a_lease_that_is_kept_is_not_swept(bench, organization, in_background):
    bench.enqueue(example_jobs.wait_then_write, organization, name="slow")
    claimed = bench.claim(lease=1.0)
    bench.heart.lease = 1.0
    running = in_background(bench.execute, claimed)
    assert example_jobs.entered.wait(60)
    until = time.monotonic() + 2.5
    while time.monotonic() < until:
        assert sweep(bench.engine, sweeper="test") == []
        time.sleep(0.1)
    example_jobs.let_go.set()
    running.result(60)
    assert bench.assets(organization) == ["slow"]


@pytest.fixture
async def sessions(fresh_settings):
    engine = async_engine(fresh_settings.database.url, pool=Pool(size=2))
    yield Sessions(engine)
    await engine.dispose()


@pytest.mark.anyio
async def test_a_cancelled_job_stops_and_commits_nothing(bench, organization, sessions, in_background):
    job_id = bench.enqueue(example_jobs.watch, organization)
    running = in_background(bench.execute, bench.claim())
    assert example_jobs.entered.wait(60)
    async with sessions.transaction(organization) as session:
        await cancel(session, job_id)
    running.result(60)
    assert bench.job(organization, job_id).state == "cancelled"
    with pytest.raises(Conflict):
        async with sessions.transaction(organization) as session:
            await cancel(session, job_id)
    async with sessions.transaction(organization) as session:
        await retry(session, job_id)
    row = bench.job(organization, job_id)
    assert (row.state, row.attempts, row.finished_at) == ("accepted", 0, None)
    with pytest.raises(Conflict):
        async with sessions.transaction(organization) as session:
            await retry(session, job_id)


@pytest.mark.anyio
async def test_a_job_of_another_organization_does_not_exist(bench, organization, other, sessions):
    job_id = bench.enqueue(example_jobs.watch, organization)
    with pytest.raises(NotFound):
        async with sessions.transaction(other) as session:
            await cancel(session, job_id)
    assert bench.job(organization, job_id).state == "accepted"


@pytest.mark.long
def test_the_heart_and_the_finishing_transaction_do_not_block_each_other(bench, organization):
    """The fence holds the lease's row until the commit; a heartbeat meanwhile neither waits nor loses the job."""
    bench.enqueue(example_jobs.answer, organization, number=1)
    claimed = bench.claim()
    run = JobRun(claimed, bench.workplace, time_limit=60)
    with bench.heart.beating(run), run.transaction() as connection:
        run.finish(connection)
        time.sleep(1.2)
        run.check()
    assert bench.job(organization, claimed.job_id).state == "done"


@pytest.mark.long
def test_a_job_that_hangs_in_a_statement_is_ended_with_its_server_process(
    bench, organization, in_background, monkeypatch
):
    monkeypatch.setattr(heart, "OVERDUE_SECONDS", 0.5)
    job_id = bench.enqueue(example_jobs.hang_in_the_database, organization)
    claimed = bench.claim(lease=1.0)
    bench.heart.lease = 1.0
    running = in_background(bench.execute, claimed)
    assert example_jobs.entered.wait(60)
    swept = []
    deadline = time.monotonic() + 90
    while not running.done():
        assert time.monotonic() < deadline
        swept += sweep(bench.engine, sweeper="test", lease=60)
        time.sleep(0.1)
    assert [each.job_id for each in swept] == [job_id]
    assert bench.heart.running == []
