"""One import, and everything under it fails once: the whole of it is there in the end, or nothing of it was."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from factories import reports
from faults.figures import FIGURES
from faults.processes import killing_children, wait_for
from faults.reference import Sent
from faults.site import ORGANIZATION, Site
from hauberk.db.locks import lock_asset
from hauberk.ingest.sandbox.sandbox import shared
from hauberk.jobs.execute import execute

FIRST = Sent(reports.packages(12, skip=(0, 1)))
# New, gone, moved and changed results, and one that came back: every statement has something to do.
SECOND = Sent(reports.packages(12, version="1.1.0", skip=(2,)), day=1)


@pytest.mark.long
def test_a_parser_that_is_killed_from_outside_is_started_again(site, reference):
    scan_id = site.accept(FIRST)
    sandbox = shared(site.settings)
    sandbox.missing()  # starts it
    with capture_logs() as logs, killing_children(lambda: [sandbox.zygote_pid], times=2) as killed:
        site.work_off()
    assert len(killed) == 2
    crashes = sum(each["event"] == "parser_crashed" for each in logs)
    assert 1 <= crashes <= 2, "one of the two may have had its answer sent before it was killed"
    assert site.rows("select state, attempts from job") == [("done", crashes + 1)]
    assert site.rows("select state, error from scan where id = :id", id=scan_id) == [("done", None)]
    assert site.state() == reference(FIRST)
    FIGURES.faults += crashes


def test_a_parser_that_is_killed_every_time_fails_its_scan_in_words(site):
    site.accept(FIRST)
    sandbox = shared(site.settings)
    sandbox.missing()
    with killing_children(lambda: [sandbox.zygote_pid], times=1_000):
        site.work_off()
    assert site.rows("select state, error from scan") == [
        (
            "failed",
            {
                "code": "parser_killed",
                "message": "The process that read the report was killed.",
                "position": None,
            },
        )
    ]
    assert site.state().findings == []


@pytest.mark.long
def test_a_full_disk_of_the_worker_is_waited_for(site, reference, small_disk):
    site.accept(FIRST)
    with small_disk(site.settings.home / "spool", 4096):
        site.work()
        ((state, error, waits),) = site.rows(
            "select state, error, extract(epoch from run_after - now()) > 30 from job"
        )
    assert (state, error["code"], waits) == ("accepted", "storage_full", True)
    assert site.state().findings == []
    site.work_off()
    assert site.state() == reference(FIRST)
    FIGURES.faults += 1


@pytest.mark.long
def test_a_database_that_is_away_for_seconds_is_told_the_end_when_it_is_back(site, servers, reference):
    """Nobody waits for the lease to end and the sweeper to look."""
    site.accept(FIRST)
    site.work()
    site.accept(SECOND)
    name = site.engine.url.database
    with (
        capture_logs(),
        psycopg.connect(servers.superuser_url, autocommit=True) as superuser,
        site.engine.connect() as other,
    ):
        lock_asset(other, ORGANIZATION, site.rows("select id from asset")[0].id)
        holder = other.connection.driver_connection.info.backend_pid
        working = threading.Thread(target=lambda: execute(site.claim(), site.workplaces[0], site.heart))
        working.start()
        waiting = """
        select 1 from pg_locks where not granted and locktype = 'advisory'
          and database = (select oid from pg_database where datname = current_database())
        """
        wait_for(lambda: site.rows(waiting))
        superuser.execute(f"alter database {name} allow_connections false")
        superuser.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s and pid <> %s",
            (name, holder),
        )
        time.sleep(2.5)
        assert working.is_alive()
        superuser.execute(f"alter database {name} allow_connections true")
        working.join(10)
    assert not working.is_alive()
    assert site.rows("select state from job order by id desc limit 1") == [("accepted",)]
    assert site.rows("select 1 from job_lease") == []
    site.work_off()
    assert site.state() == reference(FIRST, SECOND)
    FIGURES.faults += 1


STEP = 9  # here every ninth; `make faults` has them all


@pytest.mark.long
@pytest.mark.parametrize("kind", ["lost", "refused"])
def test_an_import_of_which_a_statement_fails_is_whole_after_a_retry(site, reference, kind):
    _fail_each(site, reference, kind, range(3, 10_000, STEP))


@pytest.mark.faults
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", ["lost", "refused"])
def test_an_import_of_which_any_statement_fails_is_whole_after_a_retry(site, reference, kind):
    _fail_each(site, reference, kind, range(1, 10_000))


def _fail_each(site: Site, reference, kind: str, numbers: range) -> None:
    """A fresh asset for each N; what is there after the failure is what was there before, or all of it."""
    before = _shown(reference(FIRST))
    after = _shown(reference(FIRST, SECOND))
    assert before != after
    met = 0
    for number in numbers:
        asset = f"shop {number}"
        site.accept(Sent(FIRST.report, asset=asset))
        site.work_off()
        site.accept(Sent(SECOND.report, asset=asset, day=1))
        claimed = site.claim()
        assert claimed is not None
        with capture_logs(), _failing(site, number, kind) as seen:  # drawing each traceback takes a second
            execute(claimed, site.workplaces[0], site.heart)
        assert _shown(site.state(), asset) in (before, after), f"statement {number}: half of it is there"
        site.run("update job_lease set expires_at = now() - interval '1 second'")
        site.sweep()
        site.work_off()
        assert _shown(site.state(), asset) == after, f"statement {number}: the retry gives something else"
        FIGURES.accepted += 2
        if seen["count"] < number:
            break  # the import has fewer statements
        met += 1
    FIGURES.faults += met
    assert met >= (5 if numbers.step > 1 else 40)
    assert {scan.state for scan in site.scans()} == {"done"}


def _shown(state, asset: str = "shop"):
    """One asset's part of the state."""
    return [[row[1:] for row in rows] for rows in vars(state.of_assets([asset])).values()]


@contextmanager
def _failing(site: Site, number: int, kind: str) -> Iterator[dict[str, int]]:
    """The so-many-th statement or commit of this process fails: its connection is lost, or the server refuses it."""
    seen = {"count": 0}

    def fails_now() -> bool:
        seen["count"] += 1
        return seen["count"] == number

    def before_statement(connection, _cursor, statement, parameters, _context, _many):
        if fails_now():
            if kind == "lost":
                _end_session(site, connection.connection.driver_connection)
            else:
                statement = "select 1 / 0"
                parameters = {}
        return statement, parameters

    def before_commit(connection):
        if fails_now():
            _end_session(site, connection.connection.driver_connection)

    engines = {workplace.engine for workplace in site.workplaces} | {
        workplace.side_engine for workplace in site.workplaces
    }
    for engine in engines:
        event.listen(engine, "before_cursor_execute", before_statement, retval=True)
        event.listen(engine, "commit", before_commit)
    try:
        yield seen
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", before_statement)
            event.remove(engine, "commit", before_commit)


def _end_session(site: Site, driver: psycopg.Connection) -> None:
    with site.engine.connect() as other:
        other.exec_driver_sql("select pg_terminate_backend(%s, 5000)", (driver.info.backend_pid,))
