"""Scans one after the other, as a pipeline sends them: what each does to what is known."""

import json
import random
from datetime import UTC, datetime

import pytest

from factories import reports
from factories.counted import counts


def test_a_first_report_makes_its_findings(imports, consistent):
    scan = imports(reports.code(40))
    assert scan.state == "done"
    assert (scan.format, scan.scanner) == ("gosec-json", "gosec")
    counts(scan, new=40, findings={"new": 40})
    assert imports.value("select count(*) from finding where is_active") == 40
    consistent()


def test_the_same_report_again_changes_nothing_and_writes_no_row(imports, consistent):
    versions = (
        "select xmin::text, id from occurrence union all select xmin::text, id from finding order by 2, 1"
    )
    imports(reports.code(40))
    before = imports.rows(versions)
    counts(imports(reports.code(40)), unchanged=40)
    assert imports.rows(versions) == before
    consistent()


def test_a_shuffled_report_changes_nothing(imports):
    imports(reports.code(40))
    report = reports.code(40)
    random.Random(7).shuffle(report["Issues"])
    counts(imports(report), unchanged=40)


def test_reworded_and_rescored_results_stay_the_same_findings(imports, consistent):
    imports(reports.code(40))
    ids = imports.rows("select id from finding order by id")
    counts(imports(reports.code(40, title="Other words")), changed=40)
    counts(imports(reports.code(40, title="Other words", severity="LOW")), changed=40)
    assert imports.rows("select id from finding order by id") == ids
    assert imports.value("select count(*) from finding where severity = 2") == 40
    consistent()


def test_lines_that_shift_move_occurrences_and_nothing_is_new_or_closed(imports, consistent):
    imports(reports.code(40))
    counts(imports(reports.code(40, shift=20)), moved=40)
    assert imports.value("select count(*) from occurrence where closed_at is null and line > 20") == 40
    consistent()


def test_the_same_code_twice_in_a_file_is_two_occurrences_of_one_finding(imports, consistent):
    report = reports.code(1)
    twin = dict(report["Issues"][0], line="90", code="90: call_0()\n")
    report["Issues"].append(twin)
    counts(imports(report), new=2, findings={"new": 1})
    report["Issues"].remove(twin)
    counts(imports(report), unchanged=1, closed=1)
    assert imports.value("select count(*) from finding where is_active") == 1
    consistent()


def test_the_same_place_twice_in_a_report_is_folded(imports):
    report = reports.code(3)
    report["Issues"] += report["Issues"][:1]
    counts(imports(report), new=3, folded=1, findings={"new": 3})


def test_what_is_gone_closes_and_what_is_back_reopens(imports, consistent):
    imports(reports.code(40))
    counts(imports(reports.code(40, skip=(1, 2))), unchanged=38, closed=2, findings={"closed": 2})
    assert imports.value("select count(*) from finding where not is_active and last_seen_at is not null") == 2
    counts(imports(reports.code(40)), unchanged=38, reopened=2, findings={"reopened": 2})
    assert imports.value("select count(*) from finding where reopened_at is not null") == 2
    consistent()


def test_a_version_bump_that_does_not_fix_moves_the_occurrence(imports, consistent):
    imports(reports.packages(10))
    counts(imports(reports.packages(10, version="1.1.0")), moved=10)
    consistent()


@pytest.mark.long
def test_two_assets_and_two_scopes_do_not_close_each_other(imports, consistent):
    imports(reports.code(10))
    imports(reports.code(10, skip=(0, 1)), asset="other")
    imports(reports.code(10, skip=(0, 1)), scope="nightly")
    assert imports.value("select count(*) from finding where is_active") == 18
    imports(reports.packages(10))
    assert imports.value("select count(*) from finding where is_active") == 28
    consistent()


def test_another_ref_never_makes_a_finding_active_nor_closes_one(imports, consistent):
    imports(reports.code(10))
    scan = imports(reports.code(12, skip=(0,)), ref="feature")
    counts(scan, new=11, findings={"new": 2})
    assert imports.value("select count(*) from finding where is_active") == 10
    consistent()


def test_asset_names_are_one_whatever_their_case(imports):
    imports(reports.code(5), asset="Shop")
    counts(imports(reports.code(5), asset="shop"), unchanged=5)


