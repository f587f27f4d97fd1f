"""Findings are due as the policy of their asset says, whatever brings or changes them; checked against the same in Python."""

from datetime import UTC, datetime, timedelta

import pytest

from factories import reports
from hauberk.db.session import transaction
from hauberk.domain.policy import GRADED, Policy
from hauberk.domain.severity import Severity
from hauberk.features.policies.jobs import apply
from hauberk.jobs import lease
from hauberk.jobs.enqueue import enqueue
from hauberk.jobs.execute import execute
from hauberk.jobs.queues import Queue

MONDAY = datetime(2026, 3, 23, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def due_by(standing, tags, severity, since, *, is_exploited):
    """By the first policy that is for these tags: what its severity says, or sooner because it is exploited."""
    policy = next(
        (each for each in standing if not each.asset_tags or set(each.asset_tags) & set(tags)), None
    )
    given = (
        [policy.days.get(severity), policy.known_exploited_days if is_exploited else None] if policy else []
    )
    days = [each for each in given if each is not None]
    return since + timedelta(days=min(days)) if days else None


class Policies:
    """The policies of the test's organization, and the job that applies them."""

    def __init__(self, imports) -> None:
        self.imports = imports

    def add(self, *tags, position=1, known_exploited=None, **days) -> None:
        names = [f"{each.value}_days" for each in GRADED]
        self.imports.run(
            "insert into due_policy (organization_id, name, name_key, position, asset_tags, known_exploited_days,"
            f" {', '.join(names)}) values (:organization, :name, :name, :position, :tags, :known_exploited,"
            f" {', '.join(f':{each}' for each in names)})",
            organization=self.imports.organization,
            name=f"{position} {tags}",
            position=position,
            tags=list(tags),
            known_exploited=known_exploited,
            **{f"{each.value}_days": days.get(each.value) for each in GRADED},
        )

    def apply(self) -> dict[str, int]:
        imports = self.imports
        with transaction(imports.engine, imports.organization) as connection:
            number = enqueue(connection, apply, organization_id=imports.organization)
        while claimed := lease.claim(
            imports.engine, worker="test", queues=[Queue.MAINTENANCE], per_organization=4, lease=60
        ):
            execute(claimed, imports.workplace, imports.heart)
        return imports.value("select result from job where id = :id", id=number)

    def due(self) -> list[timedelta | None]:
        """Of every finding the time between its clock's start and its due date; as `due_by` has it."""
        standing = [
            Policy(
                row.asset_tags,
                {each: getattr(row, f"{each.value}_days") for each in GRADED},
                row.known_exploited_days,
            )
            for row in self.imports.rows("select * from due_policy order by position, id")
        ]
        found = self.imports.rows(
            "select f.*, a.tags as asset_tags, t.known_exploited or t.feed_known_exploited as exploited"
            " from finding f join asset a on a.id = f.asset_id join rule_text t on t.id = f.rule_text_id order by f.id"
        )
        for row in found:
            since = row.reopened_at or row.first_seen_at
            severity, is_exploited = Severity.of_rank(row.severity), bool(row.exploited)
            assert row.due_at == due_by(standing, row.asset_tags, severity, since, is_exploited=is_exploited)
        return [row.due_at and row.due_at - (row.reopened_at or row.first_seen_at) for row in found]


@pytest.fixture
def policies(imports):
    return Policies(imports)


def test_without_policies_nothing_is_due(imports, policies):
    imports(reports.code(3))
    assert policies.due() == [None] * 3


def test_new_findings_are_due_days_after_the_scan_that_saw_them_first(imports, policies):
    policies.add(high=30)
    imports(reports.code(3), scanned_at=MONDAY)
    assert policies.due() == [30 * DAY] * 3
    assert imports.value("select min(due_at) from finding") == MONDAY + 30 * DAY


def test_an_unchanged_report_moves_no_due_date_and_writes_nothing(imports, policies):
    policies.add(high=30)
    imports(reports.code(3))
    before = imports.rows("select id, due_at, xmin::text from finding order by id")
    imports(reports.code(3))
    assert imports.rows("select id, due_at, xmin::text from finding order by id") == before


def test_another_severity_is_due_at_another_time(imports, policies):
    policies.add(high=30, medium=90)
    imports(reports.code(3))
    imports(reports.code(3, severity="MEDIUM"))
    assert policies.due() == [90 * DAY] * 3


def test_what_was_gone_and_is_there_again_has_the_whole_time_anew(imports, policies):
    policies.add(high=30)
    imports(reports.code(12), scanned_at=MONDAY)
    imports(reports.code(12, skip=(0,)), scanned_at=MONDAY + DAY)
    imports(reports.code(12), scanned_at=MONDAY + 2 * DAY)
    assert policies.due() == [30 * DAY] * 12
    assert imports.value("select due_at from finding where reopened_at is not null") == MONDAY + 32 * DAY


def test_an_older_scan_of_another_series_that_comes_late_makes_it_due_sooner(imports, policies):
    policies.add(high=30)
    imports(reports.code(3), scanned_at=MONDAY + DAY)
    imports(reports.code(3), scanned_at=MONDAY, scope="nightly")
    assert policies.due() == [30 * DAY] * 3
    assert imports.value("select max(due_at) from finding") == MONDAY + 30 * DAY


@pytest.mark.long
def test_the_job_applies_what_was_changed_and_a_second_run_finds_nothing(imports, policies):
    imports(reports.code(5), asset="shop")
    imports(reports.code(5), asset="till")
    policies.add(high=30)
    assert policies.apply() == {"assets": 2, "findings": 10}
    assert policies.due() == [30 * DAY] * 10
    imports.run("update asset set tags = '{internet}' where name = 'till'")
    policies.add("internet", position=0, high=5)
    assert policies.apply() == {"assets": 2, "findings": 5}
    assert policies.due() == [30 * DAY] * 5 + [5 * DAY] * 5
    assert policies.apply() == {"assets": 2, "findings": 0}
    imports.run("delete from due_policy")
    assert policies.apply()["findings"] == 10
    assert policies.due() == [None] * 10
    assert policies.apply() == {"assets": 0, "findings": 0}


def test_what_is_known_to_be_exploited_is_due_sooner(imports, policies):
    policies.add(high=30, known_exploited=2)
    imports.run("update rule_text set known_exploited = true")
    imports(
        {
            "format": "hauberk",
            "version": 1,
            "scanner": "gate",
            "findings": [
                {
                    "kind": "sca",
                    "title": f"About CVE-2024-{number}",
                    "severity": "high",
                    "known_exploited": number == 1000,
                    "identifiers": [f"CVE-2024-{number}"],
                    "components": [{"name": f"p{number}", "version": "1", "purl": f"pkg:npm/p{number}@1"}],
                }
                for number in (1000, 1001)
            ],
        }
    )
    assert sorted(policies.due()) == [2 * DAY, 30 * DAY]
