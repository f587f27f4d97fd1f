"""Branches that nobody scans any more: what was seen on them closes after 14 days, and nothing else does."""

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from factories import reports
from hauberk.db.session import transaction
from hauberk.features.assets.jobs import expire_refs
from hauberk.jobs import lease
from hauberk.jobs.enqueue import enqueue
from hauberk.jobs.execute import execute
from hauberk.jobs.queues import Queue


@pytest.fixture
def sweep(imports):
    """What the scheduler starts every hour; answers the job's result."""

    def run() -> dict[str, int]:
        with transaction(imports.engine, imports.organization) as connection:
            number = enqueue(connection, expire_refs, organization_id=imports.organization)
        while claimed := lease.claim(
            imports.engine, worker="test", queues=[Queue.MAINTENANCE], per_organization=4, lease=60
        ):
            execute(claimed, imports.workplace, imports.heart)
        return imports.value("select result from job where id = :id", id=number)

    return run


def pass_by(imports, days: int) -> None:
    """All that was scanned so far was scanned so many days earlier."""
    imports.run(
        "update asset_ref set last_scan_at = last_scan_at - make_interval(days => :days),"
        " created_at = created_at - make_interval(days => :days)",
        days=days,
    )
    imports.run("update scan set accepted_at = accepted_at - make_interval(days => :days)", days=days)


@pytest.fixture
def branch(imports):
    """Ten findings on the default ref; nine of them and two of its own on a branch."""
    imports(reports.code(10))
    imports(reports.code(12, skip=(0,)), ref="feature")


def open_on(imports, ref: str) -> int:
    return imports.value(
        "select count(*) from occurrence o join scope s on s.id = o.scope_id join asset_ref r on r.id = s.ref_id"
        " where r.name = :ref and o.closed_at is null",
        ref=ref,
    )


def test_a_branch_expires_fourteen_days_after_its_last_scan_and_says_so(imports, branch, sweep, consistent):
    pass_by(imports, 13)
    assert sweep() == {"refs": 0, "closed": 0}
    before = open_on(imports, "feature")
    pass_by(imports, 2)
    assert sweep() == {"refs": 1, "closed": before}
    assert open_on(imports, "feature") == 0
    assert imports.value("select count(*) from finding where is_active") == 10 == open_on(imports, "main")
    reasons = imports.rows(
        "select close_reason, count(*) from occurrence where closed_at is not null group by 1"
    )
    assert reasons == [("ref_expired", before)]
    assert imports.value("select detail->>'ref' from event where action = 'asset.ref_expired'") == "feature"
    consistent()


def test_a_second_sweep_writes_nothing(imports, branch, sweep, consistent):
    pass_by(imports, 15)
    sweep()
    rows = "select xmin::text, id from occurrence union all select xmin::text, id from finding order by 2, 1"
    before = imports.rows(rows)
    assert sweep() == {"refs": 0, "closed": 0}
    assert imports.rows(rows) == before


def test_an_earlier_scan_of_a_branch_that_expires_leaves_when_its_findings_were_first_seen(imports, sweep):
    imports(reports.code(10), scanned_at=datetime(2026, 1, 5, tzinfo=UTC))
    imports(reports.code(10), scanned_at=datetime(2026, 1, 2, tzinfo=UTC), ref="feature")
    pass_by(imports, 15)
    assert sweep() == {"refs": 1, "closed": 10}
    assert imports.rows("select distinct first_seen_at from finding") == [(datetime(2026, 1, 5, tzinfo=UTC),)]


def test_its_next_scan_opens_what_it_reports_again(imports, branch, sweep, consistent):
    before = open_on(imports, "feature")
    pass_by(imports, 15)
    sweep()
    imports(reports.code(12, skip=(0,)), ref="feature")
    assert open_on(imports, "feature") == before
    assert sweep() == {"refs": 0, "closed": 0}
    consistent()


def test_an_old_report_that_came_today_keeps_its_branch(imports, branch, sweep):
    imports.run(
        "update asset_ref set last_scan_at = last_scan_at - interval '90 days' where name = 'feature'"
    )
    assert sweep() == {"refs": 0, "closed": 0}


