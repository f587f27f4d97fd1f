"""Mappings: what they read of JSON, JSON Lines, CSV and XML, and what is said of one that cannot be used."""

import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hauberk.domain.reported import ItemProblem, ReportedFinding, ReportHeader
from hauberk.parsers.mapping import formats
from hauberk.parsers.mapping.checking import InvalidMapping
from hauberk.parsers.reading import open_report
from hauberk.parsers.registry import parsers
from hauberk.parsers.sdk import Parser, ReportError

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "map-a-report.md").read_text(encoding="utf-8")
LEAST = "mapping: 1\nid: acme\nscanner: Acme\nkind: sast\n"


def read(document: str, report: str | bytes, *, named: bool = True):
    parser = formats.parser(formats.read(document)[1])
    data = report if isinstance(report, bytes) else report.encode()
    return list(
        open_report(io.BytesIO(data), format=parser.info.id if named else None, mapped=[parser]).records()
    )


def read_or_refuse(data: bytes, parser: Parser):
    """Any other end than these two is the test's failure."""
    opened = open_report(io.BytesIO(data), format=parser.info.id, mapped=[parser])
    try:
        return list(opened.records()), None
    except ReportError as error:
        if error.code == "parser_crashed":
            raise
        return [], error


def findings(document: str, report: str | bytes) -> list[ReportedFinding]:
    return [each for each in read(document, report) if isinstance(each, ReportedFinding)]


def problems_of(document: str) -> list[tuple[int, str]]:
    with pytest.raises(InvalidMapping) as refusal:
        formats.read(document)
    assert all(problem.message.endswith((".", "?")) for problem in refusal.value.problems)
    return [(problem.line, problem.field) for problem in refusal.value.problems]


def test_the_example_of_the_guide_reads_as_the_guide_says():
    report, document = (
        re.search(rf"```{kind}\n(.*?)```", GUIDE, re.DOTALL).group(1) for kind in ("json", "yaml")
    )
    first, second, header = read(document, report, named=False)
    assert (first.kind, first.severity, first.severity_reported, first.cwes) == (
        "dast",
        "critical",
        "1",
        (79,),
    )
    assert first.references == ("https://example.com/a17",)
    (place,) = first.locations
    assert (place.url, place.host, place.port, place.parameter) == (
        "https://shop.example.com/search", "shop.example.com", 443, "q")  # fmt: skip
    assert first.suppression is None
    assert (second.severity, second.suppression.justification) == ("low", "test system")
    assert header == ReportHeader(tool_version="4.2")


def test_a_table_is_read_by_its_columns():
    document = (
        LEAST
        + r"""
items:
  csv: [Rule, Text, Where]
  only: {path: State, is_not: fixed}
finding:
  title: {text: "{Rule}: {Text}"}
  severity: {path: Risk, default: low}
  rule_id: Rule
  tags: {path: Tags, split: ";"}
  found_at: When
date_formats: ["%d/%m/%Y"]
locations:
  path: {path: Where, pattern: "^([^:]+):"}
  line: {path: Where, pattern: ":([0-9]+)$"}
"""
    )
    table = (
        "Rule,Text,Where,Risk,State,Tags,When\n"
        "R1,Bad call,src/a.py:7,HIGH,open,x; y,04/03/2026\n"
        "R2,Gone,src/b.py:1,LOW,fixed,,\n"
        "R3,Odd,src/c.py:9,,open,,\n"
    )
    first, last = findings(document, table)
    assert (first.title, first.severity, first.tags) == ("R1: Bad call", "high", ("x", "y"))
    assert (first.locations[0].path, first.locations[0].line) == ("src/a.py", 7)
    assert first.found_at.isoformat() == "2026-03-04T00:00:00+00:00"
    assert last.severity == "low"


