"""Counts stay exact: whoever folds, reads or writes at the same moment, each delta counts once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from factories.asset import SCANNED_ON, make_asset
from factories.finding import change_finding, make_delta, make_finding
from hauberk.db import counts
from hauberk.db.models.count import CountDelta, DailyTrend, FindingCount
from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.domain.finding import Triage
from hauberk.domain.severity import Severity

WRITERS = 8
TRANSACTIONS = 15


@pytest.fixture
def asset(rows, organization_id):
    with rows() as connection:
        return make_asset(connection, organization_id)


def open_now(connection, organization_id):
    found = counts.open_counts(organization_id)
    return dict(
        connection.execute(
            select(found.c.severity, func.sum(found.c.n))
            .group_by(found.c.severity)
            .having(func.sum(found.c.n) != 0)
        ).all()
    )


def test_folding_changes_where_counts_lie_but_not_what_they_say(rows, organization_id, asset):
    with rows() as connection:
        make_delta(connection, asset, 3, severity=Severity.HIGH, opened=3)
        make_delta(connection, asset, -1, severity=Severity.HIGH, closed=1)
        make_delta(connection, asset, 1, severity=Severity.HIGH, triage=Triage.RISK_ACCEPTED)
        before = open_now(connection, organization_id)
        assert counts.fold(connection, organization_id) == 3
        assert open_now(connection, organization_id) == before == {Severity.HIGH.rank: 2}
        assert connection.scalar(select(func.count()).select_from(CountDelta)) == 0
        day = connection.execute(select(DailyTrend.on, DailyTrend.opened, DailyTrend.closed, DailyTrend.net))
        assert day.all() == [(SCANNED_ON, 3, 1, 2)]
        assert counts.fold(connection, organization_id) == 0


def test_the_trend_adds_up_over_days(rows, organization_id, asset):
    with rows() as connection:
        make_delta(connection, asset, 5, opened=5)
        counts.fold(connection, organization_id)
        make_delta(connection, asset, -2, closed=2, on=SCANNED_ON + timedelta(days=1))
        found = counts.trend(organization_id)
        by_day = connection.execute(
            select(found.c.on_day, func.sum(found.c.net)).group_by(found.c.on_day).order_by(found.c.on_day)
        )
        assert by_day.all() == [(SCANNED_ON, 5), (SCANNED_ON + timedelta(days=1), -2)]


def test_eight_writers_and_a_fold_at_the_same_time_lose_and_double_nothing(
    database_url, organization_id, asset
):
    engine = sync_engine(database_url, pool=Pool(size=WRITERS + 3))
    is_over = threading.Event()
    seen = []

    def write(number):
        for _ in range(TRANSACTIONS):
            with transaction(engine, organization_id) as connection:
                make_delta(connection, asset, 2, severity=Severity.HIGH, opened=2)
                make_delta(connection, asset, -1, severity=Severity.HIGH, closed=1)
                make_delta(connection, asset, 1, triage=Triage.DUPLICATE, severity=Severity.LOW)

    def fold():
        while not is_over.is_set():
            with transaction(engine, organization_id) as connection:
                counts.fold(connection, organization_id)

    def read():
        while not is_over.is_set():
            with transaction(engine, organization_id) as connection:
                seen.append(open_now(connection, organization_id).get(Severity.HIGH.rank, 0))

    with ThreadPoolExecutor(WRITERS + 3) as pool:
        others = [pool.submit(fold), pool.submit(fold), pool.submit(read)]
        written = [pool.submit(write, number) for number in range(WRITERS)]
        for each in written:
            each.result()
        is_over.set()
        for each in others:
            each.result()
    with transaction(engine, organization_id) as connection:
        counts.fold(connection, organization_id)
        kept = connection.execute(
            select(FindingCount.severity, FindingCount.triage, FindingCount.n).order_by(FindingCount.severity)
        ).all()
        trend = connection.execute(
            select(DailyTrend.severity, DailyTrend.opened, DailyTrend.closed, DailyTrend.net).order_by(
                DailyTrend.severity
            )
        ).all()
    engine.dispose()
    times = WRITERS * TRANSACTIONS
    assert kept == [
        (Severity.LOW.rank, Triage.DUPLICATE.code, times),
        (Severity.HIGH.rank, Triage.OPEN.code, times),
    ]
    assert trend == [(Severity.LOW.rank, 0, 0, 0), (Severity.HIGH.rank, 2 * times, times, times)]
    assert seen == sorted(seen), "a reader saw a delta twice, or not any more"


def test_the_recount_finds_nothing_unless_something_wrote_without_deltas(rows, organization_id, asset):
    with rows() as connection:
        finding = make_finding(connection, asset, severity=Severity.HIGH)
        make_finding(connection, asset, severity=Severity.LOW, triage=Triage.DUPLICATE)
        make_finding(connection, asset, is_active=False)
        assert counts.differences(connection, organization_id) == []
        counts.fold(connection, organization_id)
        assert counts.differences(connection, organization_id) == []
        change_finding(connection, finding, severity=Severity.CRITICAL.rank)
        found = counts.differences(connection, organization_id)
        assert [(each.severity, each.there, each.counted) for each in found] == [
            (Severity.HIGH.rank, 0, 1),
            (Severity.CRITICAL.rank, 1, 0),
        ]


def test_the_version_changes_with_every_change_and_only_then(rows, organization_id, asset):
    def version():
        with rows() as connection:
            return connection.exec_driver_sql(
                counts.VERSION.text.decode(), {"organization": organization_id}
            ).one()

    versions = [version()]
    with rows() as connection:
        make_delta(connection, asset, 1)
    versions.append(version())
    assert version() == versions[-1]
    with rows() as connection:
        counts.fold(connection, organization_id)
    versions.append(version())
    with rows() as connection:
        counts.fold(connection, organization_id)
    assert version() == versions[-1]
    assert len(set(versions)) == 3
