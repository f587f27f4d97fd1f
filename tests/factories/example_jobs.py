"""Jobs for tests, as a feature would declare them."""

import threading
import time

from sqlalchemy import text

from factories.asset import make_asset
from hauberk.jobs.job import JobError, job
from hauberk.jobs.queues import Queue
from hauberk.kit.errors import Invalid, Unavailable

entered = threading.Event()
let_go = threading.Event()


@job()
def answer(run, number):
    return {"number": number, "attempt": run.attempt, "requested_by": run.requested_by}


@job()
def write_twice(run, name):
    with run.transaction() as connection:
        make_asset(connection, run.organization_id, f"{name}-first")
    with run.transaction() as connection:
        make_asset(connection, run.organization_id, f"{name}-second")
        run.finish(connection, {"name": name})


@job(queue=Queue.IMPORT, max_attempts=2)
def wait_then_write(run, name):
    """Stops inside its writing transaction until the test lets it go on."""
    with run.transaction() as connection:
        make_asset(connection, run.organization_id, name)
        entered.set()
        assert let_go.wait(30)
        run.finish(connection)


@job()
def hold(run):
    with run.transaction() as connection:
        run.finish(connection, {"would_close": 7}, state="held")


@job(max_attempts=2)
def break_down(run):
    raise ValueError("nobody thought of this")


@job(max_attempts=1)
def ask_in_vain(run):
    with run.transaction() as connection:
        connection.execute(text("select * from nowhere where secret = :value"), {"value": "hunter2"})


@job()
def refuse(run):
    raise JobError("truncated", "The file was cut off.", "line 3")


@job()
def refuse_kindly(run):
    raise Invalid([("/name", "It is too long.")])


@job()
def find_it_closed(run):
    raise Unavailable("The other side is closed.", retry_after=3_000)


@job(time_limit=0.5, max_attempts=1)
def spin(run):
    while True:
        pass


@job()
def watch(run):
    """Looks up often, as a job should."""
    entered.set()
    for number in range(600):
        run.progress(number=number)
        time.sleep(0.05)


@job(max_attempts=3)
def sleep_and_write(run, seconds, name):
    entered.set()
    time.sleep(seconds)
    with run.transaction() as connection:
        make_asset(connection, run.organization_id, name)
        run.finish(connection, {"attempt": run.attempt})


@job()
def collide_once(run):
    tries = []

    def work(connection):
        tries.append(1)
        if len(tries) == 1:
            connection.exec_driver_sql(
                "do $$ begin raise exception 'made up' using errcode = 'deadlock_detected'; end $$"
            )
        make_asset(connection, run.organization_id, "after-deadlock")
        run.finish(connection, {"tries": len(tries)})

    run.write(work)


@job(time_limit=0.5, max_attempts=1)
def hang_in_the_database(run):
    with run.transaction() as connection:
        entered.set()
        connection.exec_driver_sql("select pg_sleep(100)")
