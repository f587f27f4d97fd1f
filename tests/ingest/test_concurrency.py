"""Imports beside each other, and beside people who decide and delete: the result is that of one after the other."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, text
from structlog.testing import capture_logs

from factories import reports
from faults.reference import Sent
from faults.site import ORGANIZATION, Site, expected, fresh_site
from hauberk.db import installation
from hauberk.db.locks import Family, lock_asset
from hauberk.db.session import transaction
from hauberk.domain.finding import Triage
from hauberk.domain.permissions import Actor, Role
from hauberk.features.assets import deletion
from hauberk.features.assets.jobs import remove_asset
from hauberk.features.findings.change import Change
from hauberk.features.findings.jobs import change_findings
from hauberk.features.findings.writing import apply_change
from hauberk.jobs import lease
from hauberk.jobs.enqueue import enqueue
from hauberk.jobs.execute import execute

SEED = 20260122
PERSON = Actor(ORGANIZATION, None, None, Role.ADMIN, Role.ADMIN.permissions, "person")
FALSE_POSITIVE = Change(triage=Triage.FALSE_POSITIVE, reason="Checked")
RISK_ACCEPTED = Change(triage=Triage.RISK_ACCEPTED, reason="Behind the firewall")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Attempts fail here by the dozen, and drawing each traceback takes a second."""
    with capture_logs():
        yield


@pytest.fixture
def site(servers, tmp_path) -> Iterator[Site]:
    """As many connections as three worker processes have."""
    with fresh_site(servers, tmp_path, engines=3) as opened:
        yield opened


@pytest.fixture
def reference(servers, tmp_path):
    return lambda *sent: expected(servers, tmp_path, sent)


@pytest.fixture
def beside() -> Iterator[Callable[..., Future[Any]]]:
    with ThreadPoolExecutor(8) as pool:
        yield pool.submit


@pytest.mark.long
def test_one_report_twenty_times_at_once_gives_one_result(site, reference):
    """Without the order that jobs of one asset have: nothing keeps them apart but what the database does."""
    sent = Sent(reports.code(60))
    for _ in range(20):
        site.accept(sent, serial=False)
    site.work_off(threads=10)
    scans = site.scans()
    assert [scan.state for scan in scans] == ["done"] * 20, [scan.error for scan in scans]
    assert sorted(scan.counts["new"] for scan in scans) == [0] * 19 + [60]
    assert sorted(scan.counts["unchanged"] for scan in scans) == [0] + [60] * 19
    assert site.state() == reference(sent)


@pytest.mark.long
def test_two_assets_two_refs_and_two_scanners_at_once_do_not_meet(site, reference):
    sent = [
        Sent(report, asset=asset, ref=ref, scope=scope, day=day)
        for day in range(2)
        for asset in ("shop", "office")
        for ref, scope, report in (
            (None, None, reports.code(40, skip=(day,), shift=day)),
            (None, "nightly", reports.code(30, skip=(5 + day,))),
            ("release", None, reports.code(40, skip=(day + 2,))),
            (None, None, reports.packages(20, version=f"1.{day}.0", skip=(day,))),
        )
    ]
    for each in sent:
        site.accept(each)
    site.work_off(threads=6)
    assert {scan.state for scan in site.scans()} == {"done"}
    assert site.state() == reference(*sent)


@pytest.mark.long
def test_new_assets_with_the_same_rules_are_made_at_once(site, reference):
    """Each wants to be the first to write the rules' texts, and none has to wait for ever."""
    sent = [Sent(reports.packages(60, version=str(number)), asset=f"asset {number}") for number in range(8)]
    for each in sent:
        site.accept(each)
    site.work_off(threads=8)
    assert {scan.state for scan in site.scans()} == {"done"}
    assert site.state() == reference(*sent)


