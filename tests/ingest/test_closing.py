"""What a scan may close: nothing that the brake holds, and nothing that a partial scan did not look at."""

import pytest

from factories import reports
from factories.counted import counts
from hauberk.ingest import changes


class TestTheBrake:
    def test_an_empty_report_is_held_and_closes_nothing(self, imports, consistent):
        imports(reports.code(10))
        scan = imports(reports.code(0))
        assert scan.state == "held"
        assert scan.held["would_close"] == 10
        assert scan.held["by_severity"] == {"high": 10}
        counts(scan)
        assert imports.value("select count(*) from finding where is_active") == 10
        consistent()

    def test_a_held_scan_applies_what_is_new_at_once(self, imports):
        imports(reports.code(20))
        scan = imports(reports.code(25, skip=tuple(range(10))))
        assert scan.state == "held"
        counts(scan, new=5, unchanged=10, findings={"new": 5})

    def test_few_closings_are_never_held(self, imports):
        imports(reports.code(4))
        counts(imports(reports.code(0)), closed=4, findings={"closed": 4})

    def test_an_empty_file_closes_not_even_one_unasked(self, imports, consistent):
        found = (
            b'{"template-id": "git-config", "info": {"name": "Git Config", "severity": "medium"}, "type": "http",'
            b' "host": "https://shop.example", "matched-at": "https://shop.example/.git/config"}'
        )
        imports(found, format="nuclei-json")
        scan = imports(b"", format="nuclei-json")
        assert scan.state == "held"
        assert scan.held["reason"].startswith("The file is empty")
        counts(imports.release(scan.id), closed=1, findings={"closed": 1})
        consistent()

    def test_a_new_major_version_of_the_tool_holds_closings(self, imports):
        imports(reports.code(100))
        scan = imports(reports.code(100, skip=tuple(range(5)), version="3.0.0"))
        assert scan.state == "held"
        assert "major version" in scan.held["reason"]

    def test_released_it_closes_and_keeps_its_counts(self, imports, consistent):
        imports(reports.code(20))
        held = imports(reports.code(20, skip=tuple(range(10))))
        released = imports.release(held.id)
        assert released.state == "done"
        counts(released, unchanged=10, closed=10, findings={"closed": 10})
        assert imports.value("select count(*) from finding where is_active") == 10
        consistent()

    def test_targets_that_the_report_leaves_out_hold_their_closings(self, imports, consistent):
        whole = reports.packages(30, target="a/package-lock.json")
        whole["Results"] += reports.packages(36, target="b/package-lock.json", skip=tuple(range(30)))[
            "Results"
        ]
        imports(whole)
        scan = imports(reports.packages(30, target="a/package-lock.json"))
        assert (scan.state, scan.held["would_close"]) == ("held", 6)
        assert "other targets" in scan.held["reason"]
        consistent()

    def test_another_tag_of_an_image_is_no_other_target(self, imports):
        imports(reports.packages(40, target="shop:41 (debian 12.1)"))
        scan = imports(reports.packages(40, target="shop:42 (debian 12.2)", skip=tuple(range(6))))
        assert scan.state == "done"
        counts(scan, moved=34, closed=6, findings={"closed": 6})

    def test_what_may_be_among_unreadable_results_is_not_closed(self, imports, consistent):
        imports(reports.code(3))
        broken = reports.code(3)
        broken["Issues"][0] = "an issue that is none"
        scan = imports(broken)
        assert (scan.state, scan.held["would_close"]) == ("held", 1)
        assert "could not be read" in scan.held["reason"]
        counts(scan, unchanged=2)
        consistent()

    def test_the_next_complete_scan_supersedes_it(self, imports):
        imports(reports.code(20))
        held = imports(reports.code(0))
        whole = imports(reports.code(20))
        after = imports.scan(held.id)
        assert (after.state, after.superseded_by) == ("done", whole.id)


