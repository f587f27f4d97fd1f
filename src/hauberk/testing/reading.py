"""What a format reads of its samples, and what it says of itself."""

import io
from pathlib import Path

import pytest

from hauberk.domain.reported import ItemProblem, ReportHeader
from hauberk.parsers.registry import parsers, recognise
from hauberk.parsers.sdk import Probe, Source
from hauberk.testing.samples import GOLDEN, SampleTests, as_lines, findings_of, named, read

MAX_SAMPLE_BYTES = 50_000
OTHERS = {
    "sarif": b'{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "A tool"}}, "results": []}]}',
    "cyclonedx-json": b'{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [], "vulnerabilities": []}',
    "hauberk-json": b'{"format": "hauberk", "version": 1, "findings": []}',
}
"""Reports that say nothing else than in which of the wide-spread formats they are."""


class ReadingTests(SampleTests):
    """Golden files, recognition, and the declaration."""

    def test_a_sample_reads_as_its_golden_file_says(
        self, sample: Path, request: pytest.FixtureRequest
    ) -> None:
        golden = sample.with_name(sample.stem + GOLDEN)
        said = as_lines(read(sample.read_bytes(), sample.parent.name))
        if request.config.getoption("--rewrite-goldens"):
            golden.write_text(said, encoding="utf-8")
        assert golden.exists(), f"{golden.name} is missing: run pytest with --rewrite-goldens, and read it"
        assert said == golden.read_text(encoding="utf-8")

    def test_a_sample_is_recognised_as_its_format(self, sample: Path) -> None:
        own = parsers()[sample.parent.name].sniff(_probe(sample.read_bytes()))
        assert type(own) is int, "its sniff says how specific the match is: 0 for none, else 1 and more"
        found = recognise(_probe(sample.read_bytes()))
        assert found, "no format recognises it"
        best = [parser.info.id for score, parser in found if score == found[0][0]]
        assert best == [sample.parent.name]

    def test_what_others_write_is_not_taken_for_it(self, format_id: str) -> None:
        for other, text in OTHERS.items():
            with named(other):
                assert recognise(_probe(text))[0][1].info.id == other
                assert format_id == other or not parsers()[format_id].sniff(_probe(text))

    def test_what_its_header_declares_stands_in_a_sample(self, format_id: str) -> None:
        samples = [case for case in self.cases() if case.parent.name == format_id]
        records = [record for case in samples for record in read(case.read_bytes(), format_id)]
        headers = [record for record in records if isinstance(record, ReportHeader)]
        declared = set(parsers()[format_id].header)
        unsaid = {name for name in declared if not any(getattr(header, name) for header in headers)}
        assert not unsaid, "no sample has it, or the path does not lead there"

    def test_a_sample_is_small_of_the_declared_kinds_and_readable_unless_made_otherwise(
        self, sample: Path
    ) -> None:
        assert sample.stat().st_size <= MAX_SAMPLE_BYTES
        records = read(sample.read_bytes(), sample.parent.name)
        declared = parsers()[sample.parent.name].info.kinds
        assert {finding.kind for finding in findings_of(records)} <= set(declared)
        assert "unreadable" in sample.name or not [each for each in records if isinstance(each, ItemProblem)]

    def test_a_format_has_samples_and_says_what_it_is(self, format_id: str) -> None:
        info = parsers()[format_id].info
        there = (self.samples / format_id).glob("*")
        assert any(not path.name.endswith(GOLDEN) for path in there), "it has no sample"
        assert info.kinds
        assert info.docs.startswith("https://")
        assert info.export, "its function's docstring says how to get the report out of the tool"


def _probe(data: bytes) -> Probe:
    return Probe(Source(io.BytesIO(data)))
