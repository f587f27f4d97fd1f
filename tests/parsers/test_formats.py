"""Every format against its samples: one test file for all parsers.

A sample is `samples/<format id>/<case>.<ext>`; `<case>.golden.jsonl` beside it holds every record it yields, one a
line. `--rewrite-goldens` writes them anew; the reviewer reads the diff.
"""

import gzip
import io
from pathlib import Path
from typing import BinaryIO

import msgspec
import pytest

from hauberk.domain.reported import ItemProblem, ReportedFinding
from hauberk.parsers.reading import open_report
from hauberk.parsers.registry import parsers, recognise
from hauberk.parsers.sdk import ERROR_CODES, Probe, ReportError, Source

SAMPLES = Path(__file__).parent / "samples"
CASES = sorted(path for path in SAMPLES.glob("*/*") if not path.name.endswith(".golden.jsonl"))
LINE_BY_LINE = (".csv", ".jsonl", ".txt", ".log")
ARCHIVES = (".zip", ".fpr", ".xlsx")


def case_name(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


each_sample = pytest.mark.parametrize("sample", CASES, ids=case_name)
each_text_sample = pytest.mark.parametrize(
    "sample", [case for case in CASES if case.suffix not in ARCHIVES], ids=case_name
)


def read(data: bytes | BinaryIO, format_id: str | None = None) -> list[msgspec.Struct]:
    file = io.BytesIO(data) if isinstance(data, bytes) else data
    return list(open_report(file, format=format_id).records())


def read_or_refuse(data: bytes, format_id: str | None) -> tuple[list[msgspec.Struct], ReportError | None]:
    try:
        return read(data, format_id), None
    except ReportError as error:
        if error.code == "parser_crashed":
            raise
        return [], error


def findings_of(records: list[msgspec.Struct]) -> list[ReportedFinding]:
    return [record for record in records if isinstance(record, ReportedFinding)]


def as_lines(records: list[msgspec.Struct]) -> str:
    tagged = ({"record": type(record).__name__, **msgspec.to_builtins(record)} for record in records)
    return "".join(
        msgspec.json.format(msgspec.json.encode(line), indent=-1).decode() + "\n" for line in tagged
    )


@each_sample
def test_a_sample_reads_as_its_golden_file_says(sample: Path, request: pytest.FixtureRequest) -> None:
    golden = sample.with_name(sample.stem + ".golden.jsonl")
    said = as_lines(read(sample.read_bytes()))
    if request.config.getoption("--rewrite-goldens", default=False):
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")


@each_sample
def test_a_sample_is_recognised_as_its_format_only(sample: Path) -> None:
    found = recognise(Probe(Source(io.BytesIO(sample.read_bytes()))))
    assert [parser.info.id for _, parser in found] == [sample.parent.name]


@each_sample
def test_a_sample_is_small(sample: Path) -> None:
    assert sample.stat().st_size <= 50_000


@each_sample
@pytest.mark.parametrize("percent", [0, 25, 50, 99])
@pytest.mark.parametrize("is_named", [False, True], ids=["recognised", "named"])
def test_a_cut_report_is_refused(sample: Path, percent: int, is_named: bool) -> None:
    whole = sample.read_bytes().rstrip()
    cut = whole[: len(whole) * percent // 100]
    format_id = sample.parent.name if is_named else None
    if cut and sample.suffix in LINE_BY_LINE:
        records, _ = read_or_refuse(cut, format_id)
        complete = findings_of(read(whole, format_id))
        kept = findings_of(records)
        assert kept[:-1] == complete[: max(len(kept) - 1, 0)]
        return
    with pytest.raises(ReportError) as refusal:
        read(cut, format_id)
    assert refusal.value.code != "parser_crashed"
    assert refusal.value.message.endswith((".", "?"))


@each_text_sample
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "crlf", "gzip"])
def test_a_sample_reads_the_same_in_another_encoding(sample: Path, encoding: str) -> None:
    text = sample.read_text(encoding="utf-8")
    if encoding == "crlf":
        data = text.replace("\n", "\r\n").encode()
    elif encoding == "gzip":
        data = gzip.compress(text.encode())
    elif encoding in ("utf-16-le", "utf-16-be") and sample.suffix not in LINE_BY_LINE:
        data = text.encode(encoding)
    else:
        data = text.encode("utf-16" if encoding.startswith("utf-16") else encoding)
    expected, found = findings_of(read(sample.read_bytes())), findings_of(read(data))
    assert [finding.title for finding in found] == [finding.title for finding in expected]


@each_text_sample
def test_stray_bytes_of_another_encoding_do_no_harm(sample: Path) -> None:
    data = sample.read_bytes()
    expected = findings_of(read(data))
    for title in {finding.title for finding in expected}:
        word = title.split()[0].encode()
        spoiled = data.replace(word + b" ", word + b"\xe9 ")
        assert len(findings_of(read(spoiled, sample.parent.name))) == len(expected)


@pytest.mark.parametrize("format_id", sorted(parsers()))
@pytest.mark.parametrize(
    "text", [b"", b" \n", b"null", b"[]", b"{}", b"17", b"<a/>", b"a,b\n1,2\n", b"\x00\xff\xfe"]
)
def test_a_report_of_another_kind_is_refused_or_empty(format_id: str, text: bytes) -> None:
    records, error = read_or_refuse(text, format_id)
    assert not findings_of(records)
    assert error is None or (error.code in ERROR_CODES and len(error.message) < 300)


@pytest.mark.parametrize("format_id", sorted(parsers()))
def test_a_format_has_samples_and_says_what_it_is(format_id: str) -> None:
    info = parsers()[format_id].info
    assert any(case.parent.name == format_id for case in CASES)
    assert info.kinds
    assert info.docs.startswith("https://")
    assert info.export


@each_sample
def test_kinds_of_findings_are_the_declared_ones(sample: Path) -> None:
    declared = set(parsers()[sample.parent.name].info.kinds)
    assert {finding.kind for finding in findings_of(read(sample.read_bytes()))} <= declared


def test_only_samples_made_for_it_have_unreadable_items() -> None:
    with_problems = {
        case_name(sample)
        for sample in CASES
        if any(isinstance(r, ItemProblem) for r in read(sample.read_bytes()))
    }
    assert all("unreadable" in name for name in with_problems), with_problems
