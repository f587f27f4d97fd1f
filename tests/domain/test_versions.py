"""Versions are in the order in which they were released, as far as their text tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hauberk.domain.versions import MAX_KEY_CHARS, highest, lowest_after, sort_key


@pytest.mark.parametrize(
    "ordered",
    [
        ["2.9.1", "2.14.1", "2.15.0", "2.15.0.1"],
        ["3.0.0-alpha", "3.0.0-rc1", "3.0.0-rc2", "3.0.0", "3.0.1"],
        ["", "0.1", "1", "1.0", "v1.1", "1.2"],
        ["1.1.1k", "1.1.1n-0+deb11u3", "1.1.1n-0+deb11u5", "3.0.2-0ubuntu1.9", "3.0.2-0ubuntu1.10"],
        ["31.0-jre", "32.1.1-jre", "32.1.2-jre"],
        ["v0.0.0-20210921155107-089bfa567519", "v0.0.0-20220314234659-1baeb1ce4c0b"],
    ],
)
def test_what_came_later_is_later(ordered):
    keys = [sort_key(version) for version in ordered]
    assert keys == sorted(set(keys))


def test_a_release_by_its_name_is_the_release():
    assert sort_key("5.4.24.Final") == sort_key("5.4.24") == sort_key("v5.4.24")


@given(st.text())
def test_any_text_has_a_short_key_in_plain_letters(text):
    key = sort_key(text)
    assert len(key) <= MAX_KEY_CHARS
    assert key.isascii()


def test_the_fix_is_the_next_one_of_the_branch_and_the_highest_where_all_lie_behind():
    log4j = ["2.15.0", "2.12.2", "2.3.1"]
    assert lowest_after("2.11.0", log4j) == "2.12.2"
    assert lowest_after("2.14.1", log4j) == "2.15.0"
    assert lowest_after("2.17.1", log4j) == "2.15.0"
    assert lowest_after("", log4j) == "2.3.1"
    assert lowest_after("2.14.1", []) is None
    assert highest(["2.17.1", "2.9", "2.16.0"]) == "2.17.1"
    assert highest([]) is None