def test_two_scanners_that_report_one_package_flaw_give_one_finding(imports, consistent):
    imports(reports.packages(3))
    other = {
        "matches": [
            {
                "vulnerability": {"id": "GHSA-aaaa-bbbb-cccc", "severity": "Critical", "fix": {"versions": []}},
                "relatedVulnerabilities": [{"id": "CVE-2024-1001"}],
                "matchDetails": [{"type": "exact-direct-match"}],
                "artifact": {
                    "name": "package-1", "version": "1.0.0", "type": "npm", "purl": "pkg:npm/package-1@1.0.0",
                    "locations": [{"path": "/package-lock.json"}],
                },
            }
        ],
        "source": {"type": "directory", "target": "."},
        "descriptor": {"name": "grype", "version": "0.90.0"},
    }  # fmt: skip
    counts(imports(other), new=1)
    assert imports.value("select count(*) from finding where is_active") == 3
    row = imports.rows(
        "select scanners, severity, open_occurrences from finding where cardinality(scanners) = 2"
    )[0]
    assert sorted(row.scanners) == ["Grype", "Trivy"]
    assert (row.severity, row.open_occurrences) == (5, 2)
    consistent()


class TestDates:
    def test_an_older_report_that_comes_late_changes_nothing(self, imports, consistent):
        newest = imports(reports.code(10), scanned_at=datetime(2026, 1, 2, tzinfo=UTC))
        late = imports(reports.code(3), scanned_at=datetime(2026, 1, 1, tzinfo=UTC))
        assert (late.state, late.superseded_by) == ("done", newest.id)
        assert "opens, changes and closes nothing" in late.problems[0]["reason"]
        counts(late, unchanged=3)
        consistent()

    def test_a_date_after_acceptance_is_clamped_and_said(self, imports):
        scan = imports(reports.code(1), scanned_at=datetime(2990, 1, 1, tzinfo=UTC))
        assert scan.scanned_at == scan.accepted_at
        assert "2990" in scan.problems[0]["reason"]

    @pytest.mark.parametrize(
        ("report", "asked", "state"),
        [
            pytest.param(reports.code(21), {"is_partial": True}, "done", id="partial"),
            pytest.param(reports.code(21, skip=tuple(range(10))), {}, "held", id="held"),
        ],
    )
    def test_what_a_scan_found_that_was_not_whole_was_last_seen_by_it(self, imports, report, asked, state):
        imports(reports.code(20), scanned_at=datetime(2026, 1, 1, tzinfo=UTC))
        third = datetime(2026, 1, 3, tzinfo=UTC)
        assert imports(report, scanned_at=third, **asked).state == state
        imports(reports.code(20), scanned_at=datetime(2026, 1, 5, tzinfo=UTC))
        seen = imports.rows("select first_seen_at, last_seen_at from finding where not is_active")
        assert seen == [(third, third)]

    def test_first_seen_is_the_date_of_the_scan(self, imports):
        imports(reports.code(1), scanned_at=datetime(2026, 1, 2, tzinfo=UTC))
        assert imports.value("select first_seen_at from finding") == datetime(2026, 1, 2, tzinfo=UTC)


class TestDecisions:
    @pytest.fixture
    def decided(self, imports):
        imports(reports.code(3))
        imports.run("update finding set triage = 3, severity_override = 1, severity = 1")
        return imports

    @pytest.mark.long
    def test_a_decision_survives_the_same_finding_seen_again_moved_and_reopened(self, decided):
        decided(reports.code(3, shift=20))
        decided(reports.code(3, shift=20, severity="CRITICAL"))
        decided(reports.code(0))
        decided(reports.code(3, shift=20))
        assert decided.rows("select distinct triage, severity from finding") == [(3, 1)]

    def test_a_new_place_opens_a_decided_finding_again(self, decided):
        report = reports.code(3)
        report["Issues"].append(dict(report["Issues"][0], line="90", code="90: call_0()\n"))
        decided(report)
        assert decided.value("select count(*) from finding where triage = 0") == 1
        assert decided.value("select count(*) from event where action = 'finding.new_place'") == 1


class TestDryRun:
    def test_it_counts_and_writes_nothing(self, imports):
        imports(reports.code(10))
        tables = ("finding", "occurrence", "finding_key", "rule_text", "asset", "count_delta")
        before = [imports.value(f"select count(*) from {table}") for table in tables]
        scan = imports(reports.code(12, skip=(0,)), dry_run=True)
        assert scan.state == "done"
        counts(scan, new=2, unchanged=9, closed=1, findings={"new": 2, "closed": 1})
        assert [imports.value(f"select count(*) from {table}") for table in tables] == before
        assert scan.spool_key is not None
        counts(imports(reports.code(10)), unchanged=10)

    def test_an_unknown_asset_counts_as_empty_and_is_not_made(self, imports):
        scan = imports(reports.code(10), asset="unknown", dry_run=True)
        counts(scan, new=10, findings={"new": 10})
        assert scan.asset_id is None
        assert imports.value("select count(*) from asset") == 0


