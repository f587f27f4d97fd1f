"""The results of one report come to the same in whatever order they stand, and so they do in a child's memory and in PostgreSQL."""

from typing import Any

import pytest

from ingest.test_large import limited

FINDINGS = """
select (select array_agg(k.fingerprint order by k.fingerprint) from finding_key k where k.finding_id = f.id) as keys,
    (select array_agg((o.fingerprint, o.place_hash, o.close_reason) order by o.fingerprint, o.place_hash)
     from occurrence o where o.finding_id = f.id) as places, f.is_active
from finding f join asset a on a.id = f.asset_id and a.name = :asset order by 1
"""


def flaw(*names: str, **component: Any) -> dict[str, Any]:
    part = {"name": "left-pad", "version": "1.0", "path": "lock.json", **component}
    return {
        "kind": "sca",
        "title": "Pollution",
        "severity": "high",
        "identifiers": names,
        "components": [part],
    }


def call(line: int, *, is_suppressed: bool = False) -> dict[str, Any]:
    place = {"path": "src/a.py", "line": line, "snippet": "os.system(words)"}
    said = {"kind": "sast", "title": "A call", "severity": "high", "rule_id": "R1", "locations": [place]}
    return said | ({"suppression": {"justification": "known"}} if is_suppressed else {})


ONE, OTHER = "CVE-2024-1001", "CVE-2024-1002"
REPORTS = {
    "two names, and a result that has both": [flaw(ONE), flaw(OTHER), flaw(ONE, OTHER)],
    "the same in another file": [flaw(ONE), flaw(OTHER), flaw(ONE, OTHER, path="other.json")],
    "a chain of names": [flaw(ONE), flaw(ONE, OTHER), flaw(OTHER, "CVE-2024-1003")],
    "a result that is suppressed and told again": [call(1), call(1, is_suppressed=True), call(2)],
    "places of which one is suppressed": [call(1, is_suppressed=True), call(2), call(3, is_suppressed=True)],
    "another place that is told both ways": [call(1), call(2, is_suppressed=True), call(2)],
}


@pytest.mark.long
@pytest.mark.parametrize("results", REPORTS.values(), ids=REPORTS)
@pytest.mark.parametrize("before", [0, 1, 2], ids=["nothing known", "the first known", "the last two known"])
def test_results_count_alike_in_any_order(imports, consistent, results, before):
    known = {0: [], 1: results[:1], 2: results[1:]}[before]
    outcomes = []
    for number, order in enumerate((results, results[::-1], results[1:] + results[:1])):
        for name, place in (("memory", imports), ("database", limited(imports, 0))):
            asset = f"{name} {number}"
            if known:
                imports(report(known), asset=asset)
            scan = place(report(order), asset=asset)
            assert scan.error is None
            outcomes.append((scan.counts, imports.rows(FINDINGS, asset=asset)))
    consistent()
    assert all(each == outcomes[0] for each in outcomes[1:])


@pytest.mark.long
@pytest.mark.parametrize("is_first", [True, False], ids=["told first", "told last"])
def test_a_result_known_by_its_other_name_stands_beside_one_that_is_new_under_the_first(
    imports, consistent, is_first
):
    results = [flaw(ONE), flaw(ONE, OTHER)]
    for place in (imports, limited(imports, 0)):
        asset = f"beside {place is imports}"
        imports(report([flaw(OTHER)]), asset=asset)
        scan = place(report(results if is_first else results[::-1]), asset=asset)
        assert (scan.state, scan.counts["new"], scan.counts["changed"], scan.counts["closed"]) == (
            "done",
            1,
            1,
            0,
        )
        assert len(imports.rows(FINDINGS, asset=asset)) == 1
    consistent()


def report(results: Any) -> dict[str, Any]:
    return {"format": "hauberk", "version": 1, "scanner": "gate", "findings": list(results)}
