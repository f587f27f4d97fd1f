"""Declared parsers: headers, problems, bugs, ids, and how a format is recognised."""

import io
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from fixtures.reports import of_items, probe, refusal, report
from hauberk.domain.reported import ItemProblem, ReportHeader
from hauberk.domain.severity import Severity
from hauberk.parsers import sdk
from hauberk.parsers.reading import OpenedReport
from hauberk.parsers.registry import DuplicateFormatError, by_id, parsers, parsers_of


def test_headers_beside_the_items_are_collected() -> None:
    @of_items(sdk.SAST, header={"tool_version": "about.version", "scanned_at": "at"})
    def x(item: sdk.Json) -> sdk.Findings:
        yield sdk.ReportedFinding(kind=sdk.SAST, title=item["title"], severity=Severity.LOW)

    text = '{"at": "2024-01-01", "r": [{"title": "a"}, {}, 1, {"title": "b"}], "about": {"version": 2}}'
    records = list(x.records(report(text)))
    assert [record.title for record in records if isinstance(record, sdk.ReportedFinding)] == ["a", "b"]
    assert [record.position for record in records if isinstance(record, ItemProblem)] == ["r[1]", "r[2]"]
    assert records[-1] == ReportHeader(tool_version="2", scanned_at=datetime(2024, 1, 1, tzinfo=UTC))


def test_a_parser_that_stumbles_over_the_whole_report_refuses_it() -> None:
    @sdk.parser(id="y", scanner="Y", docs="https://y", kinds=[sdk.SAST], sniff=sdk.JsonKeys("r"))
    def y(reading: sdk.Report) -> sdk.Findings:
        yield sdk.ReportHeader(asset=reading.document()["asset"]["name"])

    assert refusal(y.records(report('{"asset": 1}'))).code == "schema_mismatch"


def test_a_bug_in_a_parser_fails_its_report_with_a_code() -> None:
    @sdk.parser(id="y", scanner="Y", docs="https://y", kinds=[sdk.SAST], sniff=sdk.JsonKeys("r"))
    def y(_: sdk.Report) -> sdk.Findings:
        yield sdk.ReportHeader(asset="a")
        raise RecursionError("too deep")

    error = refusal(OpenedReport(sdk.Source(io.BytesIO(b"{}")), y).records())
    assert error.code == "parser_crashed"
    assert "RecursionError" in error.message


def clumsy(function: Callable[[sdk.Json], Any]) -> sdk.Parser:
    """A parser of another package: this module is none of Hauberk's."""
    declare = sdk.parser(
        id="clumsy",
        scanner="Clumsy",
        docs="https://c",
        kinds=[sdk.DAST],
        sniff=sdk.JsonKeys("r"),
        items=sdk.JsonItems("r.item"),
    )
    return declare(function)


def finding(**said: Any) -> sdk.ReportedFinding:
    return sdk.ReportedFinding(**({"kind": sdk.DAST, "title": "T", "severity": Severity.LOW} | said))


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"severity": "appalling"}, "severity: Invalid enum value 'appalling'"),
        ({"found_at": "yesterday"}, "found_at: Invalid RFC3339"),
        ({"cwes": ("79",)}, "cwes[0]: Expected `int`"),
        ({"locations": sdk.Location(path="a")}, "locations: Expected `array`"),
        ({"locations": (sdk.Location(path="a", line="12"),)}, "locations[0].line: Expected `int"),  # type: ignore[arg-type]
        ({"rule_id": 17, "epss": "high"}, "epss: Expected `float"),
        ({"found_at": object()}, "no value"),
    ],
)
def test_a_field_of_the_wrong_type_is_a_problem_that_names_it(said: dict[str, Any], wrong: str) -> None:
    @clumsy
    def read(item: sdk.Json) -> sdk.Findings:
        yield finding(**said)
        yield finding(title=item["title"])

    problem, sound = read.records(report('{"r": [{"title": "a"}]}'))
    assert isinstance(problem, ItemProblem)
    assert problem.position == "finding 1"
    assert wrong in problem.reason
    assert isinstance(sound, sdk.ReportedFinding)


