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

    def test_a_sample_is_recognised_as_its_format_and_what_that_declares(self, sample: Path) -> None:
        data, own = sample.read_bytes(), parsers()[sample.parent.name]
        with named("how specific the match is"):
            assert type(own.sniff(_probe(data))) is int, (
                "its sniff says a number: 0 for none, else 1 and more"
            )
        with named("recognition"):
            found = recognise(_probe(data))
            assert found, "no format recognises it"
            best = [parser.info.id for score, parser in found if score == found[0][0]]
            assert best == [sample.parent.name]
        with named("declaration"):
            assert len(data) <= MAX_SAMPLE_BYTES
            records = read(data, sample.parent.name)
            assert {finding.kind for finding in findings_of(records)} <= set(own.info.kinds)
            problems = [each for each in records if isinstance(each, ItemProblem)]
            assert "unreadable" in sample.name or not problems

    def test_a_format_says_what_it_is_and_what_others_write_is_not_taken_for_it(self, format_id: str) -> None:
        parser = parsers()[format_id]
        samples = [case for case in self.cases() if case.parent.name == format_id]
        assert samples, "it has no sample"
        assert parser.info.kinds
        assert parser.info.docs.startswith("https://") or parser.info.scanner == "Hauberk"
        assert parser.info.export, "its function's docstring says how to get the report out of the tool"
        with named("header"):
            records = [record for case in samples for record in read(case.read_bytes(), format_id)]
            headers = [record for record in records if isinstance(record, ReportHeader)]
            unsaid = {name for name in parser.header if not any(getattr(header, name) for header in headers)}
            assert not unsaid, "no sample has it, or the path does not lead there"
        for other, text in OTHERS.items():
            with named(other):
                assert recognise(_probe(text))[0][1].info.id == other
                assert format_id == other or not parser.sniff(_probe(text))


def _probe(data: bytes) -> Probe:
    return Probe(Source(io.BytesIO(data)))
