"""What the importer knows word for word is passed over; everything else is read as it always is."""

import io
import json

import pytest

from hauberk.domain.reported import ReportedFinding
from hauberk.parsers.reading import open_report
from hauberk.parsers.sdk.unchanged import NO_ELEMENT, Unchanged

KEY, VERSION = bytes(32), b"1"
RESULTS = 50


class Importer:
    """Remembers every element it was asked about, and confirms those that it was told to know."""

    def __init__(self, known: frozenset[int] = frozenset()) -> None:
        self.known, self.asked = known, []

    def confirms(self, element: int) -> bool:
        self.asked.append(element)
        return element in self.known


def sarif(*, level: str = "warning", tool_first: bool = True, message: str = "Unsafe") -> bytes:
    tool = {"driver": {"name": "Demo", "rules": [{"id": "R1", "defaultConfiguration": {"level": level}}]}}
    results = [
        {
            "ruleId": "R1",
            "message": {"text": f"{message} “{number}” \\u0000"},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": f"src/{number}.py"}}}],
        }
        for number in range(RESULTS)
    ]
    run = {"tool": tool, "results": results} if tool_first else {"results": results, "tool": tool}
    return json.dumps({"version": "2.1.0", "runs": [run]}).encode()


def findings(report: bytes, importer: Importer | None = None, key: bytes = KEY) -> list[ReportedFinding]:
    unchanged = None if importer is None else Unchanged(importer, key, VERSION)
    records = open_report(io.BytesIO(report), format="sarif").records(unchanged)
    return [record for record in records if isinstance(record, ReportedFinding)]


@pytest.mark.parametrize("tool_first", [True, False], ids=["tool first", "tool last"])
def test_a_report_of_which_nothing_is_known_is_read_in_full(tool_first):
    report = sarif(tool_first=tool_first)
    assert findings(report, Importer()) == findings(report)


@pytest.mark.parametrize("tool_first", [True, False], ids=["tool first", "tool last"])
def test_known_elements_are_passed_over(tool_first):
    first = Importer()
    findings(sarif(tool_first=tool_first), first)
    assert len(first.asked) >= RESULTS - 3  # the ends of a block are read as they come
    assert len(set(first.asked)) == len(first.asked)
    again = findings(sarif(tool_first=tool_first), Importer(frozenset(first.asked)))
    assert len(again) == RESULTS - len(first.asked)


def test_only_what_is_known_is_passed_over():
    first = Importer()
    everything = findings(sarif(), first)
    known = frozenset(first.asked[5:8])
    rest = findings(sarif(), Importer(known))
    assert len(rest) == RESULTS - 3
    assert [finding for finding in everything if finding in rest] == rest


@pytest.mark.parametrize(
    ("changed", "key"),
    [(sarif(level="error"), KEY), (sarif(message="Dangerous"), KEY), (sarif(), b"\1" * 32)],
    ids=["the rule means something else", "other words", "another tenant"],
)
def test_an_element_is_another_one_under_other_circumstances(changed, key):
    first, later = Importer(), Importer()
    findings(sarif(), first)
    findings(changed, later, key)
    assert not set(first.asked) & set(later.asked)


def test_what_depends_on_something_else_in_the_report_is_not_remembered():
    report = json.loads(sarif())
    run = report["runs"][0]
    run["artifacts"] = [{"location": {"uri": "src/elsewhere.py"}}]
    for result in run["results"]:
        result["locations"][0]["physicalLocation"]["artifactLocation"] = {"index": 0}
    unchanged = Unchanged(Importer(), KEY, VERSION)
    for record in open_report(io.BytesIO(json.dumps(report).encode()), format="sarif").records(unchanged):
        if isinstance(record, ReportedFinding):
            assert record.locations[0].path == "src/elsewhere.py"
            assert unchanged.element == NO_ELEMENT
