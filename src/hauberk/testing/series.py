"""A series of reports in memory: scopes are found and dates are ordered by the pipeline's own rules, and compared as the child does.

What a scope knows is what its newest report said; a database would hold no more of an import that nothing braked.
"""

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hauberk.domain.reported import ReportedFinding, ReportHeader
from hauberk.ingest.compare import Comparison, Spools, Tally
from hauberk.ingest.headers import Headers
from hauberk.ingest.known import UNSEEN, Known, KnownRows
from hauberk.ingest.normalise import Normaliser, Result, RuleText
from hauberk.ingest.scope import Place, Requested, comes_late, effective_date, place_of
from hauberk.parsers.registry import parsers
from hauberk.testing.samples import findings_of, read

Results = list[tuple[Result, RuleText]]
ACCEPTED_FROM = datetime(2100, 1, 1, tzinfo=UTC)
"""After every date that a sample has: what comes later is accepted later."""


@dataclass(frozen=True)
class Said:
    """What a report says."""

    format_id: str
    header: ReportHeader
    findings: list[ReportedFinding]

    @classmethod
    def of(cls, data: bytes, format_id: str) -> "Said":
        records, headers = read(data, format_id), Headers()
        for record in records:
            if isinstance(record, ReportHeader):
                headers.add(record)
        return cls(format_id, headers.together(), findings_of(records))

    def place(self, requested: Requested) -> Place:
        info = parsers()[self.format_id].info
        scanner = self.header.scanner or info.scanner
        return place_of(requested, self.header, scanner=scanner, kinds=info.kinds, file_name=None)


@dataclass(frozen=True)
class Took:
    """What became of a report."""

    tally: Tally
    gone: int = 0
    """Occurrences that it does not confirm."""
    is_late: bool = False
    """A newer report of its scope was there: nothing of it counts."""

    @property
    def is_unchanged(self) -> bool:
        return not (self.tally.new or self.tally.moved or self.gone)


@dataclass
class _Standing:
    results: Results = field(default_factory=list)
    last_at: datetime | None = None


@dataclass
class Series:
    """What is known of each scope after the reports that were taken in."""

    _scopes: dict[Place, _Standing] = field(default_factory=dict)
    _accepted: int = 0

    def take_in(
        self,
        said: Said,
        findings: list[ReportedFinding] | None = None,
        *,
        asset: str = "shop",
        ref: str | None = None,
        scanned_at: datetime | None = None,
    ) -> Took:
        """`findings` where they are others than the report's own."""
        requested = Requested(asset=asset, ref=ref, scanned_at=scanned_at)
        self._accepted += 1
        at, _ = effective_date(requested, said.header, ACCEPTED_FROM + timedelta(minutes=self._accepted))
        standing = self._scopes.setdefault(said.place(requested), _Standing())
        if comes_late(at, standing.last_at):
            return Took(Tally(), is_late=True)
        results = results_of(said.findings if findings is None else findings)
        known = known_of(standing.results)
        tally = compared(known, results)
        standing.results, standing.last_at = results, at
        return Took(tally, gone=known.seen.count(UNSEEN))


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


def compared(known: Known, results: Results, spools: Spools | None = None) -> Tally:
    comparison = Comparison(known, spools or Spools(io.BytesIO(), io.BytesIO(), io.BytesIO()))
    comparison.spools.begin()
    for result, text in results:
        comparison.add(result, text)
    comparison.finish()
    return comparison.tally
