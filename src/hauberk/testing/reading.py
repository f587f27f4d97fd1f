"""What a format reads of its samples, and what it says of itself."""

import io
from pathlib import Path

import pytest

from hauberk.domain.reported import ItemProblem
from hauberk.parsers.registry import parsers, recognise
from hauberk.parsers.sdk import Probe, Source
from hauberk.testing.samples import GOLDEN, SampleTests, as_lines, findings_of, read

MAX_SAMPLE_BYTES = 50_000


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
        found = recognise(Probe(Source(io.BytesIO(sample.read_bytes()))))
        assert found, "no format recognises it"
        best = [parser.info.id for score, parser in found if score == found[0][0]]
        assert best == [sample.parent.name]

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
