"""The JSON readers against a plain parser and against hostile files: exact, bounded in time and memory."""

import io
import json
import resource
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.reports import probe, refusal, report
from hauberk.parsers import sdk
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


@pytest.mark.long
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


@pytest.mark.long
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


def test_what_tools_get_wrong_that_write_json_by_hand_is_read_as_it_was_meant() -> None:
    reading = report(
        r"""{"r": [{"v": 000287, "w": 10.0}, {"v": "it\'s \d, \"x\""}, {"v": [1, 007,], "w": ",]"},],}"""
    )
    assert [node.value for node in reading.json("r.item", many=True)] == [
        {"v": "000287", "w": 10.0},
        {"v": 'it\\\'s \\d, "x"'},
        {"v": [1, "007"], "w": ",]"},
    ]
    assert not reading.problems


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
        ('{"r": [1,]}', "syntax_error"),
        ('{"r": [1,,]}', "syntax_error"),
        ('{"r": [,]}', "syntax_error"),
        ("{'r': 1}", "syntax_error"),
        ('{"r": [1,', "truncated"),
    ],
)
def test_broken_json_says_what_and_where(text: str, code: str) -> None:
    error = refusal(report(text).json("r.item"))
    assert error.code == code
    assert error.message.endswith((".", "?"))
    assert (error.position is None) == (code == "empty_file")


def test_a_document_that_is_one_word_has_no_list() -> None:
    for text in ("7", "true", "null", '"x"'):
        error = refusal(report(text).json("r.item", required="r.item"))
        assert error.code == "schema_mismatch", text


def test_a_report_that_breaks_further_on_is_recognised_by_its_beginning() -> None:
    looks = sdk.JsonKeys("format", "r.item.v", later=("end",))
    broken = '{"format": 1, "r": [{"v": 1}, {"v": 2},,], "x": 1}'
    assert looks(probe(broken)) > 0
    with pytest.raises(sdk.ReportError) as caught:
        probe('{"r":' * 300).json  # noqa: B018
    assert caught.value.code == "nesting_too_deep"


def test_positions_count_lines_and_columns() -> None:
    error = refusal(report('{\n "r": [1],\n  oops}').json("r.item"))
    assert error.position == "line 3, column 3"


def test_a_required_list_must_be_there_but_may_be_empty_or_null() -> None:
    for text in ('{"r": []}', '{"r": null}'):
        assert list(report(text).json("r.item", required="r.item")) == []
    for text in ("{}", '{"r": {}}', '{"r": "x"}'):
        assert refusal(report(text).json("r.item", required="r.item")).code == "schema_mismatch"


def test_what_is_null_is_not_there_and_in_a_list_it_is_noted() -> None:
    read = report('{"about": null, "by_name": {"a": null}, "r": [null, 1]}')
    nodes = read.json("about", "by_name.*", "r.item")
    assert [(node.position, node.value) for node in nodes] == [("by_name.a", None), ("r[1]", 1)]
    assert [(problem.position, problem.reason) for problem in read.problems] == [("r[0]", "it is null")]


def test_a_required_list_is_there_in_an_empty_list_of_what_holds_it() -> None:
    assert list(report('{"r": []}').json("r.item.s.item", required="r.item.s.item")) == []
    assert refusal(report('{"r": [{}]}').json("r.item.s.item", required="r.item.s.item")).code == (
        "schema_mismatch"
    )


def test_an_object_where_a_list_is_declared_is_its_only_element() -> None:
    (node,) = report('{"r": {"a": 1}}').json("r.item", required="r.item")
    assert (node.value, node.position) == ({"a": 1}, "r[0]")
    nodes = report('{"r": [{"s": {"a": 1}}, {"s": [{"a": 2}, {"a": 3}]}, {"s": {}}]}').json("r.item.s.item")
    assert [(node.value["a"], node.position) for node in nodes] == [
        (1, "r[0].s[0]"),
        (2, "r[1].s[0]"),
        (3, "r[1].s[1]"),
    ]


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


def test_documents_one_after_another_are_one_report_where_a_format_says_so() -> None:
    text = b'{"finding": 1}\n{\n "finding": 2\n}{"other": 3} {"finding": 4}'
    nodes = report(text).json("finding", many=True)
    assert [node.value for node in nodes] == [1, 2, 4]


def test_a_second_document_is_refused_everywhere_else() -> None:
    assert refusal(report(b'{"a": 1} {"a": 2}').json("a")).code == "schema_mismatch"


def test_an_empty_object_of_lists_counts_as_there() -> None:
    assert not list(report(b'{"results": {}}').json("results.*.item", required="results.*"))
    assert refusal(report(b"{}").json("results.*.item", required="results.*")).code == "schema_mismatch"
