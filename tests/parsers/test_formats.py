"""Every format against its samples, by the kit that other packages use as well."""

import io
from pathlib import Path

import pytest

from hauberk.parsers.registry import recognise
from hauberk.parsers.sdk import Probe, Source
from hauberk.testing.damage import mutilate
from hauberk.testing.formats import FormatTests
from hauberk.testing.samples import case_name, named


class TestFormats(FormatTests):
    samples = Path(__file__).parent / "samples"
    mutilations = 25  # all of them each night

    @pytest.mark.nightly
    def test_however_often_a_report_is_mutilated_it_is_read_or_refused(self, sample: Path) -> None:
        mutilate(sample, FormatTests.mutilations)

    @pytest.mark.long
    def test_a_sample_is_claimed_by_no_other_format(self) -> None:
        for sample in self.cases():
            with named(case_name(sample)):
                found = recognise(Probe(Source(io.BytesIO(sample.read_bytes()))))
                assert [parser.info.id for _, parser in found] == [sample.parent.name]


@pytest.mark.parametrize(
    ("files", "words"),
    [({}, "There are no samples"), ({"nobody-json/one.json": "{}"}, "not installed: nobody-json")],
)
def test_a_folder_without_samples_that_can_be_read_is_said_to_be_wrong(tmp_path, files, words):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    kit = type("Kit", (FormatTests,), {"samples": tmp_path})
    with pytest.raises(pytest.UsageError, match=words):
        kit.cases()
