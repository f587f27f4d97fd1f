"""The readers against a plain parser and against hostile files: exact, bounded in time and memory, never another error."""

import gzip
import io
import json
import resource
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hauberk.domain.reported import ItemProblem, ReportHeader
from hauberk.domain.severity import Severity
from hauberk.parsers import sdk
from hauberk.parsers.reading import OpenedReport
from hauberk.parsers.registry import DuplicateFormatError, by_id, parsers, parsers_of
from hauberk.parsers.sdk.json_walk import JsonWalker

PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
)
NASTY = st.text(alphabet='ab"\\{}[],:é\n 😀\u2028') | st.sampled_from(['},{"k"', '"}],', "\\", '\\"', "]}"])
VALUES = st.recursive(
    PLAIN | NASTY,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["k", "id", "results"]) | NASTY, inner, max_size=4)
    ),
    max_leaves=8,
)
ITEMS = st.lists(st.fixed_dictionaries({"k": VALUES, "id": st.integers()}) | VALUES, max_size=12)


def report(text: bytes | str) -> sdk.Report:
    return sdk.Report(sdk.Source(io.BytesIO(text.encode() if isinstance(text, str) else text)))


def refusal(read: Iterator[Any]) -> sdk.ReportError:
    with pytest.raises(sdk.ReportError) as caught:
        for _ in read:
            pass
    return caught.value


@given(
    items=ITEMS,
    before=VALUES,
    indent=st.sampled_from([None, 1, 4]),
    is_ascii=st.booleans(),
    block=st.sampled_from([7, 40, 200, 5000]),
)
@settings(max_examples=300, deadline=None)
def test_blocks_hold_what_a_plain_parser_finds(
    items: list[Any], before: Any, indent: int | None, is_ascii: bool, block: int
) -> None:
    document = {"a": before, "results": items, "z": {"results": before}}
    text = json.dumps(document, indent=indent, ensure_ascii=is_ascii).encode()
    nodes = list(JsonWalker(io.BytesIO(text), ["results.item", "z"], block=block))
    assert [node.value for node in nodes] == [*items, document["z"]]
    assert [node.key for node in nodes[:-1]] == list(range(len(items)))


@given(items=ITEMS, data=st.data(), block=st.sampled_from([30, 5000]))
@settings(max_examples=200, deadline=None)
def test_a_document_cut_anywhere_is_truncated(items: list[Any], data: st.DataObject, block: int) -> None:
    text = json.dumps({"results": items}).encode()
    cut = text[: data.draw(st.integers(1, len(text) - 1))]
    assert refusal(iter(JsonWalker(io.BytesIO(cut), ["results.item"], block=block))).code == "truncated"


@given(text=st.text(alphabet='{}[]",:\\ab1 \n', max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(sdk.ReportError):
        for _ in report(text).json("a.item", "b.*", "c.item.d"):
            pass


def test_wrong_cuts_do_not_make_reading_quadratic() -> None:
    """Every block fails to decode (a lone surrogate in each), so every element is read on its own."""
    items = [{"k": i, "text": "x" * 200} for i in range(5000)]
    text = (
        json.dumps({"r": items})
        .replace("xxx", r"\ud800", 1)
        .replace('"k": 4', r'"s": "\ud800", "k": 4')
        .encode()
    )
    started = time.process_time()
    assert sum(1 for _ in JsonWalker(io.BytesIO(text), ["r.item"])) == 5000
    assert time.process_time() - started < 5


def test_memory_does_not_grow_with_the_report() -> None:
    class Endless(io.RawIOBase):
        """A document of a million objects, made while it is read."""

        def __init__(self) -> None:
            self._parts = self._text()

        def _text(self) -> Iterator[bytes]:
            yield b'{"r": [{"k": 0}'
            for i in range(300):
                yield b"".join(
                    b',{"k": %d, "text": "%s"}' % (j, b"y" * 100) for j in range(i * 1000, i * 1000 + 1000)
                )
            yield b"]}"

        def read(self, _size: int = -1) -> bytes:
            return next(self._parts, b"")

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _ in JsonWalker(Endless(), ["r.item"])) == 300_001
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1e9999999", None),
        ("1" * 5000, None),
        ("NaN", None),
        ("-Infinity", None),
        ('"\\ud800"', "\ufffd"),
        ('"a\\u0000b"', "ab"),
        ('"\\\\u0000"', "\\u0000"),
        ("12345678901234567890123", 12345678901234567890123),
    ],
)
def test_values_that_break_other_parsers_are_tamed(value: str, expected: Any) -> None:
    started = time.process_time()
    (node,) = report(f'{{"r": [{{"v": {value}}}]}}').json("r.item")
    assert node.value == {"v": expected}
    assert time.process_time() - started < 1


