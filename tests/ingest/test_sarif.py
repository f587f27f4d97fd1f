"""What SARIF says beyond its results: its own fingerprints, suppressions with their status, baselines, category and branch."""

from typing import Any

import pytest

from factories import reports

SUPPRESSED_AS = {
    "accepted": "suppressed",
    "underReview": "unchanged",
    "rejected": "unchanged",
    None: "suppressed",
}


def sarif(*results: tuple[str, str, dict[str, Any]], **run: Any) -> dict[str, Any]:
    """Of path, snippet and what else the result says, each."""
    report = reports.sarif(len(results))
    for result, (path, snippet, more) in zip(report["runs"][0]["results"], results, strict=True):
        place = result["locations"][0]["physicalLocation"]
        place["artifactLocation"]["uri"] = path
        place["region"]["snippet"]["text"] = snippet
        result.update(more)
    report["runs"][0].update(run)
    return report


def passes(imports) -> list[str]:
    return [row.pass_name for row in imports.rows("select pass_name from match_log order by id")]


def test_one_of_several_partial_fingerprints_is_enough_to_know_a_result_again(imports, consistent):
    """A tool adds one that changes with every line: joined, they would tell nothing."""
    stable = {
        "partialFingerprints": {"contextHash/v1": "c0ffee00c0ffee00", "lineHash/v1": "1111111111111111"}
    }
    edited = {
        "partialFingerprints": {"contextHash/v1": "c0ffee00c0ffee00", "lineHash/v1": "2222222222222222"}
    }
    imports(sarif(("a.js", "render(input)", stable)))
    scan = imports(sarif(("other/b.js", "something(entirely, else)", edited)))
    assert (scan.counts["moved"], scan.counts["new"], scan.counts["closed"]) == (1, 0, 0)
    assert passes(imports) == ["scanner_id"]
    consistent()


def test_fingerprints_know_a_result_again_but_not_under_the_name_of_a_partial_one(imports):
    imports(sarif(("a.js", "render(input)", {"fingerprints": {"id/v1": "c0ffee00c0ffee00"}})))
    known = {"fingerprints": {"id/v1": "c0ffee00c0ffee00"}}
    assert imports(sarif(("b.js", "something(else)", known))).counts["moved"] == 1
    other = {"partialFingerprints": {"id/v1": "c0ffee00c0ffee00"}}
    assert imports(sarif(("c.js", "quite(different)", other))).counts["new"] == 1


def test_a_suppression_counts_by_its_status(imports, consistent):
    results = [
        (
            f"{status}.js",
            f"render({status})",
            {"suppressions": [{"kind": "external"} | ({"status": status} if status else {})]},
        )
        for status in SUPPRESSED_AS
    ]
    imports(sarif(*((path, text, {}) for path, text, _ in results)))
    scan = imports(sarif(*results))
    assert (scan.counts["suppressed"], scan.counts["closed"]) == (2, 2)
    standing = imports.rows(
        "select location->>'path' as path from occurrence where closed_at is null order by 1"
    )
    assert [row.path for row in standing] == ["rejected.js", "underReview.js"]
    consistent()


def test_a_result_is_suppressed_only_when_no_suppression_of_it_is_in_doubt(imports):
    both = {
        "suppressions": [
            {"kind": "inSource", "status": "accepted"},
            {"kind": "external", "status": "rejected"},
        ]
    }
    assert imports(sarif(("a.js", "render(input)", both))).counts["new"] == 1


def test_what_the_baseline_calls_new_gives_way_to_what_it_does_not(imports, consistent):
    """Two results fit the one that is gone; without the hint neither would be taken."""
    imports(sarif(("src/page.js", "render(input)", {})))
    scan = imports(
        sarif(
            ("lib/page.js", "render(input)", {"baselineState": "new"}),
            ("app/page.js", "render(input)", {"baselineState": "updated"}),
        )
    )
    assert (scan.counts["moved"], scan.counts["new"], scan.counts["closed"]) == (1, 1, 0)
    (moved,) = imports.rows("select detail->'now'->>'path' as path from match_log")
    assert moved.path == "app/page.js"
    consistent()