@pytest.mark.long
def test_decisions_made_during_imports_stay_and_the_counts_follow(site, servers, tmp_path, beside):
    sent = [Sent(reports.code(50, skip=tuple(range(day % 3))), day=day) for day in range(12)]
    _import(site, sent[0])
    people = random.Random(SEED)
    order = people.sample(site.rows("select id from finding order by id"), 30)
    one_by_one, together = [row.id for row in order[:20]], [row.id for row in order[20:]]
    for each in sent[1:]:
        site.accept(each)
    deciding = beside(_decide_each, site, one_by_one, FALSE_POSITIVE)
    with transaction(site.engine, ORGANIZATION) as connection:
        enqueue_change(connection, together, RISK_ACCEPTED)
    site.work_off(threads=3)
    deciding.result()
    by_triage = dict(
        site.rows("select triage, array_agg(id order by id) from finding where triage > 2 group by 1")
    )
    assert by_triage == {
        Triage.FALSE_POSITIVE.code: sorted(one_by_one),
        Triage.RISK_ACCEPTED.code: sorted(together),
    }
    with fresh_site(servers, tmp_path) as reference:
        for each in sent:
            _import(reference, each)
        for numbers, change in ((one_by_one, FALSE_POSITIVE), (together, RISK_ACCEPTED)):
            keys = site.rows(
                "select fingerprint::text from finding_key where finding_id = any(:ids)", ids=numbers
            )
            same = reference.rows(
                "select finding_id from finding_key where fingerprint = any(cast(:keys as uuid[]))",
                keys=[key for (key,) in keys],
            )
            _decide_each(reference, [row.finding_id for row in same], change)
        assert site.state() == reference.state()


@pytest.mark.long
def test_an_asset_that_is_deleted_during_imports_leaves_nothing_behind(site, reference, beside):
    """Whether the import or the deletion comes first: the scan ends, and nothing of the asset is there half."""
    chance = random.Random(SEED)
    kept = Sent(reports.code(30), asset="kept")
    _import(site, kept)
    for number in range(5):
        name = f"doomed {number}"
        _import(site, Sent(reports.code(30), asset=name))
        site.accept(Sent(reports.code(40, shift=3), asset=name, scope="another", day=1))
        site.accept(Sent(reports.packages(10), asset=name, day=1))
        deleting = beside(_delete_asset, site, name, chance.uniform(0, 0.4))
        site.work_off(threads=2)
        deleting.result()
    site.work_off()
    assert site.rows("select name from asset where name <> 'kept'") == []
    assert site.rows("select job.kind, job.error from job where error ->> 'code' = 'internal_error'") == []
    assert site.state() == reference(kept)


def test_an_asset_deleted_after_the_report_was_accepted_does_not_come_back(site):
    _import(site, Sent(reports.code(5)))
    scan_id = site.accept(Sent(reports.code(6), day=1))
    (asset_id,) = site.rows("select id from asset")[0]
    with transaction(site.engine, ORGANIZATION) as connection:
        deletion.hide(connection, ORGANIZATION, asset_id)
    site.work_off()
    scan = site.rows("select state, error from scan where id = :id", id=scan_id)[0]
    assert (scan.state, scan.error["code"]) == ("failed", "asset_deleted")
    assert site.rows("select 1 from asset where deleted_at is null") == []


def test_a_report_whose_asset_is_gone_altogether_ends_its_job_in_words(site):
    _import(site, Sent(reports.code(5)))
    site.accept(Sent(reports.code(6), day=1))
    _delete_asset(site, "shop")
    site.run("update job set run_after = now() + interval '1 hour' where kind = 'ingest.import_scan'")
    site.work()
    site.work_off()
    assert [row.error["code"] for row in site.rows("select error from job where state = 'failed'")] == [
        "scan_gone"
    ]


@pytest.mark.long
def test_a_scope_that_moves_between_comparison_and_writing_is_compared_again(site, reference, beside):
    """Both have compared with the scope as it was before either wrote; they wait for the asset in the same moment."""
    _import(site, Sent(reports.code(20)))
    later = [Sent(reports.code(20, skip=(1,)), day=1), Sent(reports.code(20, skip=(1, 2)), day=2)]
    ids = [site.accept(each, serial=False) for each in later]
    with _asset_locked(site) as release:
        working = []
        for number, workplace in enumerate(site.workplaces[:2]):
            working.append(beside(site.work, workplace))
            _until(lambda number=number: _waiting(site) == number + 1)
        release()
        for each in working:
            each.result()
    first, second = (next(scan for scan in site.scans() if scan.id == scan_id) for scan_id in ids)
    assert (first.state, first.counts["closed"]) == ("done", 1)
    assert (second.state, second.counts["closed"]) == ("done", 1), "the other's closing is not its own"
    assert site.rows("select 1 from job where attempts > 1") == []
    assert site.state() == reference(Sent(reports.code(20)), *later)


