"""Reports in YAML, as scanners write them that also write JSON."""

import io

import pytest
import yaml

from hauberk.ingest.receive import HEAD_BYTES, check_head
from hauberk.kit.errors import UnsupportedMedia
from hauberk.parsers.reading import open_report
from hauberk.parsers.sdk import ReportedFinding, ReportError, Source, yaml_text


def bandit(count: int) -> str:
    results = [
        {
            "filename": f"app/run_{number}.py",
            "issue_confidence": "HIGH",
            "issue_cwe": {"id": 78, "link": "https://cwe.example/78"},
            "issue_severity": "LOW",
            "issue_text": 'subprocess call: it "seems" safe,\nbut may be changed.',
            "line_number": number,
            "test_id": "B602",
            "test_name": "subprocess_popen",
        }
        for number in range(1, count + 1)
    ]
    return yaml.safe_dump({"errors": [], "generated_at": "2026-02-03T10:11:12Z", "results": results})


def findings(report: str, named: str | None = None) -> list[ReportedFinding]:
    opened = open_report(io.BytesIO(report.encode()), format=named)
    assert opened.format.id == "bandit-json"
    return [each for each in opened.records() if isinstance(each, ReportedFinding)]


@pytest.mark.parametrize("named", [None, "bandit-json", "Bandit"])
def test_a_report_in_yaml_is_recognised_and_read(named: str | None) -> None:
    (finding,) = findings(bandit(1), named)
    assert (finding.rule_id, finding.cwes, finding.locations[0].line) == ("B602", (78,), 1)


@pytest.mark.long
def test_a_long_one_is_recognised_by_its_beginning_and_read_whole() -> None:
    report = bandit(2_000)
    assert len(findings(report)) == 2_000
    for shift in range(0, 420, 3):  # the beginning may end in a name, a word or in quotes
        check_head(f"# {'x' * shift}\n{report}".encode()[:HEAD_BYTES], None)


@pytest.mark.long
def test_what_breaks_behind_the_beginning_is_refused_with_its_line() -> None:
    report = bandit(2_000) + 'more: "never closed\n'
    with pytest.raises(ReportError, match="Invalid YAML") as refused:
        findings(report)
    assert refused.value.code == "syntax_error"
    assert (refused.value.position or "").startswith("line ")


@pytest.mark.parametrize(
    "text",
    [
        "generated_at: &x [a]\nerrors: &y [*x, *x]\nresults: [*y, *y]\n",
        f"generated_at: &x [{', '.join('abc' * 50)}]\nerrors: [*x, *x]\nresults: []\n",
        "generated_at: x\nerrors: [*nothing]\nresults: []\n",
        "results: !!python/object/apply:os.system ['id']\nerrors: []\n",
        "? [a, b]\n: c\n",
        "results: " + "[" * 200 + "]" * 200 + "\n",
        "just: a note\n",
        "not yaml: at: all\n",
    ],
)
def test_what_no_report_holds_makes_it_none(text: str) -> None:
    with pytest.raises(ReportError) as refused:
        open_report(io.BytesIO(text.encode()))
    assert refused.value.code in ("unsupported_format", "nesting_too_deep")
    with pytest.raises(UnsupportedMedia):
        check_head(text.encode(), None)


def test_what_is_written_once_and_repeated_is_read_at_each_place() -> None:
    lines = [7]
    result = {"issue_text": "a", "test_id": "B1", "issue_severity": "LOW", "issue_confidence": "LOW"}
    results = [
        {"filename": name, "line_number": 7, "line_range": lines, **result} for name in ("a.py", "b.py")
    ]
    report = yaml.safe_dump({"errors": [], "generated_at": "2026-02-03T10:11:12Z", "results": results})
    assert "*id001" in report
    assert [each.locations[0].end_line for each in findings(report)] == [7, 7]


def test_more_than_is_read_at_once_is_refused() -> None:
    report = bandit(1) + "# " + "x" * yaml_text.MAX_BYTES + "\n"
    with pytest.raises(ReportError, match="in JSON"):
        findings(report)


def test_words_stay_what_was_written_and_numbers_are_numbers() -> None:
    text = b"---\nversion: 1.10\ncount: 3\nscore: 7.5\nname: no\nday: 2026-02-03\nnone: ~\nquoted: '7'\n---\nis: true\n"
    with yaml_text.in_json(Source(io.BytesIO(text))).open() as stream:
        assert stream.read() == (
            b'[{"version":"1.10","count":3,"score":7.5,"name":"no","day":"2026-02-03","none":null,"quoted":"7"},'
            b'{"is":true}]'
        )