def test_elements_see_what_is_around_them():
    document = """
mapping: 1
id: acme
scanner: Acme
kind: sca
items: {xml: file/package, each: flaw}
header: {tool_version: about/version}
finding:
  title: "@name"
  severity: {path: "@level", score: score}
  identifiers: [text, "@name"]
components:
  name: ^/@name
  version: ^/version
  path: ^/../@path
  fixed_versions: fix
cvss: {score: score, vector: vector}
"""
    report = """<report xmlns="urn:acme"><about><version>3</version></about><file path="pom.xml"><package name="log4j">
        <version>2.14</version><flaw name="Lookup"><text>see CVE-2021-44228</text><score>9.8</score>
        <fix>2.15.0</fix><fix>2.12.2</fix></flaw></package></file></report>"""
    header, finding = sorted(read(document, report), key=lambda each: isinstance(each, ReportedFinding))
    assert header.tool_version == "3"
    assert (finding.severity, finding.identifiers) == ("critical", ("CVE-2021-44228", "Lookup"))
    (part,) = finding.components
    assert (part.name, part.version, part.path, part.fixed_versions) == (
        "log4j", "2.14", "pom.xml", ("2.15.0", "2.12.2"))  # fmt: skip


def test_lines_and_keyed_objects_are_items_and_each_place_is_a_location():
    lines = (
        LEAST
        + "items: {json_lines: 'true'}\nfinding: {title: t, severity: s}\nlocations: {each: at.item, path: f, line: l}\n"
    )
    (finding,) = findings(
        lines, '{"t": "x", "s": "high", "at": [{"f": "a", "l": 1}, {"f": "b", "l": "2-4"}]}\n'
    )
    assert [(place.path, place.line) for place in finding.locations] == [("a", 1), ("b", 2)]
    keyed = LEAST + "items: {json: 'rules.*'}\nfinding: {title: $key, severity: s}\n"
    assert [
        each.title for each in findings(keyed, '{"rules": {"R1": {"s": "low"}, "R2": {"s": "high"}}}')
    ] == ["R1", "R2"]


def test_results_know_the_names_of_what_is_around_them():
    document = (
        LEAST
        + """
items: {json: hosts.*, each: checks.*}
finding: {title: $key, severity: s, rule_id: ^.os}
locations: {each: at, url: {text: "https://{^^.$key}/{^.$key}{.}"}}
"""
    )
    report = '{"hosts": {"web.example": {"os": "L", "checks": {"C1": {"s": "low", "at": ["/a", "/b"]}, "C2": {}}}}}'
    first, second = findings(document, report)
    assert (first.title, first.rule_id, second.title) == ("C1", "L", "C2")
    assert [place.url for place in first.locations] == [
        "https://web.example/C1/a",
        "https://web.example/C1/b",
    ]


def test_html_base64_and_decimal_commas_are_read_as_what_they_say():
    document = (
        LEAST
        + """
items: {csv: [t, s]}
finding: {title: {path: t, as: html}, severity: {path: s, score: c}, description: {path: d, as: base64}}
cvss: {score: c}
"""
    )
    (finding,) = findings(document, 't;s;c;d\n"<b>A &amp; B</b>";;7,5;aGVsbG8=\n')
    assert (finding.title, finding.description, finding.severity) == ("A & B", "hello", "high")
    assert finding.cvss[0].score == 7.5


def test_a_condition_without_words_holds_where_something_is_there():
    document = (
        LEAST
        + "items: {json: item}\nfinding: {title: t, severity: s}\nsuppressed: {path: m, reason: m.why}\n"
    )
    report = (
        '[{"t": "a", "m": {"why": "ok"}}, {"t": "b", "m": false}, {"t": "c", "m": {}}, {"t": "d", "m": true}]'
    )
    found = [finding.suppression for finding in findings(document, report)]
    assert [suppression is not None for suppression in found] == [True, False, False, True]
    assert found[0].justification == "ok"


def test_what_stands_there_and_cannot_be_used_is_told():
    document = (
        LEAST
        + """
items: {json: item}
finding: {title: t, severity: s, found_at: when, rule_id: rule}
locations: {url: u, line: l}
"""
    )
    parser = formats.parser(formats.read(document)[1])
    report = '[{"t": "a", "s": "P9", "when": "am 3. Mai", "u": "/a", "l": "12"}]'
    list(open_report(io.BytesIO(report.encode()), format=parser.info.id, mapped=[parser]).records())
    told = dict(formats.remarks(parser))
    assert told.keys() == {"finding.severity", "finding.found_at", "finding.rule_id", "locations.url"}
    assert told["finding.rule_id"] == "Nothing stands there in this sample."
    assert "“P9” stands there, which is no severity that is known" in told["finding.severity"]
    assert "date_formats" in told["finding.found_at"]