class TestSarif:
    def test_the_driver_is_the_scanner_and_the_category_the_scope(self, imports):
        first = imports(reports.sarif(category="nightly/linux"))
        assert first.scanner == "CodeQL"
        assert imports.value("select key from scope") == "nightly/linux"

    def test_a_suppressed_result_is_no_open_finding(self, imports, consistent):
        imports(reports.sarif(3))
        suppressed = reports.sarif(3, suppressions=[{"kind": "inSource", "status": "accepted"}])
        counts(imports(suppressed), suppressed=3, closed=3, findings={"closed": 3})
        consistent()


class TestWhatCannotBeRead:
    def test_a_cut_report_fails_with_its_place_and_changes_nothing(self, imports, consistent):
        imports(reports.code(10))
        cut = json.dumps(reports.code(10)).encode()[:900]
        scan = imports(cut, format="gosec-json")
        assert scan.state == "failed"
        assert scan.error["code"] == "truncated"
        assert scan.error["position"]
        assert imports.value("select count(*) from finding where is_active") == 10
        consistent()

    def test_text_that_no_database_takes_is_replaced(self, imports):
        report = reports.code(1, title="nul \u0000 and \ud800 half a pair")
        scan = imports(report)
        counts(scan, new=1, findings={"new": 1})
        assert "\N{REPLACEMENT CHARACTER}" in imports.value("select title from rule_text")


def test_masked_secrets_are_told_apart_by_rule_and_place(imports, consistent):
    report = {
        "SchemaVersion": 2,
        "ArtifactName": "shop",
        "Results": [
            {
                "Target": path,
                "Class": "secret",
                "Secrets": [
                    {"RuleID": "aws", "Category": "AWS", "Severity": "CRITICAL", "Title": "AWS key", "StartLine": 3,
                     "EndLine": 3, "Match": "key = ****"}
                ],
            }
            for path in ("a.env", "b.env")
        ],
    }  # fmt: skip
    counts(imports(report), new=2, findings={"new": 2})
    counts(imports(report), unchanged=2)
    consistent()


def one_result(*paths: str, level: str = "warning") -> dict:
    """SARIF whose middle result has these places; its neighbours stay as they are."""

    def result(*uris: str) -> dict:
        places = [{"physicalLocation": {"artifactLocation": {"uri": uri}}} for uri in uris]
        return {"ruleId": "R1", "message": {"text": "Unsafe"}, "locations": places}

    rule = {"id": "R1", "defaultConfiguration": {"level": level}}
    results = [result("first.py"), result(*paths), result("between.py"), result("last.py")]
    return {
        "version": "2.1.0",
        "runs": [{"tool": {"driver": {"name": "Demo", "rules": [rule]}}, "results": results}],
    }


@pytest.mark.long
def test_a_result_that_is_to_the_letter_as_before_comes_back_whole_after_a_part_of_it_was_gone(
    imports, consistent
):
    counts(imports(one_result("a.py", "b.py", "c.py")), new=6, findings={"new": 6})
    counts(imports(one_result("a.py", "c.py")), unchanged=5, closed=1, findings={"closed": 1})
    counts(imports(one_result("a.py", "b.py", "c.py")), unchanged=5, reopened=1, findings={"reopened": 1})
    counts(imports(one_result("a.py", "b.py", "c.py")), unchanged=6)
    consistent()


def test_a_rule_that_means_something_else_changes_results_whose_text_is_the_same(imports, consistent):
    imports(one_result("a.py"))
    counts(imports(one_result("a.py", level="error")), changed=4)
    assert imports.rows("select distinct severity from finding") == [(4,)]
    consistent()


def test_a_result_twice_in_one_report_is_folded_also_when_it_is_known_to_the_letter(imports):
    report = one_result("a.py")
    imports(report)
    report["runs"][0]["results"][2:2] = [report["runs"][0]["results"][1]] * 2
    counts(imports(report), unchanged=4, folded=2)


def test_a_finding_s_priority_follows_from_its_oldest_claim_from_the_first_moment(imports, consistent):
    def report(*places):
        findings = [
            {"kind": "sca", "title": "Overflow", "severity": "high", "identifiers": ["CVE-2024-7"],
             "components": [{"name": "zlib", "version": "1.2", "path": path}], "cvss": [{"score": score, "version": "3.1"}]}
            for path, score in places
        ]  # fmt: skip
        return {"format": "hauberk", "version": 1, "scanner": "gate", "findings": findings}

    priority = "select priority from finding"
    counts(imports(report(("a", 5.0), ("b", 9.0))), new=2, findings={"new": 1})
    assert imports.value(priority) == 4_000_050
    counts(imports(report(("a", 5.0), ("b", 9.0), ("c", 9.0))), new=1, unchanged=2)
    assert imports.value(priority) == 4_000_050
    consistent()