def test_an_undecodable_item_is_a_problem_and_the_rest_counts() -> None:
    reading = report('{"r": [{"v": 1}, {"v": tru}, {"v": 3}]}')
    assert [node.value["v"] for node in reading.json("r.item")] == [1, 3]
    assert [problem.position for problem in reading.problems] == ["r[1]"]


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"r":'])
def test_deep_json_is_refused_at_once(opening: str) -> None:
    started = time.process_time()
    for paths in (["r.item"], ["item"], [""], ["zzz"]):
        assert refusal(report(opening * 300_000).json(*paths)).code == "nesting_too_deep"
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_file"),
        (" \n", "empty_file"),
        ('{"r": [1]} {"r": 2}', "schema_mismatch"),
        ('{"r": [1 2]}', "syntax_error"),
        ("{'r': 1}", "syntax_error"),
        ('{"r": [1,', "truncated"),
    ],
)
def test_broken_json_says_what_and_where(text: str, code: str) -> None:
    error = refusal(report(text).json("r.item"))
    assert error.code == code
    assert error.message.endswith((".", "?"))
    assert (error.position is None) == (code == "empty_file")


def test_positions_count_lines_and_columns() -> None:
    error = refusal(report('{\n "r": [1],\n  oops}').json("r.item"))
    assert error.position == "line 3, column 3"


def test_a_required_list_must_be_there_but_may_be_empty_or_null() -> None:
    for text in ('{"r": []}', '{"r": null}'):
        assert list(report(text).json("r.item", required="r.item")) == []
    for text in ("{}", '{"r": {}}', '{"r": "x"}'):
        assert refusal(report(text).json("r.item", required="r.item")).code == "schema_mismatch"


def test_members_of_an_object_carry_their_names() -> None:
    nodes = list(report('{"a": {"x": 1, "y": 2}, "b": [{"c": {"d": 3}}, 4]}').json("a.*", "b.item.c"))
    assert [(node.key, node.value, node.position) for node in nodes] == [
        ("x", 1, "a.x"),
        ("y", 2, "a.y"),
        ("c", {"d": 3}, "b[0].c"),
    ]


def test_two_readings_of_one_file_do_not_disturb_each_other() -> None:
    text = json.dumps({"r": [{"k": "x" * 50, "i": i} for i in range(30_000)]})
    reading = report(text)
    first, second = reading.json("r.item"), reading.json("r.item")
    assert all(a.value == b.value for a, b in zip(first, second, strict=True))


def test_json_lines_come_also_as_one_array() -> None:
    lines = '{"a": 1}\n\n{"a": 2}\r\n'
    assert [node.value for node in report(lines).json_lines()] == [{"a": 1}, {"a": 2}]
    assert [node.value for node in report('[{"a": 1}, {"a": 2}]').json_lines()] == [{"a": 1}, {"a": 2}]


def test_a_broken_line_is_a_problem_and_only_broken_lines_are_refused() -> None:
    reading = report('{"a": 1}\n{"a": \n{"a": 3}')
    assert [node.value["a"] for node in reading.json_lines()] == [1, 3]
    assert [problem.position for problem in reading.problems] == ["line 2"]
    assert refusal(report("{oops\n").json_lines()).code == "syntax_error"
    assert refusal(report("[" * 100_000).json_lines()).code == "nesting_too_deep"
    assert refusal(report("{" * 100_000).json_lines()).code == "nesting_too_deep"