@pytest.mark.long
@pytest.mark.parametrize("is_backend_known", [True, False])
def test_a_worker_whose_lease_was_given_to_another_commits_nothing(site, reference, beside, is_backend_known):
    """It stands in its writing transaction; with and without the sweeper ending its server process first."""
    sent = Sent(reports.code(30), day=1)
    _import(site, Sent(reports.code(10)))
    scan_id = site.accept(sent)
    site.heart.stop()  # as a process that is frozen
    first = site.claim(site.workplaces[0])  # one job only: a loop might take it back before the other does
    assert first is not None
    with _asset_locked(site) as release:
        frozen = beside(execute, first, site.workplaces[0], site.heart)
        _until(lambda: _waiting(site) == 1)
        if not is_backend_known:
            site.run("update job_lease set backend_pid = null")
        site.run("update job_lease set expires_at = now() - interval '1 second'")
        assert len(lease.sweep(site.engine, sweeper="test")) == 1
        second = site.claim(site.workplaces[1])
        assert second is not None
        other = beside(execute, second, site.workplaces[1], site.heart)
        _until(lambda: _waiting(site) == (1 if is_backend_known else 2))
        release()
        frozen.result()
        other.result()
    scan = site.rows("select state, counts from scan where id = :id", id=scan_id)[0]
    assert (scan.state, scan.counts["new"]) == ("done", 20)
    assert site.rows("select attempts from job order by id desc limit 1")[0].attempts == 2
    assert site.state() == reference(Sent(reports.code(10)), sent)


@pytest.mark.long
def test_an_import_that_meets_a_deadlock_does_it_again(site, reference):
    sent = Sent(reports.code(10))
    _import(site, sent)
    later = Sent(reports.packages(3), day=1)
    site.accept(later)
    working = threading.Thread(target=site.work)
    with transaction(site.engine, ORGANIZATION) as connection:
        # It holds what the import wants to write, and then asks for what the import holds.
        connection.execute(
            text(
                "insert into vulnerability (organization_id, name, is_rule) values (1, 'CVE-2024-1001', false)"
            )
        )
        working.start()
        _until(lambda: _waiting(site, "transactionid") == 1)
        lock_asset(connection, ORGANIZATION, site.rows("select id from asset")[0].id)
        connection.rollback()
    working.join()
    assert [(row.state, row.attempts) for row in site.rows("select state, attempts from job")] == [
        ("done", 1)
    ] * 2
    assert site.state() == reference(sent, later)


def enqueue_change(connection: Connection, numbers: list[int], change: Change) -> None:
    enqueue(
        connection,
        change_findings,
        organization_id=ORGANIZATION,
        actor_name="person",
        token_id=None,
        role="admin",
        numbers=numbers,
        query="",
        change=change.to_json(),
    )


def _import(site: Site, sent: Sent) -> None:
    site.accept(sent)
    site.work()


def _decide_each(site: Site, numbers: list[int], change: Change) -> None:
    for number in numbers:
        with transaction(site.engine, ORGANIZATION) as connection:
            (asset_id,) = connection.execute(
                text("select asset_id from finding where id = :id"), {"id": number}
            ).one()
            public_ids = installation.read(connection).public_ids
            apply_change(
                connection, PERSON, public_ids, asset_id=asset_id, finding_ids=[number], change=change
            )


def _delete_asset(site: Site, name: str, after: float = 0.0) -> None:
    """As the API does it."""
    time.sleep(after)
    with transaction(site.engine, ORGANIZATION) as connection:
        asset_id = connection.execute(
            text("select id from asset where name = :name and deleted_at is null"), {"name": name}
        ).scalar_one()
        deletion.hide(connection, ORGANIZATION, asset_id)
        enqueue(connection, remove_asset, organization_id=ORGANIZATION, asset_id=asset_id)


@contextmanager
def _asset_locked(site: Site) -> Iterator[Callable[[], None]]:
    """Nobody writes to the only asset until `release` is called."""
    (asset_id,) = site.rows("select id from asset")[0]
    with site.engine.connect() as connection:
        lock_asset(connection, ORGANIZATION, asset_id)
        yield connection.rollback


def _waiting(site: Site, kind: str = "advisory") -> int:
    # Of this database: the server has other tests' databases, too.
    statement = """
    select count(*) from pg_locks l join pg_stat_activity a on a.pid = l.pid and a.datname = current_database()
    where not l.granted and l.locktype = :kind and (l.classid = :asset or :any)
    """
    found: int = site.rows(statement, kind=kind, asset=int(Family.ASSET), any=kind != "advisory")[0][0]
    return found


def _until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
