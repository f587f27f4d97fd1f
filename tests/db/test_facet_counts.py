"""Counts of facets follow findings, whoever writes them and however, and lists and facets are answered from them."""

import pytest
from alembic import command
from sqlalchemy import text

from factories.asset import make_asset
from factories.finding import change_finding, make_finding
from factories.identity import make_organization
from factories.writing import writing
from hauberk.db import counts, migrate
from hauberk.domain.finding import Triage
from hauberk.domain.severity import Severity
from hauberk.features.assets import deletion


def counted(connection, *, of_all: bool = False) -> dict[tuple[bool, int, int, str], int]:
    """By presence, severity, triage and scanners, folded or not."""
    which = "asset_id = 0" if of_all else "asset_id <> 0"
    found = connection.execute(
        text(
            "select is_active, severity, triage, array_to_string(scanners, '+'), sum(n) from ("
            f" select * from facet_count where {which} union all"
            " select organization_id, asset_id, is_active, kind, severity, triage, scanners, n from facet_delta) c"
            " group by 1, 2, 3, 4 having sum(n) <> 0"
        )
    )
    return {row[:4]: int(row[4]) for row in found}


def test_they_follow_every_way_of_writing_and_folding_changes_nothing(rows, organization_id):
    with rows() as connection:
        asset = make_asset(connection, organization_id)
        first, second, third = (make_finding(connection, asset, severity=Severity.HIGH) for _ in range(3))
        assert counted(connection) == {(True, 4, 0, "semgrep"): 3}
        change_finding(connection, first, triage=Triage.CONFIRMED.code, scanners=["semgrep", "trivy"])
        change_finding(connection, second, open_occurrences=0)
        change_finding(connection, third, joined_into_id=first)
        left = {(True, 4, 2, "semgrep+trivy"): 1, (False, 4, 0, "semgrep"): 1}
        assert counted(connection) == left
        counts.fold(connection, organization_id)
        assert counted(connection) == counted(connection, of_all=True) == left
        assert connection.scalar(text("select count(*) from facet_delta")) == 0
        connection.execute(text("delete from finding where id = :id"), {"id": second})
        assert counted(connection) == {(True, 4, 2, "semgrep+trivy"): 1}


def test_a_statement_that_changes_nothing_they_are_of_appends_nothing(rows, organization_id):
    with rows() as connection:
        finding = make_finding(connection, make_asset(connection, organization_id))
        counts.fold(connection, organization_id)
        change_finding(connection, finding, tags=["backlog"], epss=0.5)
        assert connection.scalar(text("select count(*) from facet_delta")) == 0


def test_an_asset_takes_them_along_at_once_and_once(rows, organization_id):
    with rows() as connection:
        asset, other = (make_asset(connection, organization_id) for _ in range(2))
        for each in (asset, asset, other):
            make_finding(connection, each)
        counts.fold(connection, organization_id)
        make_finding(connection, asset)
        deletion.hide(connection, organization_id, asset.id)
        left = {(True, 4, 0, "semgrep"): 1}
        assert counted(connection) == left
        assert deletion.remove_portion(connection, organization_id, asset.id) == 3
        deletion.remove_asset(connection, organization_id, asset.id)
        counts.fold(connection, organization_id)
        assert counted(connection) == counted(connection, of_all=True) == left


@pytest.mark.long
def test_what_was_there_before_them_is_counted_by_the_migration(empty_database):
    owner, app, _ = empty_database
    command.upgrade(migrate._config(owner), "0021")
    organizations = [make_organization(owner) for _ in range(2)]
    for number in organizations:
        with writing(app, number) as connection:
            asset = make_asset(connection, number)
            for severity in (Severity.HIGH, Severity.HIGH, Severity.LOW):
                make_finding(connection, asset, severity=severity)
    migrate.upgrade(owner, environment="test")
    for number in organizations:
        with writing(app, number) as connection:
            there = {(True, 4, 0, "semgrep"): 2, (True, 2, 0, "semgrep"): 1}
            assert counted(connection) == counted(connection, of_all=True) == there
            make_finding(connection, make_asset(connection, number), severity=Severity.HIGH)
            assert counted(connection)[True, 4, 0, "semgrep"] == 3