def test_the_hint_tells_which_line_of_a_finding_is_the_known_one(imports, consistent):
    report = sarif(("a.js", "render(input)", {}))
    imports(report)
    moved = sarif(
        ("a.js", "render(input)", {"baselineState": "new"}),
        ("a.js", "render(input)", {"baselineState": "unchanged"}),
    )
    lines = (11, 90)
    for result, line in zip(moved["runs"][0]["results"], lines, strict=True):
        result["locations"][0]["physicalLocation"]["region"]["startLine"] = line
    scan = imports(moved)
    assert (scan.counts["moved"], scan.counts["new"]) == (1, 1)
    (known,) = imports.rows("select line from occurrence where closed_at is null and previous_id is not null")
    assert known.line == 90
    consistent()


def test_it_is_only_a_hint(imports, consistent):
    """A baseline of another branch calls everything new: what is the same stays the same, also in a renamed file."""
    imports(sarif(("a.js", "render(a)", {}), ("src/b.js", "render(b)", {})))
    scan = imports(
        sarif(
            ("a.js", "render(a)", {"baselineState": "new"}),
            ("lib/b.js", "render(b)", {"baselineState": "new"}),
        )
    )
    assert (scan.counts["unchanged"], scan.counts["moved"], scan.counts["new"]) == (1, 1, 0)
    consistent()


def test_what_the_baseline_calls_absent_is_not_reported(imports, consistent):
    imports(sarif(("a.js", "render(a)", {}), ("b.js", "render(b)", {})))
    scan = imports(
        sarif(
            ("a.js", "render(a)", {"baselineState": "unchanged"}),
            ("b.js", "render(b)", {"baselineState": "absent"}),
        )
    )
    assert (scan.counts["reported"], scan.counts["unchanged"], scan.counts["closed"]) == (1, 1, 1)
    consistent()


def test_the_category_is_the_scope_and_the_branch_the_ref(imports):
    """Two categories of one tool do not close each other; the repository names the asset where nobody else does."""
    origin = [{"repositoryUri": "https://git.example/shop", "branch": "feature/pay"}]
    for category in ("nightly/linux", "nightly/macos"):
        report = reports.sarif(3, category=category)
        report["runs"][0]["versionControlProvenance"] = origin
        scan = imports(report, asset=None)
        assert (scan.counts["new"], scan.counts["closed"]) == (3, 0)
    scopes = imports.rows(
        "select a.name, r.name as ref, s.key from scope s join asset_ref r on r.id = s.ref_id join asset a on a.id = s.asset_id"
        " order by s.key"
    )
    assert [tuple(row) for row in scopes] == [
        ("https://git.example/shop", "feature/pay", "nightly/linux"),
        ("https://git.example/shop", "feature/pay", "nightly/macos"),
    ]


def test_a_report_of_a_tag_says_so(imports):
    report = reports.sarif(3)
    report["runs"][0]["versionControlProvenance"] = [
        {"repositoryUri": "https://git.example/shop", "revisionId": "3f0c2a", "revisionTag": "v2.1.0"}
    ]
    imports(report, asset=None)
    assert [
        row.name for row in imports.rows("select r.name from scope s join asset_ref r on r.id = s.ref_id")
    ] == ["v2.1.0"]


@pytest.mark.long
def test_what_names_one_run_alone_is_no_category(imports, consistent):
    """Tools end the id in a date or a number of the run: as scopes these would never close anything."""
    runs = ("2026-02-01T10:00:00.000Z", "20260202.1", "4711", "0b5e8a9e-5f0e-4a0e-9d54-0a3f1f2f7c11", "")
    counts = [imports(reports.sarif(3, category=f"Scans/shop/{run}")).counts for run in runs]
    assert [each["new"] for each in counts] == [3, 0, 0, 0, 0]
    assert imports(reports.sarif(2, category="Scans/shop/4712")).counts["closed"] == 1
    assert imports(reports.sarif(3, category="Scans/shop/linux")).counts["findings"]["new"] == 0
    assert [row.key for row in imports.rows("select key from scope order by 1")] == [
        "Scans/shop/",
        "Scans/shop/linux",
    ]
    consistent()
