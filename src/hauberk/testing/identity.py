"""The identity test kit, in memory: a sample is compared with itself after what is done to reports on their way.

None of that may make a finding new or let one go: what people decided about it would be lost.
"""

from pathlib import Path

from hauberk.domain.reported import ReportedFinding
from hauberk.ingest.known import UNSEEN
from hauberk.testing.changes import CHANGES, repeated
from hauberk.testing.invariants import INVARIANTS, stays
from hauberk.testing.samples import SampleTests, named
from hauberk.testing.series import Results, Said, compared, known_of, results_of


class IdentityTests(SampleTests):
    """Findings are recognised again."""

    def test_findings_are_known_again_and_each_report_counts_for_its_own_scope_and_moment(
        self, sample: Path
    ) -> None:
        data, format_id = sample.read_bytes(), sample.parent.name
        findings = Said.of(data, format_id).findings
        with named("the same report again"):
            _is_unchanged(findings)
        for name, change in CHANGES.items():
            if change is not repeated:  # which is looked at more closely above
                with named(name):
                    assert stays(findings, change)
        for name, invariant in INVARIANTS.items():
            if (
                name not in CHANGES
            ):  # two assets, two refs, half of it, an empty one, twenty at once, a late older one
                with named(name):
                    assert invariant(data, format_id) in (True, None)


def _is_unchanged(findings: list[ReportedFinding]) -> None:
    results = results_of(findings)
    known = known_of(results)
    tally = compared(known, results_of(findings))
    assert (tally.new, tally.moved) == (0, 0)
    assert tally.changed == 0 or _same_place_other_content(results)
    assert UNSEEN not in known.seen


def _same_place_other_content(results: Results) -> bool:
    """Two results of the report say different things of one key and place: the second is folded, not changed."""
    seen: dict[tuple[bytes, int], int] = {}
    return any(
        seen.setdefault((result.keys[0], result.place), result.content) != result.content
        for result, _ in results
    )