def test_words_lists_and_numbers_are_taken_for_what_they_say() -> None:
    place = sdk.Location(path="a")

    @clumsy
    def read(_: sdk.Json) -> sdk.Findings:
        yield finding(severity="high", rule_id=17, identifiers="CVE-2024-1", locations=[place])

    (found,) = read.records(report('{"r": [{}]}'))
    assert found == finding(
        severity=Severity.HIGH, rule_id="17", identifiers=("CVE-2024-1",), locations=(place,)
    )


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda _: None, "its function returns NoneType"),
        (lambda _: finding(), "its function returns ReportedFinding"),
        (lambda _: [{"title": "x"}], "it yields dict {'title': 'x'}"),
        (lambda _: [sdk.ReportHeader(asset=17)], "a wrong asset: Expected `str"),  # type: ignore[arg-type]
        (lambda _: sys.exit(3), r"SystemExit\(3\) \(test_declare.py, line \d+\)"),
        (lambda _: no_such_name, "no_such_name"),  # type: ignore[name-defined]  # noqa: F821
    ],
)
def test_a_parser_that_does_what_none_may_is_told_so(function: Callable[[sdk.Json], Any], words: str) -> None:
    error = refusal(OpenedReport(sdk.Source(io.BytesIO(b'{"r": [{}]}')), clumsy(function)).records())
    assert error.code == "parser_crashed"
    assert re.search(words, error.message)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"id": "Two Words"}, "is no id of a format"),
        ({"kinds": ["dsat"]}, "Invalid enum value 'dsat'"),
        ({"scanner": 1}, "Expected `str`"),
        ({"sniff": "r"}, "sniff is str"),
        ({"items": "r.item"}, "items is str"),
        ({"items": None}, "a header is read beside items"),
    ],
)
def test_a_declaration_that_is_none_stops_its_module(said: dict[str, Any], words: str) -> None:
    sound = {"id": "z", "scanner": "Z", "docs": "", "kinds": [sdk.DAST], "sniff": sdk.JsonKeys("r")}
    header = {"items": sdk.JsonItems("r.item"), "header": {"asset": "a"}}
    with pytest.raises(TypeError, match=words):
        sdk.parser(**(sound | header | said))(lambda _: iter(()))


def test_a_header_reads_attributes_of_the_root_and_below_it() -> None:
    @sdk.parser(
        id="x",
        scanner="X",
        docs="",
        kinds=[sdk.DAST],
        sniff=sdk.XmlRoot("r"),
        items=sdk.XmlElements("scan/hit"),
        header={"tool_version": "@version", "asset": "scan/@target", "ref": "@missing", "scope": "scan/name"},
    )
    def x(hit: sdk.XmlElement) -> sdk.Findings:
        yield finding(title=hit.get("t"))

    text = '<r version="7"><scan target="shop"><name>nightly</name><hit t="a"/><hit t="b"/></scan></r>'
    *found, header = x.records(report(text))
    assert [each.title for each in found if isinstance(each, sdk.ReportedFinding)] == ["a", "b"]
    assert header == ReportHeader(tool_version="7", asset="shop", scope="nightly")


def test_a_header_field_that_does_not_exist_stops_the_start() -> None:
    with pytest.raises(TypeError, match="vershun"):
        sdk.parser(id="z", scanner="Z", docs="", kinds=[], sniff=lambda _: 0, header={"vershun": "v"})


def test_two_parsers_with_one_id_stop_the_start() -> None:
    gosec = parsers()["gosec-json"]
    assert parsers_of(SimpleNamespace(a=gosec, b=1)) == [gosec]  # type: ignore[arg-type]
    with pytest.raises(DuplicateFormatError, match="gosec-json"):
        by_id([gosec, gosec])


def test_no_two_formats_have_one_title() -> None:
    titles = Counter(parser.info.title for parser in parsers().values())
    assert [title for title, count in titles.items() if count > 1] == []


def test_a_probe_understands_the_beginning_of_a_long_document() -> None:
    items = [{"id": i, "name": 'a "quoted" [name], ' * 5} for i in range(5000)]
    head = probe(json.dumps({"version": "2.1", "items": items, "stats": {}}))
    assert not head.is_complete
    assert head.json["items"][0]["id"] == 0
    assert sdk.JsonKeys("items.item.name", values={"version": r"2\..*"}, later=("stats",))(head) > 0
    assert sdk.JsonKeys("stats")(head) == 0
    assert sdk.JsonKeys("items", absent=("version",))(head) == 0


def test_probes_tell_lines_xml_and_csv_apart() -> None:
    lines = probe('{"a": {"b": 1}}\n{"a": 2}\n')
    assert sdk.JsonLineKeys("a.b")(lines) > 0
    assert sdk.JsonLineKeys("a.b")(probe('{\n"a": {"b": 1}}')) == 0
    xml = probe('<r xmlns="urn:x:1" v="3"><s><t/></s></r>')
    assert sdk.XmlRoot("r", "s/t", namespace="urn:x:.*", attributes=("v",), values={"v": "3"})(xml) > 0
    assert sdk.XmlRoot("r", namespace="urn:y")(xml) == 0
    assert sdk.XmlRoot("r", attributes=("w",))(xml) == 0
    assert sdk.CsvHeader("a", "c")(probe("a;b;c\n1;2;3\n")) > 0
    assert sdk.CsvHeader("a", "d")(probe("a;b;c\n1;2;3\n")) == 0
