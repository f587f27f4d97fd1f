"""ZIP archives: their members are read like files, and what is hostile in them is refused."""

import io
import json
import struct
import zipfile

import pytest

from fixtures.archives import zipped
from fixtures.reports import probe, refusal, report
from hauberk.parsers import sdk
from hauberk.parsers.reading import open_report
from hauberk.parsers.sdk import archive as module

INNER = b'{"r": [1, 2]}'
BANDIT = json.dumps(
    {
        "errors": [],
        "generated_at": "2025-01-01T00:00:00Z",
        "metrics": {"_totals": {}},
        "results": [],
    }
)


def test_members_are_read_by_pattern_as_often_as_asked() -> None:
    whole = report(
        zipped({"a/One.JSON": INNER, "two.json": INNER, "note.txt": b"x", "__MACOSX/two.json": b"?"})
    )
    assert [[n.value for n in each.json("r.item")] for each in whole.members("*.json")] == [[1, 2], [1, 2]]
    one = whole.member("a/one.json")
    assert one is not None
    assert list(one.json("r.item")) == list(one.json("r.item"))
    assert whole.member("*.xml") is None
    assert report(INNER).member("*") is None


@pytest.mark.long
def test_two_members_are_read_side_by_side() -> None:
    big = json.dumps({"r": list(range(200_000))}).encode()
    first, second = report(zipped({"a": big, "b": big})).members("*")
    assert all(a.value == b.value for a, b in zip(first.json("r.item"), second.json("r.item"), strict=True))


def test_a_problem_in_a_member_is_the_report_s_problem() -> None:
    whole = report(zipped({"a.json": b'{"r": [{"a": tru}]}', "b": b""}))
    member = whole.member("a.json")
    assert member is not None
    assert list(member.json("r.item")) == []
    assert [problem.position for problem in whole.drain()] == ["r[0]"]


def test_an_archive_is_recognised_by_a_member() -> None:
    sniff = sdk.InArchive("*data.json", sdk.JsonKeys("r"))
    seen = probe(zipped({"x/data.json": INNER, "empty": b""}))
    assert sniff(seen) > sdk.JsonKeys("r")(probe(INNER)) > 0
    assert sdk.JsonKeys("r")(seen) == 0
    assert sdk.CsvHeader("r")(seen) == 0
    assert sniff(probe(zipped({"data.json": b"[]", "b": b""}))) == 0
    assert sniff(probe(zipped({"data.json": b"", "b": b""}))) == 0
    assert sniff(probe(INNER)) == 0


def test_a_report_that_is_alone_in_an_archive_is_read_as_itself() -> None:
    file = zipped({"folder/bandit.json": BANDIT})
    opened = open_report(io.BytesIO(file))
    assert opened.format.id == "bandit-json"
    assert list(opened.records())
    assert opened.bytes_read > 0


def test_an_archive_where_text_is_expected_is_refused() -> None:
    several = zipped({"a": INNER, "b": INNER})
    assert refusal(report(several).json("r.item")).code == "format_mismatch"
    assert (
        refusal(report(zipped({"in.zip": several})).members("*").__next__().json("r")).code
        == "format_mismatch"
    )


@pytest.mark.parametrize("kept", [1, 60, 99])
def test_a_cut_archive_is_refused(kept: int) -> None:
    whole = zipped({"a": INNER * 50, "b": INNER})
    cut = whole[: len(whole) * kept // 100]
    with pytest.raises(sdk.ReportError) as caught:
        open_report(io.BytesIO(cut))
    assert caught.value.code == ("truncated" if kept > 1 else "unsupported_format")


@pytest.mark.long
def test_bombs_are_refused_before_they_fill_the_memory() -> None:
    bomb = report(zipped({"a": b'["' + b"a" * 60_000_000 + b'"]', "b": b""})).member("a")
    assert bomb is not None
    assert refusal(bomb.json("item")).code == "archive_bomb"


def test_overlapping_members_are_refused() -> None:
    whole = bytearray(zipped({"a": bytes(range(256)) * 4, "b": b"1"}, zipfile.ZIP_STORED))
    at = whole.index(b"PK\x01\x02")
    size = struct.pack("<I", len(whole))
    whole[at + 20 : at + 24] = size
    assert refusal(report(bytes(whole)).members("*")).code == "archive_bomb"


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = zipped({str(i): b"" for i in range(20)})
    monkeypatch.setattr(module, "MAX_MEMBERS", 10)
    assert refusal(report(whole).members("*")).code == "too_many_items"
    monkeypatch.setattr(module, "_MAX_DIRECTORY", 100)
    assert refusal(report(whole).members("*")).code == "too_many_items"


def test_encrypted_and_oddly_compressed_and_huge_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    encrypted = bytearray(zipped({"a": INNER, "b": b""}))
    encrypted[encrypted.index(b"PK\x01\x02") + 8] |= 1
    member = report(bytes(encrypted)).member("a")
    assert member is not None
    assert "encrypted" in refusal(member.json("r.item")).message
    odd = report(zipped({"a": INNER, "b": b""}, zipfile.ZIP_BZIP2)).member("a")
    assert odd is not None
    assert refusal(odd.json("r.item")).code == "archive_corrupt"
    monkeypatch.setattr(module, "MAX_MEMBER", 5)
    large = report(zipped({"a": INNER, "b": b""})).member("a")
    assert large is not None
    assert refusal(large.json("r.item")).code == "value_too_large"


def test_a_damaged_member_is_refused() -> None:
    spoiled = bytearray(zipped({"a": INNER * 200, "b": b""}))
    spoiled[40] ^= 0xFF
    member = report(bytes(spoiled)).member("a")
    assert member is not None
    assert refusal(member.json("r.item")).code in ("archive_corrupt", "syntax_error", "truncated")


def test_a_name_that_points_elsewhere_is_only_a_name() -> None:
    member = report(zipped({"../../etc/passwd.json": INNER, "b": b""})).member("*.json")
    assert member is not None
    assert [n.value for n in member.json("r.item")] == [1, 2]
