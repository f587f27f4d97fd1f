"""The identity test kit, in memory: a sample is compared with itself after what scanners do to their output.

None of that may make a finding new or let one go: what people decided about it would be lost.
"""

import io
from pathlib import Path

import pytest

from hauberk.domain.reported import ReportedFinding
from hauberk.ingest.compare import Comparison, Spools, Tally
from hauberk.ingest.known import SEEN, UNSEEN, Known, KnownRows
from hauberk.ingest.normalise import Normaliser, Result, RuleText
from hauberk.testing.changes import CHANGES, Change
from hauberk.testing.samples import SampleTests, findings_of, read

Results = list[tuple[Result, RuleText]]


class IdentityTests(SampleTests):
    """Findings are recognised again."""

    def test_the_same_report_again_is_unchanged(self, sample: Path) -> None:
        findings = _findings(sample)
        results = results_of(findings)
        known = known_of(results)
        tally = compared(known, results_of(findings))
        assert (tally.new, tally.moved) == (0, 0)
        assert tally.changed == 0 or _same_place_other_content(results)
        assert UNSEEN not in known.seen

    @pytest.mark.parametrize("change", [name for name in CHANGES if name != "again"])
    def test_what_scanners_do_to_their_output_makes_nothing_new_and_lets_nothing_go(
        self, sample: Path, change: str
    ) -> None:
        assert stays(_findings(sample), CHANGES[change])

    def test_a_subset_lets_only_the_rest_go(self, sample: Path) -> None:
        results = results_of(_findings(sample))
        known = known_of(results)
        half = results[::2]
        compared(known, half)
        kept = {(result.keys[0], result.place) for result, _ in half}
        assert sum(1 for mark in known.seen if mark == SEEN) == len(kept)

    def test_an_empty_report_confirms_nothing(self, sample: Path) -> None:
        known = known_of(results_of(_findings(sample)))
        assert compared(known, []) == Tally()
        assert SEEN not in known.seen


def stays(findings: list[ReportedFinding], change: Change) -> bool:
    """Whether the changed report has nothing new and lets nothing go."""
    before, after = results_of(findings), results_of(change(findings))
    known = known_of(before)
    tally = compared(known, after)
    return tally.new == 0 and (set(known.seen) <= {SEEN} or _merged_places(before, after))


def _findings(sample: Path) -> list[ReportedFinding]:
    return findings_of(read(sample.read_bytes(), sample.parent.name))


def results_of(findings: list[ReportedFinding]) -> Results:
    """What is compared in the child; a secret with its value is compared elsewhere, and suppressed ones are not kept."""
    normaliser = Normaliser("Test")
    return [
        (result, text)
        for finding in findings
        for result, text in normaliser.results(finding)
        if result.keys and not result.is_suppressed
    ]


def known_of(results: Results) -> Known:
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


def compared(known: Known, results: Results) -> Tally:
    comparison = Comparison(known, Spools(io.BytesIO(), io.BytesIO(), io.BytesIO()))
    comparison.spools.begin()
    for result, text in results:
        comparison.add(result, text)
    comparison.finish()
    return comparison.tally


def _same_place_other_content(results: Results) -> bool:
    """Two results of the report say different things of one key and place: the second is folded, not changed."""
    seen: dict[tuple[bytes, int], int] = {}
    return any(
        seen.setdefault((result.keys[0], result.place), result.content) != result.content
        for result, _ in results
    )


def _merged_places(before: Results, after: Results) -> bool:
    """Several versions of one package at one place became one: fewer places, and rightly so."""
    places = [{(result.keys[0], result.place) for result, _ in results} for results in (before, after)]
    return len(places[1]) < len(places[0])