XML = '<?xml version="1.0"?><!DOCTYPE r SYSTEM "r.dtd"><r v="2">%s</r>'


def test_elements_see_their_ancestors_and_earlier_siblings_of_other_names() -> None:
    text = (
        XML
        % '<h n="1"><p os="x"/><i>1</i><i>2</i></h><x:h xmlns:x="urn:x" n="2"><x:p os="y"/><x:i>3</x:i></x:h>'
    )
    found = [
        (node.value.text, node.value.getparent().get("n"), node.value.getparent()[0].get("os"))
        for node in report(text).xml("h/i")
    ]
    assert found == [("1", "1", "x"), ("2", "1", "x"), ("3", "2", "y")]
    assert report(text).xml_root().attributes == {"v": "2"}


def test_xml_memory_does_not_grow_with_the_report() -> None:
    host = f"<h><p/>{'<i><t>' + 'z' * 500 + '</t></i>'}</h>" * 200
    text = (XML % (host * 200)).encode()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _ in report(text).xml("h/i")) == 40_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


BOMB = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 11))


@pytest.mark.parametrize(
    "subset",
    [
        f'<!ENTITY l0 "lol">{BOMB}',
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;',
        "<!ELEMENT r ANY><!-- ] --> <!ENTITY x 'y'>",
        "<!ATTLIST r a CDATA ']'> <!ENTITY x 'y'>",
        "%x;",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_at_once(subset: str, encoding: str) -> None:
    text = f"<!DOCTYPE r [{subset}]><r><i>&l10;&x;</i></r>".encode(encoding)
    started = time.process_time()
    assert refusal(report(text).xml("i")).code == "xml_entity_forbidden"
    with pytest.raises(sdk.ReportError, match="entities"):
        sdk.Probe(sdk.Source(io.BytesIO(text)))
    assert time.process_time() - started < 1


def test_a_doctype_and_the_word_entity_in_text_are_fine() -> None:
    text = "<!DOCTYPE r [<!ELEMENT r ANY>]><!-- <!ENTITY a 'b'> --><r><i><![CDATA[<!ENTITY x SYSTEM 'y'>]]></i></r>"
    assert [node.value.text for node in report(text).xml("i")] == ["<!ENTITY x SYSTEM 'y'>"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_file"),
        ("<a>" * 100_000, "nesting_too_deep"),
        (XML % "<i>1</i><i>", "syntax_error"),
        ((XML % "<i>1</i>")[:-4], "truncated"),
        ("<r><i>&#0;</i></r>", "syntax_error"),
        ('<?xml version="1.0" encoding="utf-7"?><r/>', "encoding_invalid"),
        ('<?xml version="1.0" encoding="iso-8859-99"?><r/>', "encoding_invalid"),
    ],
)
def test_broken_xml_says_what_and_where(text: str, code: str) -> None:
    started = time.process_time()
    error = refusal(report(text).xml("i"))
    assert error.code == code
    assert error.position or code == "empty_file"
    assert time.process_time() - started < 5


def test_xml_in_other_encodings_and_with_stray_bytes_is_read() -> None:
    body = "<r><i>é\x01</i></r>"
    for text in (
        b"\xef\xbb\xbf\n" + body.encode(),
        body.encode("utf-16"),
        b'<?xml version="1.0" encoding="ISO-8859-1"?>' + body.encode("latin-1"),
        b'<?xml version="1.0" encoding="utf-8"?>' + body.encode("latin-1"),
        b'<?xml version="1.0" encoding="utf-16"?>' + body.encode(),
    ):
        assert [node.value.text for node in report(text).xml("i")] == ["é"]


def test_a_large_text_is_read_fast() -> None:
    started = time.process_time()
    sizes = [
        len(node.value.text)
        for node in report(XML % f'<i a="{"b" * 5_000_000}">{"c" * 12_000_000}</i>').xml("i")
    ]
    assert sizes == [12_000_000]
    assert time.process_time() - started < 5


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_csv_of_every_make_is_read(delimiter: str, newline: str, encoding: str) -> None:
    lines = [
        "a report",
        delimiter.join(["Name", " Über "]),
        delimiter.join(['"x\ny"', "é"]),
        "",
        delimiter.join("12"),
    ]
    rows = list(report(newline.join(lines).encode(encoding)).rows("Name", "Über"))
    assert [row.value for row in rows] == [{"Name": "x\ny", "Über": "é"}, {"Name": "1", "Über": "2"}]


def test_csv_rows_longer_than_the_first_block_and_ragged_ones_are_read() -> None:
    text = "a,b\n" + "".join(f"{i},{'x' * 90}\n" for i in range(3000)) + "1\n1,2,3\n"
    rows = list(report(text).rows("a", "b"))
    assert len(rows) == 3002
    assert rows[1500].value == {"a": "1500", "b": "x" * 90}
    assert rows[1500].position == "line 1502"
    assert rows[-2].value == {"a": "1"}


def test_a_quote_never_closed_is_refused_with_its_line() -> None:
    error = refusal(report('a,b\n1,2\n3,"' + "x" * 9_000_000).rows("a", "b"))
    assert (error.code, error.position) == ("value_too_large", "line 3")
    assert refusal(report("a;b\n").rows("a", "c")).code == "schema_mismatch"
    assert refusal(report("").rows("a")).code == "empty_file"


def test_gzip_is_read_through_and_bombs_are_not() -> None:
    plain = b'{"r": [1, 2]}'
    assert [n.value for n in report(gzip.compress(plain)).json("r.item")] == [1, 2]
    members = gzip.compress(plain[:5]) + gzip.compress(plain[5:])
    assert [n.value for n in report(members).json("r.item")] == [1, 2]
    assert refusal(report(gzip.compress(plain)[:-9]).json("r.item")).code == "truncated"
    spoiled = bytearray(gzip.compress(plain))
    spoiled[14] ^= 0xFF
    assert refusal(report(bytes(spoiled)).json("r.item")).code in (
        "archive_corrupt",
        "syntax_error",
        "truncated",
    )
    bomb = gzip.compress(b'{"r": ["' + b"a" * 60_000_000 + b'"]}')
    assert refusal(report(bomb).json("r.item")).code == "archive_bomb"


def test_progress_counts_bytes_of_the_file_as_it_is() -> None:
    file = io.BytesIO(b"....." + gzip.compress(json.dumps({"r": list(range(1000))}).encode()))
    file.seek(5)
    source = sdk.Source(file)
    assert sum(1 for _ in sdk.Report(source).json("r.item")) == 1000
    assert source.bytes_read == len(file.getvalue()) - 5


def test_headers_beside_the_items_are_collected() -> None:
    @sdk.parser(
        id="x",
        scanner="X",
        docs="https://x",
        kinds=[sdk.SAST],
        sniff=sdk.JsonKeys("r"),
        items=sdk.JsonItems("r.item"),
        header={"tool_version": "about.version", "scanned_at": "at"},
    )
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


def test_a_header_field_that_does_not_exist_stops_the_start() -> None:
    with pytest.raises(TypeError, match="vershun"):
        sdk.parser(id="z", scanner="Z", docs="", kinds=[], sniff=lambda _: 0, header={"vershun": "v"})


def test_two_parsers_with_one_id_stop_the_start() -> None:
    gosec = parsers()["gosec-json"]
    assert parsers_of(SimpleNamespace(a=gosec, b=1)) == [gosec]  # type: ignore[arg-type]
    with pytest.raises(DuplicateFormatError, match="gosec-json"):
        by_id([gosec, gosec])


def probe(text: bytes | str) -> sdk.Probe:
    return sdk.Probe(sdk.Source(io.BytesIO(text.encode() if isinstance(text, str) else text)))


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


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-02-03T04:05:06Z", datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("2024-02-03 04:05:06", datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("2024-02-03T04:05:06.123456789+02:00", datetime(2024, 2, 3, 2, 5, 6, 123456, tzinfo=UTC)),
        ("Sat, 03 Feb 2024 04:05:06 GMT", datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)),
        (1706933106, datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("1706933106000", datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)),
        *(
            (bad, None)
            for bad in (
                "0000-01-01",
                "9999-12-31T23:59:59-12:00",
                "2024-02-30",
                "N/A",
                -1,
                1e30,
                True,
                [],
                "",
            )
        ),
    ],
)
def test_moments_are_utc_or_nothing(value: Any, expected: datetime | None) -> None:
    assert sdk.timestamp(value) == expected


