"""CSV of every make, and compressed reports."""

import gzip
import io
import json

import pytest

from fixtures.reports import refusal, report
from hauberk.parsers import sdk


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
    assert rows[-2].value == {"a": "1", "b": ""}


def test_a_quote_never_closed_is_refused_with_its_line() -> None:
    error = refusal(report('a,b\n1,2\n3,"' + "x" * 9_000_000).rows("a", "b"))
    assert (error.code, error.position) == ("value_too_large", "line 3")
    assert refusal(report("a;b\n").rows("a", "c")).code == "schema_mismatch"
    assert refusal(report("").rows("a")).code == "empty_file"


@pytest.mark.long
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


def test_a_terminals_colours_go_as_a_whole_wherever_a_block_of_the_file_ends() -> None:
    lines = list(report("\r\x1b[2K\x1b[1;31mfound\x1b[0m [3] \x07\n" * 40_000 + "cut \x1b[3").lines())
    assert {line.value.strip() for line in lines[:-1]} == {"found [3]"}
    assert len(lines) == 40_001
    assert lines[-1].value == "cut [3"
