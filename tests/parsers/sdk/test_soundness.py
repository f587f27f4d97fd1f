"""What a parser hands on is text where text belongs: what is none is left out, and only what has no title is a problem."""

from typing import Any

import pytest

from fixtures.reports import report
from hauberk.domain.reported import ItemProblem, ReportedFinding
from hauberk.domain.severity import Severity
from hauberk.parsers import sdk


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
    assert records_with(title=title, description="It leaks.\nMore.")[1].title == "It leaks."
    assert records_with(title=title)[1] == ItemProblem(position="finding 2", reason="it has no title")


@pytest.mark.parametrize("field", ["identifiers", "references", "tags"])
@pytest.mark.parametrize("value", [("a", None), ("a", []), ("a", {"a": "b"}), "a"])
def test_a_member_of_a_list_that_is_no_text_costs_only_itself(field: str, value: Any) -> None:
    assert getattr(records_with(**{field: value})[1], field) == ("a",)


@pytest.mark.parametrize("prints", [{"a": "b", "c": None}, {"a": "b", "c": []}])
def test_a_fingerprint_that_is_no_text_costs_only_itself(prints: dict[Any, Any]) -> None:
    assert records_with(partial_fingerprints=prints)[1].partial_fingerprints == {"a": "b"}


def test_what_should_be_text_is_read_as_the_text_that_it_prints_as_or_left_out() -> None:
    found = records_with(
        title=["two", "lines"],
        rule_id=79,
        description={"no": "text"},
        locations=(sdk.Location(path="a.py", symbol=3),),
        components=(sdk.Component(name=None), sdk.Component(name="a", version=2)),
    )[1]
    assert (found.title, found.rule_id, found.description) == ("two\nlines", "79", None)
    assert found.locations == (sdk.Location(path="a.py", symbol="3"),)
    assert found.components == (sdk.Component(name="a", version="2"),)


def test_texts_in_lists_pass() -> None:
    found = records_with(
        identifiers=("CVE-2021-44228",),
        references=("https://a.example/",),
        tags=("a", ""),
        partial_fingerprints={"a": "b"},
    )[1]
    assert isinstance(found, ReportedFinding)
    assert found.title == "given"