@pytest.mark.parametrize(
    "value", [None, [], {}, "12abc", 3.7, True, float("nan"), float("inf"), "9" * 30, 2**63, -1, "-1"]
)
def test_numbers_that_are_no_line_are_none(value: Any) -> None:
    assert sdk.line(value) is None


@given(value=VALUES | st.floats())
@settings(max_examples=300, deadline=None)
def test_coercers_never_raise(value: Any) -> None:
    assert sdk.severity(value, {"1": Severity.LOW}) in Severity
    for coerce in (
        sdk.text,
        sdk.texts,
        sdk.severity,
        sdk.severity_of_score,
        sdk.integer,
        sdk.line,
        sdk.number,
        sdk.cwes,
    ):
        coerce(value)
    for coerce in (sdk.identifiers, sdk.urls, sdk.timestamp, sdk.at_url, sdk.cvss):
        coerce(value)
    sdk.cvss(None, value)
    sdk.pick(value, "a.0.k")


def test_words_of_scanners_become_ours() -> None:
    assert [sdk.line("79-81"), sdk.line(" 7 "), sdk.line(7.0)] == [79, 7, 7]
    assert sdk.severity("Moderate") is Severity.MEDIUM
    assert sdk.severity("4", {"4": Severity.CRITICAL}) is Severity.CRITICAL
    assert sdk.severity("high", {"4": Severity.CRITICAL}) is Severity.UNKNOWN
    assert sdk.cwes("CWE-79: XSS", 89, "22", ["cwe_352", 0], None) == (79, 89, 22, 352)
    assert sdk.identifiers(
        "see cve-2021-44228 and GHSA-JFH8-C2JP-5V3Q, CVE-2021-44228-libc", ["RUSTSEC-2020-0001"]
    ) == (
        "CVE-2021-44228",
        "GHSA-jfh8-c2jp-5v3q",
        "RUSTSEC-2020-0001",
    )
    assert sdk.purl("node-pkg", "@babel/core", "7.0.0") == "pkg:npm/%40babel/core@7.0.0"
    assert sdk.purl("pom", "org.yaml:snakeyaml", "1.2") == "pkg:maven/org.yaml/snakeyaml@1.2"
    assert sdk.purl("debian", "curl") == "pkg:deb/debian/curl"
    assert sdk.purl("no such thing", "x") is None


