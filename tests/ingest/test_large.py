"""A comparison that does not fit into a child's memory is done by PostgreSQL, and comes to the same."""

from dataclasses import replace
from typing import Any

import pytest

from factories import reports
from hauberk.ingest.known import BYTES_A_KNOWN
from hauberk.ingest.large import max_new_keys

STATE = """
select f.fingerprints, f.severity, f.is_active, f.n, f.scanners from (
    select x.id, x.severity, x.is_active, x.scanners,
        (select array_agg(k.fingerprint order by k.fingerprint) from finding_key k where k.finding_id = x.id) as fingerprints,
        (select array_agg((o.place_hash, o.content_hash, o.closed_at is null, o.close_reason) order by o.id)
         from occurrence o where o.finding_id = x.id) as n
    from finding x) f
order by 1
"""


def suppressed(report: dict[str, Any], *numbers: int) -> dict[str, Any]:
    for number in numbers:
        report["Issues"][number]["suppressions"] = [{"kind": "inSource", "justification": "known"}]
    return report


def doubled(report: dict[str, Any]) -> dict[str, Any]:
    return report | {"Issues": report["Issues"] + report["Issues"][:7]}


def grype(*names: tuple[str, ...]) -> dict[str, Any]:
    """One package; each match is a flaw under several names."""
    return {
        "matches": [
            {
                "vulnerability": {"id": first, "severity": "High", "dataSource": "https://x.example"},
                "relatedVulnerabilities": [{"id": name} for name in others],
                "artifact": {
                    "name": "left-pad",
                    "version": "1.0",
                    "type": "npm",
                    "purl": "pkg:npm/left-pad@1.0",
                },
                "matchDetails": [],
            }
            for first, *others in names
        ],
        "descriptor": {"name": "grype", "version": "0.70.0"},
    }


SERIES = {
    "code": [
        reports.code(40),
        reports.code(40),
        reports.code(40, severity="LOW"),
        suppressed(reports.code(40), 3, 4),
        doubled(reports.code(40, skip=(1, 2))),
        reports.code(40),
    ],
    "packages": [
        reports.packages(20),
        reports.packages(20, skip=(4, 5)),
        reports.packages(20, severity="LOW"),
    ],
    "several names": [
        grype(("GHSA-p6mc-m468-83gw", "CVE-2024-1001"), ("CVE-2024-1002",)),
        grype(
            ("CVE-2024-1001",),
            ("CVE-2024-1002", "GHSA-4374-p667-p6c8"),
            ("GHSA-p6mc-m468-83gw", "CVE-2024-1001"),
        ),
        grype(("CVE-2024-1002",)),
    ],
    "two names that became one": [
        grype(("CVE-2024-1001",), ("GHSA-p6mc-m468-83gw",), ("CVE-2024-1002",)),
        grype(("CVE-2024-1001", "GHSA-p6mc-m468-83gw"), ("CVE-2024-1002",)),
        grype(("CVE-2024-1001", "GHSA-p6mc-m468-83gw"), ("CVE-2024-1002",)),
    ],
}


def limited(imports: Any, size: int) -> Any:
    """The same place of work, with this many bytes for a comparison."""
    parser = imports.settings.parser.model_copy(update={"comparison": size})
    settings = imports.settings.model_copy(update={"parser": parser})
    return imports._replace(settings=settings, workplace=replace(imports.workplace, settings=settings))


@pytest.mark.long
@pytest.mark.parametrize("series", SERIES.values(), ids=list(SERIES))
@pytest.mark.parametrize("size", [0, 600], ids=["nothing fits", "too many turn out to be new"])
def test_what_postgresql_compares_comes_to_the_same(imports, consistent, series, size):
    small = limited(imports, size)
    for number, report in enumerate(series):
        expected = imports(report, asset="in memory")
        found = small(report, asset="in the database")
        assert (found.state, found.error, found.held) == (expected.state, expected.error, expected.held)
        assert found.counts == expected.counts, number
    consistent()
    states = [
        imports.rows(
            STATE.replace(
                "from finding x", f"from finding x join asset a on a.id = x.asset_id and a.name = '{name}'"
            )
        )
        for name in ("in memory", "in the database")
    ]
    assert states[0] == states[1]


def test_a_scan_that_was_too_large_says_what_could_not_be_found_out(imports):
    scan = limited(imports, 0)(reports.code(10))
    assert [problem["reason"] for problem in scan.problems] == [
        "The report and what was known before are too large to find out what only moved to another line, file or name."
    ]


def test_what_is_known_takes_its_share_of_the_memory_first():
    assert max_new_keys(0, 1_200) == 10
    assert max_new_keys(12, 1_200) == 5
    assert max_new_keys(1_200 // BYTES_A_KNOWN, 1_200) is None
    assert max_new_keys(0, 0) is None