def test_an_item_without_a_title_is_a_problem_and_the_rest_counts():
    document = LEAST + "items: {json: item}\nfinding: {title: t, severity: s}\n"
    first, second = read(document, '[{"s": "low"}, {"t": "x", "s": "low"}]')
    assert first == ItemProblem(
        position="[0]", reason="it has no title: nothing stands where the mapping says"
    )
    assert second.title == "x"


def test_all_that_is_wrong_is_told_with_its_line_and_field():
    document = """\
mapping: 2
id: Acme Scan
scanner: Acme
kind: dsat
items:
  json: results
finding:
  ruel_id: check
  severity: {path: level, map: {5: urgent}}
  description: {path: a, pattern: "["}
  rule_name: {path: a, pattern: "(a{99999999999})"}
locations:
  line: {default: "7"}
  url: "https://{host}/"
recognise: {}
"""
    assert problems_of(document) == [
        (1, "mapping"), (2, "id"), (4, "kind"), (6, "items.json"), (7, "finding.title"), (8, "finding.ruel_id"),
        (9, "finding.severity.map.5"), (10, "finding.description.pattern"),
        (11, "finding.rule_name.pattern"), (13, "locations.line"), (14, "locations.url"), (15, "recognise"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("document", "line"),
    [
        ("", 1),
        ("just a text", 1),
        ("a: [1, 2\nb: 3", 2),
        ("a: 1\na: 2", 2),
        ("a: &x 1\nb: *x", 1),
        ("a: !!python/object:os.system x", 1),
        ("[" * 5_000, 1),
        ("a: " + "x" * 70_000, 1),
        ("\x00", 1),
    ],
)
def test_a_text_that_is_no_mapping_is_refused_where_it_breaks(document, line):
    assert problems_of(document)[0][0] == line


def test_json_is_a_mapping_too_also_indented_by_tabs():
    document = json.dumps(
        {"mapping": 1, "id": "a", "scanner": "A", "kind": "iac", "items": {"json": "item"},
         "finding": {"title": "t", "severity": "s"}}, indent="\t")  # fmt: skip
    assert findings(document, '[{"t": "x", "s": "high"}]')[0].kind == "iac"


def test_recognition_is_as_specific_as_the_mapping_says_and_ids_never_collide():
    document = LEAST + (
        "items: {json: results.item}\nfinding: {title: t, severity: s}\n"
        "recognise: {paths: [results], values: {tool: 'Acme (1.0)'}}\n"
    )
    report = '{"tool": "Acme (1.0)", "results": [{"t": "x", "s": "low"}]}'
    assert [each.title for each in read(document, report, named=False)] == ["x"]
    with pytest.raises(ReportError, match="no report format"):
        read(document, report.replace("Acme", "Other"), named=False)
    assert not [name for name in parsers() if name.startswith(formats.PREFIX)]


PIECES = st.sampled_from(
    ["mapping", "1", "id", "acme", "items", "json", "item", "finding", "title", "severity", "path", "map", "^.", "$key",
     "text", "{a}", "each", "only", "is", "xml", "csv", "locations", "line", "..", "@", "recognise", "root", "values"]
)  # fmt: skip
DATA = st.recursive(
    PIECES | st.none() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PIECES, inner, max_size=5),
    max_leaves=25,
)
SOUND = {
    "mapping": "1", "id": "a", "scanner": "A", "kind": "dast", "items": {"json": "item"},
    "finding": {"title": "t", "severity": "s"},
}  # fmt: skip


@pytest.mark.long
@settings(max_examples=150, deadline=None)
@given(
    DATA,
    st.dictionaries(
        st.sampled_from([*SOUND, "locations", "components", "cvss", "suppressed"]), DATA, max_size=2
    ),
)
def test_any_document_is_used_or_refused_and_reads_or_refuses_any_report(report, changes):
    try:
        parser = formats.parser(formats.read(json.dumps(SOUND | changes))[1])
    except InvalidMapping:
        return
    for text in (json.dumps([report]), json.dumps(report), "a,b\n1,2\n", "<a><b c='1'/></a>"):
        records, _ = read_or_refuse(text.encode(), parser)
        assert all(isinstance(each, ReportedFinding | ReportHeader | ItemProblem) for each in records)