def test_tracked_refs_and_the_default_one_never_expire(imports, branch, sweep, consistent):
    imports.run("update asset_ref set is_tracked = false where name = 'main'")
    imports.run("update asset_ref set is_tracked = true where name = 'feature'")
    pass_by(imports, 500)
    assert sweep() == {"refs": 0, "closed": 0}


def test_how_long_a_branch_stays_is_a_setting(imports, branch, sweep, monkeypatch):
    monkeypatch.setitem(vars(imports.settings.retention), "ref_days", 3)
    pass_by(imports, 4)
    assert sweep()["refs"] == 1


def page(*lines: int) -> dict[str, Any]:
    """One finding, at each of these lines of its file."""
    report = reports.sarif(1)
    (result,) = report["runs"][0]["results"]
    report["runs"][0]["results"] = copies = [copy.deepcopy(result) for _ in lines]
    for each, line in zip(copies, lines, strict=True):
        each["locations"][0]["physicalLocation"]["region"]["startLine"] = line
    return report


@pytest.mark.long
@pytest.mark.parametrize(("decided_on", "then_on"), [("feature", None), (None, "feature")])
def test_a_decision_survives_that_another_ref_shows_the_place_at_another_line(
    imports, consistent, decided_on, then_on
):
    """A branch is merged, or made: what people said of its finding stays, unless it shows more of it than they saw."""
    imports(page())
    imports(page(10), ref=decided_on)
    imports.run("update finding set triage = 3")
    imports.run("delete from count_delta")
    imports.run(
        "insert into count_delta (organization_id, asset_id, on_day, kind, severity, triage, n)"
        " select organization_id, asset_id, now()::date, kind, severity, triage, 1 from finding where is_active"
    )
    imports(page(17), ref=then_on)
    assert imports.rows("select triage from finding") == [(3,)]
    consistent()
    imports(page(17, 90), ref=then_on)
    assert imports.rows("select triage from finding") == [(0,)]
    consistent()


@pytest.mark.long
def test_what_a_branch_alone_showed_is_new_where_it_is_merged(imports, consistent):
    """Nothing was mended and came back: the gate of the default branch has not seen it before."""
    imports(reports.code(10))
    assert imports(reports.code(12), ref="feature").counts["findings"]["new"] == 2
    merged = imports(reports.code(12))
    assert merged.counts["findings"] == {"new": 2, "reopened": 0, "closed": 0}
    assert imports.value("select count(*) from finding where reopened_at is not null") == 0
    assert imports(reports.code(10)).counts["findings"]["closed"] == 2
    assert imports(reports.code(12)).counts["findings"] == {"new": 0, "reopened": 2, "closed": 0}
    assert imports.value("select count(*) from finding where reopened_at is not null") == 2
    consistent()


def test_a_branch_is_one_however_pipelines_spell_it(imports):
    imports(page(10), ref="main")
    assert imports(page(10), ref="refs/heads/main").counts["unchanged"] == 1
    imports(page(10), ref="refs/tags/v1")
    assert imports(page(10), ref="v1").counts["unchanged"] == 1
    refs = "select name, is_tracked from asset_ref order by name"
    assert imports.rows(refs) == [("main", True), ("v1", False)]


def test_a_ref_that_was_named_at_length_before_goes_on(imports):
    imports(page(10), ref="main")
    imports.run("update asset_ref set name = 'refs/heads/main'")
    imports.run("update asset set default_ref = 'refs/heads/main'")
    for spelled in ("main", "refs/heads/main", None):
        assert imports(page(10), ref=spelled).counts["unchanged"] == 1
    assert imports.value("select count(*) from asset_ref") == 1


def test_a_branch_that_shows_the_same_and_lines_that_move_write_no_finding(imports, consistent):
    """What people see of a finding stays, so its row does: a branch of each of a hundred people costs its occurrences."""
    rows = "select xmin::text, id from finding order by id"
    imports(reports.code(10))
    before = imports.rows(rows)
    assert imports(reports.code(10), ref="feature").counts["new"] == 10, "occurrences"
    assert imports(reports.code(10, shift=20)).counts["moved"] == 10
    assert imports.rows(rows) == before
    imports(reports.code(10, severity="LOW", shift=20))
    assert not set(imports.rows(rows)) & set(before), "what is seen otherwise is written"
    consistent()