def test_addresses_lose_their_credentials_and_gain_their_parts() -> None:
    place = sdk.at_url("https://user:pass@shop.example:8443/a?b=1", method="GET", parameter="b")
    assert (place.url, place.host, place.port) == ("https://shop.example:8443/a?b=1", "shop.example", 8443)
    assert sdk.at_url("http://h/").port == 80
    assert (sdk.at_url("10.0.0.1:22").host, sdk.at_url("10.0.0.1:22").port) == ("10.0.0.1", 22)
    assert sdk.at_url("http://h:99999/").url == "http://h:99999/"


@pytest.mark.parametrize(
    ("vector", "version", "score"),
    [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "3.1", 9.8),
        ("(AV:N/AC:M/Au:N/C:P/I:P/A:P)", "2.0", 6.8),
        ("CVSS2#AV:N/AC:L/Au:N/C:N/I:N/A:C", "2.0", 7.8),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "4.0", 9.3),
    ],
)
def test_a_vector_gives_its_score(vector: str, version: str, score: float) -> None:
    found = sdk.cvss(vector)
    assert found is not None
    assert (found.version, found.score) == (version, score)
    assert sdk.cvss("CVSS:3.1/nonsense", 99) is None
    assert sdk.cvss(None, "7.5", "nvd", "3.1") == sdk.Cvss(score=7.5, source="nvd", version="3.1")
