"""What a tool printed around its report: the whole output of a command went into the file."""

import gzip
import io

import pytest

from hauberk.parsers.reading import OpenedReport, open_report
from hauberk.parsers.sdk import ReportedFinding, ReportError

_GOSEC = b'{"Issues": [{"severity": "HIGH", "rule_id": "G1", "details": "bad", "file": "a.go", "line": "7"}], "Stats": {}}'
_LINES = b"[main]\tINFO\trunning\n\n2024-05-02T10:00:01Z WARN {no} rules\n+=====+\n"


def _titles(report: OpenedReport) -> list[str]:
    return [each.title for each in report.records() if isinstance(each, ReportedFinding)]


@pytest.mark.parametrize(
    "text",
    [
        _LINES + _GOSEC,
        _LINES.replace(b"\n", b"\r\n") + _GOSEC,
        _GOSEC + b"\nFound 1 problem.\n",
        _LINES + _GOSEC + b"\n\n" + _LINES.removeprefix(b"[main]"),
        b'{"level": "info", "msg": "starting"}\n' + _GOSEC,
        gzip.compress(_LINES + _GOSEC),
        (_LINES + _GOSEC).decode().encode("utf-16"),
        b"\x1b[31mDEPRECATED\x1b[0m use another\n" + _GOSEC,
    ],
)
@pytest.mark.parametrize("named", [None, "gosec-json", "gosec"])
def test_a_report_is_read_between_what_the_tool_printed_around_it(text: bytes, named: str | None) -> None:
    report = open_report(io.BytesIO(text), format=named)
    assert report.format.id == "gosec-json"
    assert _titles(report) == ["bad"]


@pytest.mark.parametrize("named", ["gosec-json", "snyk-json"], ids=["one document", "many"])
def test_a_further_report_behind_log_lines_is_not_passed_over(named: str) -> None:
    text = {
        "gosec-json": _GOSEC,
        "snyk-json": b'{"ok": true, "vulnerabilities": [], "dependencyCount": 1, "packageManager": "npm"}',
    }[named]
    assert not open_report(io.BytesIO(text + b"\nwarning: slow\n"), format=named).records().close()
    with pytest.raises(ReportError):
        list(open_report(io.BytesIO(text + b"\nwarning: slow\n" + text), format=named).records())


def test_nothing_may_stand_before_the_declaration_of_xml() -> None:
    xml = b'Starting scan\n<?xml version="1.0"?>\n<issues burpVersion="2024.1" exportTime="now"></issues>'
    with pytest.raises(ReportError) as refused:
        open_report(io.BytesIO(xml))
    assert refused.value.code == "unsupported_format"


def test_where_it_breaks_is_told_by_the_line_of_the_file() -> None:
    report = open_report(io.BytesIO(_LINES + _GOSEC[:-1]))
    with pytest.raises(ReportError) as refused:
        list(report.records())
    assert str(refused.value.position).startswith("line 5,")


@pytest.mark.parametrize("more", [b"\n]}", b" trailing", b', "Issues": []}', b'\n"more"'])
def test_what_continues_the_document_is_no_log_line(more: bytes) -> None:
    with pytest.raises(ReportError, match="more text after the end"):
        list(open_report(io.BytesIO(_GOSEC + more)).records())


def test_what_lies_within_json_of_no_known_format_is_no_report_behind_log_lines() -> None:
    inner = b'{"apiVersion": "aquasecurity.github.io/v1alpha1",\n "kind": "RbacAssessmentReport", "metadata": {}, "report": {}}'
    with pytest.raises(ReportError) as refused:
        open_report(io.BytesIO(b'{\n "answer": [\n  [\n' + inner + b"\n]]}"))
    assert refused.value.code == "unsupported_format"
