"""Names of one flaw: learned from reports, they make one finding of what scanners name differently, and come apart again."""

from typing import Any

import pytest
from sqlalchemy import text

from hauberk.db.session import transaction
from hauberk.features.vulnerabilities.jobs import SERIAL_KEY, apply_aliases
from hauberk.jobs import lease, outbox
from hauberk.jobs.enqueue import enqueue
from hauberk.jobs.execute import execute
from hauberk.jobs.queues import Queue

CVE, GHSA, SNYK = "CVE-2020-8203", "GHSA-p6mc-m468-83gw", "SNYK-JS-LODASH-590103"


def report(scanner: str, *identifiers: str | tuple[str, ...], package: str = "lodash") -> dict[str, Any]:
    """One result for each name, or for several names together."""
    component = {"name": package, "version": "1.0.0", "purl": f"pkg:npm/{package}@1.0.0", "path": "lock.json"}
    return {
        "format": "hauberk", "version": 1, "scanner": scanner,
        "findings": [
            {"kind": "sca", "title": "Pollution", "severity": "high", "components": [component],
             "identifiers": [names] if isinstance(names, str) else list(names)}
            for names in identifiers
        ],
    }  # fmt: skip


@pytest.fixture
def apply(imports):
    """What the worker does soon after: the outbox's events, then the job."""

    def run() -> None:
        while outbox.relay(imports.engine):
            pass
        while claimed := lease.claim(
            imports.engine, worker="test", queues=[Queue.DEFAULT], per_organization=4, lease=60
        ):
            execute(claimed, imports.workplace, imports.heart)

    return run


def findings(imports) -> list[tuple[int, int]]:
    """Active ones, by how many open occurrences they have."""
    rows = imports.rows(
        "select id, open_occurrences as n from finding where is_active and asset_id = ("
        "select id from asset where name = 'shop') order by id"
    )
    return [(row.id, row.n) for row in rows]


def person_says(imports, one: str, other: str, *, is_same: bool) -> None:
    imports.run(
        "insert into alias_assertion (organization_id, vulnerability_id, alias_id, asserter_kind, asserter, is_same)"
        " select :organization, v.id, a.id, 'person', '1', :same from vulnerability v, vulnerability a"
        " where v.name = :one and a.name = :other",
        organization=imports.organization, one=one, other=other, same=is_same,
    )  # fmt: skip
    with transaction(imports.engine, imports.organization) as connection:
        enqueue(connection, apply_aliases, organization_id=imports.organization, serial_key=SERIAL_KEY)


class TestFindingsThatAreThere:
    @pytest.fixture
    def joined(self, imports, apply):
        """Two scanners with a name each; then a third one, elsewhere, knows both."""
        imports(report("one", CVE, package="lodash"))
        imports(report("two", GHSA, package="lodash"))
        assert [n for _, n in findings(imports)] == [1, 1]
        first = findings(imports)[0][0]
        imports(report("three", (GHSA, CVE), package="other"), asset="elsewhere")
        apply()
        return first

    @pytest.mark.long
    def test_are_joined_when_the_names_are_learned_wherever_that_is(self, imports, joined, consistent):
        assert findings(imports) == [(joined, 2)]
        (act,) = imports.rows("select cause, detail->'identifiers' as names, made_by from regrouping")
        assert (act.cause, act.made_by) == ("alias", None)
        assert sorted(act.names) == [CVE, GHSA]
        (said,) = imports.rows(
            "select asserter_kind, asserter, is_same, applied_at is not null from alias_assertion"
        )
        assert tuple(said) == ("scanner", "three", True, True)
        consistent()

    @pytest.mark.long
    def test_stay_one_in_later_scans(self, imports, apply, joined, consistent):
        for scan in (imports(report("one", CVE)), imports(report("two", GHSA))):
            assert scan.counts["unchanged"] == 1
        imports(report("three", (GHSA, CVE), package="other"), asset="elsewhere")
        apply()
        assert findings(imports) == [(joined, 2)]
        assert imports.value("select count(*) from alias_assertion") == 1
        consistent()

    @pytest.mark.long
    def test_come_apart_when_a_person_says_that_the_names_are_two_flaws(
        self, imports, apply, joined, consistent
    ):
        person_says(imports, CVE, GHSA, is_same=False)
        apply()
        assert [n for _, n in findings(imports)] == [1, 1]
        assert findings(imports)[0][0] == joined
        imports(report("four", (GHSA, CVE), package="other"), asset="elsewhere")
        apply()
        assert [n for _, n in findings(imports)] == [1, 1]
        consistent()


