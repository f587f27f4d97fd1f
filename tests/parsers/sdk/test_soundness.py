"""What a parser hands on is text where text belongs; a finding of which that is not so is a problem of its own."""

from typing import Any

import pytest

from fixtures.reports import report
from hauberk.domain.reported import ItemProblem, ReportedFinding
from hauberk.domain.severity import Severity
from hauberk.parsers import sdk

REASON = "its identifiers, references, tags or fingerprints are not all text"


def records_with(**fields: Any) -> list[Any]:
    @sdk.parser(id="x", scanner="X", docs="https://x", kinds=[sdk.SAST], sniff=sdk.JsonKeys("r"))
    def x(_: sdk.Report) -> sdk.Findings:
        yield sdk.ReportedFinding(kind=sdk.SAST, title="sound", severity=Severity.LOW)
        yield sdk.ReportedFinding(**{"kind": sdk.SAST, "title": "given", "severity": Severity.LOW, **fields})

    return list(x.records(report("{}")))


@pytest.mark.parametrize("title", ["", None])
def test_a_result_without_a_title_takes_its_rules_name(title: str | None) -> None:
    assert records_with(title=title, rule_id="r1", identifiers=("CVE-2021-44228",))[1].title == "r1"
    assert records_with(title=title, identifiers=("CVE-2021-44228",))[1].title == "CVE-2021-44228"
    assert records_with(title=title)[1] == ItemProblem(position="finding 2", reason="it has no title")


@pytest.mark.parametrize("field", ["identifiers", "references", "tags"])
@pytest.mark.parametrize("value", [("CVE-2021-44228", None), (1,), ([],), ({"a": "b"},), None, "text", 5])
def test_a_member_of_a_list_that_is_no_text_costs_its_finding_only(field: str, value: Any) -> None:
    sound, problem = records_with(**{field: value})
    assert sound.title == "sound"
    assert isinstance(problem, ItemProblem)
    assert problem.position == "finding 2"
    assert problem.reason == REASON


@pytest.mark.parametrize("prints", [{"a": None}, {"a": 1}, {None: "a"}, {"a": "b", "c": []}])
def test_a_fingerprint_that_is_no_text_costs_its_finding_only(prints: dict[Any, Any]) -> None:
    problem = records_with(partial_fingerprints=prints)[1]
    assert isinstance(problem, ItemProblem)
    assert problem.reason == REASON


def test_texts_in_lists_pass() -> None:
    found = records_with(
        identifiers=("CVE-2021-44228",),
        references=("https://a.example/",),
        tags=("a", ""),
        partial_fingerprints={"a": "b"},
    )[1]
    assert isinstance(found, ReportedFinding)
    assert found.title == "given"
