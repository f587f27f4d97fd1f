"""Cursors: they carry the values on which a page ended, and are checked for shape, sort and types."""

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hauberk.kit.errors import Invalid
from hauberk.kit.page import MAX_TOTAL, Page, capped_total, decode_cursor, encode_cursor

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_values_of_every_type_come_back():
    values = ("t:ext", 7, 0.5, True, None, NOON)
    cursor = encode_cursor("-priority", values)
    assert decode_cursor(cursor, "-priority", (str, int, float, bool, str, datetime)) == values


@given(st.text(max_size=300))
def test_any_text_that_is_no_cursor_is_refused_with_a_pointer(text):
    with pytest.raises(Invalid) as refused:
        decode_cursor(text, "id", (int, int, int))
    assert refused.value.errors[0].pointer == "/cursor"


@pytest.mark.parametrize(
    "body",
    [
        ["-id", 1],
        ["id", "s:1"],
        ["id", 1, 2],
        ["id", True],
        ["id", 2**70],
        ["id", [1]],
        {"id": 1},
        [],
    ],
)
def test_a_cursor_of_another_list_is_refused(body):
    cursor = base64.urlsafe_b64encode(json.dumps(body).encode()).decode()
    with pytest.raises(Invalid):
        decode_cursor(cursor, "id", (int,))


def test_a_time_without_zone_is_refused():
    cursor = encode_cursor("at", [NOON.replace(tzinfo=None)])
    with pytest.raises(Invalid):
        decode_cursor(cursor, "at", (datetime,))


def test_a_total_is_exact_up_to_the_cap():
    assert capped_total(MAX_TOTAL) == (MAX_TOTAL, True)
    assert capped_total(MAX_TOTAL + 1) == (MAX_TOTAL, False)


def test_a_page_changes_its_items_and_keeps_the_rest():
    page = Page([1, 2], "next", 2, total_is_exact=True)
    assert page.map(str) == Page(["1", "2"], "next", 2, total_is_exact=True)