class TestResultsThatCome:
    @pytest.fixture
    def known(self, imports, apply):
        """The names are one already, by what some other asset's scan said."""
        imports(report("three", (GHSA, CVE), (CVE, SNYK), package="other"), asset="elsewhere")
        apply()

    @pytest.mark.long
    def test_find_the_finding_by_any_name_at_once(self, imports, known, consistent):
        imports(report("one", CVE))
        for scanner, name in (("two", GHSA), ("four", SNYK)):
            scan = imports(report(scanner, name))
            assert (scan.counts["new"], scan.counts["findings"]["new"]) == (1, 0)
        assert [n for _, n in findings(imports)] == [3]
        assert (
            imports.value("select count(*) from regrouping where cause = 'alias' and other_id is null") == 2
        )
        consistent()

    @pytest.mark.long
    def test_of_one_report_are_one_finding_too(self, imports, known, consistent):
        scan = imports(report("two", GHSA, SNYK, CVE))
        assert (scan.counts["new"], scan.counts["findings"]["new"]) == (3, 1)
        assert [n for _, n in findings(imports)] == [3]
        assert imports(report("two", CVE, GHSA, SNYK)).counts["unchanged"] == 3
        consistent()

    @pytest.mark.long
    def test_of_another_package_are_another_finding(self, imports, known, consistent):
        imports(report("one", CVE))
        imports(report("two", GHSA, package="underscore"))
        assert [n for _, n in findings(imports)] == [1, 1]
        consistent()

    @pytest.mark.long
    def test_come_apart_too_when_the_names_do(self, imports, apply, known, consistent):
        imports(report("one", CVE))
        imports(report("two", GHSA))
        imports(report("four", SNYK))
        person_says(imports, CVE, GHSA, is_same=False)
        apply()
        assert sorted(n for _, n in findings(imports)) == [1, 2]
        assert imports(report("two", GHSA)).counts["unchanged"] == 1
        consistent()


class TestWhatIsNoAlias:
    def test_an_advisory_of_a_distribution(self, imports, apply):
        imports(report("one", ("RHSA-2024:1234", CVE), ("CVE-2024-1001", "CVE-2024-1002", GHSA)))
        apply()
        assert imports.value("select count(*) from alias_assertion") == 0

    @pytest.mark.long
    def test_two_names_of_one_scheme_need_a_persons_word(self, imports, apply, consistent):
        imports(report("one", (GHSA, CVE)))
        imports(report("two", (GHSA, "CVE-2099-1001"), package="other"))
        apply()
        groups = "select name from vulnerability where group_id is not null order by name"
        assert [row.name for row in imports.rows(groups)] == [CVE, GHSA]
        person_says(imports, CVE, "CVE-2099-1001", is_same=True)
        apply()
        assert [row.name for row in imports.rows(groups)] == [CVE, "CVE-2099-1001", GHSA]
        consistent()


@pytest.mark.long
def test_the_decided_finding_goes_on_whichever_is_older(imports, apply, consistent):
    imports(report("one", GHSA))
    imports(report("two", CVE))
    decided = findings(imports)[1][0]
    with transaction(imports.engine, imports.organization) as connection:
        connection.execute(
            text(
                "with d as (insert into decision (organization_id, finding_id, triage, reason)"
                " values (:organization, :id, 2, 'it is real') returning id)"
                " update finding set triage = 2, decision_id = (select id from d) where id = :id"
            ),
            {"id": decided, "organization": imports.organization},
        )
        connection.execute(
            text(
                "insert into count_delta (organization_id, asset_id, on_day, kind, severity, triage, n)"
                " select organization_id, asset_id, current_date, kind, severity, x.triage, x.n"
                " from finding, (values (0, -1), (2, 1)) x(triage, n) where id = :id"
            ),
            {"id": decided},
        )
    imports(report("three", (GHSA, CVE), package="other"), asset="elsewhere")
    apply()
    assert findings(imports) == [(decided, 2)]
    assert imports.value("select triage from finding where id = :id", id=decided) == 2
    consistent()
