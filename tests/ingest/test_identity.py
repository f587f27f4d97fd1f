"""The identity test kit, in memory: what scanners do to their output, done to every sample of every format.

Each sample is compared with itself after a change that must neither make a finding new nor let one go.
"""

import io
import random
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from hauberk.domain.reported import Cvss, ReportedFinding
from hauberk.domain.severity import Severity
from hauberk.ingest.compare import Comparison, Spools, Tally
from hauberk.ingest.known import SEEN, UNSEEN, Known, KnownRows
from hauberk.ingest.normalise import Normaliser, Result, RuleText
from hauberk.parsers.reading import open_report

SAMPLES = Path(__file__).parent.parent / "parsers" / "samples"
CASES = sorted(path for path in SAMPLES.glob("*/*") if not path.name.endswith(".golden.jsonl"))
Change = Callable[[list[ReportedFinding]], list[ReportedFinding]]

replace = msgspec.structs.replace


def findings_of(case: Path) -> list[ReportedFinding]:
    with case.open("rb") as file:
        report = open_report(file, format=case.parent.name)
        return [record for record in report.records() if isinstance(record, ReportedFinding)]


def results_of(findings: list[ReportedFinding]) -> list[tuple[Result, RuleText]]:
    """What is compared in the child; a secret with its value is compared elsewhere, and suppressed ones are not kept."""
    normaliser = Normaliser("Test")
    return [
        (result, text)
        for finding in findings
        for result, text in normaliser.results(finding)
        if result.keys and result.suppression is None
    ]


def known_of(results: list[tuple[Result, RuleText]]) -> Known:
    """The scope after these results were imported into an empty one."""
    places: dict[tuple[bytes, int], tuple[int, int]] = {}
    for result, _ in results:
        places.setdefault(
            (result.keys[0], result.place), (result.content, -1 if result.line is None else result.line)
        )
    return Known(
        KnownRows.of_rows(
            (key, place, content, 0, number, line)
            for number, ((key, place), (content, line)) in enumerate(places.items(), start=1)
        )
    )


def compared(known: Known, results: list[tuple[Result, RuleText]]) -> Tally:
    comparison = Comparison(known, Spools(io.BytesIO(), io.BytesIO(), io.BytesIO()))
    comparison.spools.begin()
    for result, text in results:
        comparison.add(result, text)
    comparison.finish()
    return comparison.tally


@pytest.fixture(params=CASES, ids=lambda path: f"{path.parent.name}/{path.name}")
def findings(request) -> list[ReportedFinding]:
    return findings_of(request.param)


def test_the_same_report_again_is_unchanged(findings):
    results = results_of(findings)
    known = known_of(results)
    tally = compared(known, results_of(findings))
    assert (tally.new, tally.moved, tally.changed) == (0, 0, 0) or _same_place_other_content(results)
    assert tally.new == 0
    assert UNSEEN not in known.seen


def _same_place_other_content(results: list[tuple[Result, RuleText]]) -> bool:
    """Two results of the report say different things of one key and place: the second is folded, not changed."""
    seen: dict[tuple[bytes, int], int] = {}
    return any(
        seen.setdefault((result.keys[0], result.place), result.content) != result.content
        for result, _ in results
    )


def shuffled(findings: list[ReportedFinding]) -> list[ReportedFinding]:
    return random.Random(7).sample(findings, len(findings))


def reworded(findings: list[ReportedFinding]) -> list[ReportedFinding]:
    return [
        replace(
            finding,
            title=finding.title if names_only_by_title(finding) else f"Reworded: {finding.title}",
            description="Other words.",
            remediation="Other advice.",
            references=(),
        )
        for finding in findings
    ]


def names_only_by_title(finding: ReportedFinding) -> bool:
    """It has neither rule nor identifier nor weakness: its title is the only name it has (ADR 5)."""
    named = finding.rule_id or finding.identifiers or finding.cwes or finding.rule_name
    return not named or (finding.kind == "manual" and not finding.stable_id)


def rescored(findings: list[ReportedFinding]) -> list[ReportedFinding]:
    return [
        replace(finding, severity=Severity.LOW, severity_reported="meh", cvss=(Cvss(score=1.0),), epss=0.5)
        for finding in findings
    ]


def shifted(findings: list[ReportedFinding]) -> list[ReportedFinding]:
    """Twenty lines were added above everything."""
    return [
        replace(
            finding,
            locations=tuple(
                replace(
                    place,
                    line=None if place.line is None else place.line + 20,
                    end_line=None if place.end_line is None else place.end_line + 20,
                )
                for place in finding.locations
            ),
        )
        for finding in findings
    ]


def bumped(findings: list[ReportedFinding]) -> list[ReportedFinding]:
    """Every package has another version that is as vulnerable."""
    return [
        replace(
            finding,
            components=tuple(
                replace(part, version="99.0", purl=with_version(part.purl, "99.0"))
                for part in finding.components
            ),
        )
        for finding in findings
    ]


def with_version(purl: str | None, version: str) -> str | None:
    if purl is None or "@" not in purl.rpartition("/")[2]:
        return purl
    head, _, tail = purl.rpartition("@")
    marks = min((tail.index(mark) for mark in "?#" if mark in tail), default=len(tail))
    return f"{head}@{version}{tail[marks:]}"


@pytest.mark.parametrize(
    "change", [shuffled, reworded, rescored, shifted, bumped], ids=lambda change: change.__name__
)
def test_what_scanners_do_to_their_output_makes_nothing_new_and_lets_nothing_go(findings, change: Change):
    before = results_of(findings)
    known = known_of(before)
    tally = compared(known, results_of(change(findings)))
    assert tally.new == 0
    assert set(known.seen) <= {SEEN} or merged_places(before, results_of(change(findings)))


def merged_places(before: list[tuple[Result, RuleText]], after: list[tuple[Result, RuleText]]) -> bool:
    """Several versions of one package at one place became one: fewer places, and rightly so."""
    places = [{(result.keys[0], result.place) for result, _ in results} for results in (before, after)]
    return len(places[1]) < len(places[0])


def test_a_subset_lets_only_the_rest_go(findings):
    results = results_of(findings)
    known = known_of(results)
    half = results[::2]
    compared(known, half)
    kept = {(result.keys[0], result.place) for result, _ in half}
    assert sum(1 for mark in known.seen if mark == SEEN) == len(kept)


def test_an_empty_report_confirms_nothing(findings):
    known = known_of(results_of(findings))
    assert compared(known, []) == Tally()
    assert SEEN not in known.seen
