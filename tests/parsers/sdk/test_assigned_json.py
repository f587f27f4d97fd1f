"""JSON that a JavaScript file assigns to a name, as reports made for a browser carry it."""

import io

import pytest

from hauberk.parsers.sdk import Probe, Report, ReportError, Source

BEGINNINGS = ["results = ", "var results=", "window.report.data =\n", "const $x = "]


@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize("end", ["", ";", ";\n"])
def test_json_behind_an_assignment_is_read_like_json(beginning: str, end: str) -> None:
    source = Source(io.BytesIO(f'{beginning}{{"list": [1, 2]}}{end}'.encode()))
    assert Probe(source).json == {"list": [1, 2]}
    assert [node.value for node in Report(source).json("list.item")] == [1, 2]


@pytest.mark.parametrize(
    "text", ['results = {"a": 1}; more', 'results == {"a": 1}', '1x = {"a": 1}', "x = 17"]
)
def test_other_javascript_is_refused(text: str) -> None:
    with pytest.raises(ReportError):
        list(Report(Source(io.BytesIO(text.encode()))).json("a"))
