"""What files go through on their way: cut off, encoded otherwise, mixed up, mutilated. Each is read or refused, in words."""

import copy
import gzip
import io
import json
import random
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from hauberk.domain.reported import ItemProblem, ReportedFinding, ReportHeader
from hauberk.parsers.reading import open_report
from hauberk.parsers.sdk import ERROR_CODES, ReportError
from hauberk.testing.samples import (
    ARCHIVES,
    LINE_BY_LINE,
    SampleTests,
    findings_of,
    named,
    read,
    read_or_refuse,
)

OTHER_FILES = (
    *(b"", b" \n", b"null", b"[]", b"{}", b"17", b"<a/>", b"a,b\n1,2\n", b"\x00\xff\xfe"),
    *(b"[null]", b'{"a": [[]]}', b"<a><b/></a>", b"PK\x05\x06" + bytes(18)),
)
OTHER_VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 2**70, 1.5, "", "x", "CVE-2021-44228", "http://["),
    *([], {}, [[]], [{}], {"a": {}}),
)


class DamageTests(SampleTests):
    """A damaged report is never read as if it were whole, and ends in no exception but a refusal."""

    mutilations: ClassVar[int] = 150
    """How often each sample is mutilated."""

    def test_whatever_happens_to_a_report_on_its_way_it_is_read_or_refused(self, sample: Path) -> None:
        whole, format_id = sample.read_bytes(), sample.parent.name
        for percent, given in product((0, 25, 50, 99), (None, format_id)):
            with named(f"{percent} %, {'named' if given else 'recognised'}"):
                _cut_is_refused(whole.rstrip(), percent, sample.suffix, given)
        if sample.suffix not in ARCHIVES:
            text, expected = sample.read_text(encoding="utf-8"), _titles(whole)
            for encoding, data in _encoded(text, is_by_line=sample.suffix in LINE_BY_LINE):
                with named(encoding):
                    assert _titles(data) == expected
            with named("stray bytes of another encoding"):
                _stray_bytes_do_no_harm(whole, format_id)
        with named("mutilations"):
            mutilate(sample, self.mutilations)

    def test_a_report_of_another_kind_is_refused_or_empty(self, format_id: str) -> None:
        for text in OTHER_FILES:
            with named(repr(text)):
                records, error = read_or_refuse(text, format_id)
                assert not findings_of(records)
                assert error is None or (error.code in ERROR_CODES and len(error.message) < 300)


def _titles(data: bytes) -> list[str]:
    return [finding.title for finding in findings_of(read(data))]


def _stray_bytes_do_no_harm(data: bytes, format_id: str) -> None:
    expected = findings_of(read(data, format_id))
    for title in {finding.title for finding in expected}:
        word = title.split()[0].encode()
        spoiled = data.replace(word + b" ", word + b"\xe9 ")
        assert len(findings_of(read(spoiled, format_id))) == len(expected)


def _cut_is_refused(whole: bytes, percent: int, suffix: str, format_id: str | None) -> None:
    cut = whole[: len(whole) * percent // 100]
    if cut and suffix in LINE_BY_LINE:
        records, _ = read_or_refuse(cut, format_id)
        complete = findings_of(read(whole, format_id))
        kept = findings_of(records)
        assert kept[:-1] == complete[: max(len(kept) - 1, 0)]
        return
    if not cut and format_id and open_report(io.BytesIO(whole), format=format_id).format.may_be_blank:
        assert findings_of(read(cut, format_id)) == []
        return
    with pytest.raises(ReportError) as refusal:
        read(cut, format_id)
    assert refusal.value.code != "parser_crashed"
    assert refusal.value.message.endswith((".", "?"))


def _encoded(text: str, *, is_by_line: bool) -> Iterator[tuple[str, bytes]]:
    """Without a mark in front, UTF-16 is told by what a report begins with, which lines of a table do not have."""
    yield "with a mark", text.encode("utf-8-sig")
    yield "utf-16", text.encode("utf-16")
    if not is_by_line:
        yield "utf-16-le", text.encode("utf-16-le")
        yield "utf-16-be", text.encode("utf-16-be")
    yield "crlf", text.replace("\n", "\r\n").encode()
    yield "gzip", gzip.compress(text.encode())


def mutilate(sample: Path, times: int) -> None:
    chance = random.Random(sample.name)  # noqa: S311 — the same mutilations each time
    data = sample.read_bytes()
    try:
        document = json.loads(data)
    except ValueError:
        for _ in range(times):
            check(_spoiled(data, chance), sample.parent.name)
    else:
        for _ in range(times):
            check(json.dumps(_mutilated(document, chance)).encode(), sample.parent.name)


def check(data: bytes, format_id: str) -> None:
    """Whatever is in it: records of the right types, or a refusal."""
    records, _ = read_or_refuse(data, format_id)
    for record in records:
        assert isinstance(record, ReportedFinding | ReportHeader | ItemProblem)
        msgspec.convert(msgspec.to_builtins(record), type(record))


def _spoiled(data: bytes, chance: random.Random) -> bytes:
    spoiled = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(max(len(spoiled), 1))
        spoiled[start : start + chance.randint(0, 20)] = chance.randbytes(chance.randint(0, 3))
    return bytes(spoiled)


def _mutilated(document: Any, chance: random.Random) -> Any:
    document = copy.deepcopy(document)
    for _ in range(chance.randint(1, 3)):
        found = list(_places(document))
        if not found:
            return document
        container, key = chance.choice(found)
        if chance.random() < 0.3:
            del container[key]
        else:
            container[key] = copy.deepcopy(chance.choice(OTHER_VALUES))
    return document


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with a key or index in it."""
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])