class TestPartialScans:
    def test_only_covered_targets_close(self, imports, consistent):
        report = reports.packages(3, target="a/package-lock.json")
        report["Results"] += reports.packages(6, target="b/package-lock.json", skip=(0, 1, 2))["Results"]
        imports(report)
        scan = imports(reports.packages(3, target="a/package-lock.json", skip=(0,)), is_partial=True)
        counts(scan, unchanged=2, closed=1, findings={"closed": 1})
        assert imports.value("select count(*) from finding where is_active") == 5
        listed = imports.rows(changes.UNCHANGED, organization=imports.organization, scan=scan.id)
        assert {row.component["name"] for row in listed} == {"package-1", "package-2"}
        consistent()

    def test_what_it_says_to_be_suppressed_closes_wherever_it_lies(self, imports, consistent):
        imports(reports.sarif())
        suppressed = [{"kind": "inSource", "status": "accepted"}]
        scan = imports(reports.sarif(1, suppressions=suppressed), is_partial=True)
        counts(scan, suppressed=1, closed=1, findings={"closed": 1})
        assert (
            imports.value("select close_reason from occurrence where closed_at is not null") == "suppressed"
        )
        consistent()

    @pytest.mark.parametrize(
        ("known", "reported", "covered"),
        [
            pytest.param({"target": "one"}, {"target": "two"}, ["two"], id="another target"),
            pytest.param({"path": "web/lock.json"}, {"path": "api/lock.json"}, [], id="another file"),
        ],
    )
    def test_a_place_it_did_not_look_at_has_not_moved_to_another_of_the_same_finding(
        self, imports, consistent, known, reported, covered
    ):
        imports(self.flaw(known))
        counts(imports(self.flaw(reported) | {"targets": covered, "is_partial": True}), new=1)
        assert imports.value("select open_occurrences from finding") == 2
        counts(imports(self.flaw(known)), unchanged=1, closed=1)
        assert imports.value("select is_active from finding")
        consistent()

    @pytest.mark.parametrize(
        ("covered", "others"), [(["one"], [{"target": "two"}]), ([], [])], ids=["target", "file"]
    )
    def test_what_it_did_look_at_moves(self, imports, consistent, covered, others):
        there = {"target": "one", "path": "web/lock.json"}
        imports(self.flaw(there, *others))
        bumped = self.flaw(there | {"version": "2.0.0"}) | {"targets": covered, "is_partial": True}
        counts(imports(bumped), moved=1)
        assert imports.value("select open_occurrences from finding") == 1 + len(others)
        consistent()

    @pytest.mark.parametrize(
        ("places", "covered"),
        [
            ([{"path": "web/lock.json"}, {"path": "api/lock.json"}], []),
            ([{"target": "one", "path": "lock.json"}, {"target": "two", "path": "lock.json"}], ["two"]),
        ],
        ids=["files", "targets"],
    )
    @pytest.mark.parametrize("is_first", [True, False], ids=["told first", "told last"])
    def test_of_two_places_of_a_decided_flaw_the_one_it_looked_at_moves(
        self, imports, consistent, places, covered, is_first
    ):
        imports(self.flaw(*(places if is_first else reversed(places))))
        imports.run("update finding set triage = 4")
        bumped = self.flaw(places[1] | {"version": "2.0.0"}) | {"targets": covered, "is_partial": True}
        counts(imports(bumped), moved=1)
        assert [tuple(row) for row in imports.rows("select open_occurrences, triage from finding")] == [
            (2, 4)
        ]
        stands = "select component->>'version' from occurrence where closed_at is null order by id"
        assert [row[0] for row in imports.rows(stands)] == ["1.0.0", "2.0.0"]

    @staticmethod
    def flaw(*places):
        """One flaw of one package, at each of these places."""
        return {
            "format": "hauberk", "version": 1, "scanner": "gate", "findings": [
                {"kind": "sca", "title": "Pollution", "severity": "high", "identifiers": ["CVE-2024-1"],
                 "target": place.get("target"),
                 "components": [{"name": "lodash", "version": place.get("version", "1.0.0"), "path": place.get("path")}]}
                for place in places
            ],
        }  # fmt: skip
