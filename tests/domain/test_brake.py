"""When a scan's closings are held back."""

from dataclasses import replace

import pytest

from hauberk.domain.brake import Closing, held_because

USUAL = Closing(would_close=5, open_before=100, reported=95, previous_tool_version="1.2", tool_version="1.3")


def test_a_usual_scan_closes_what_is_gone():
    assert held_because(USUAL) is None


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"reported": 0}, "empty"),
        ({"would_close": 21}, "21 of 100"),
        ({"tool_version": "v2.0"}, "major version changed from 1 to 2"),
        ({"coverage_changed": True}, "other targets"),
        ({"reported": 0, "would_close": 1, "is_blank": True}, "broke off"),
        ({"unreadable": 1}, "could not be read"),
        ({"unreadable": 1, "would_close": 1}, "could not be read"),
    ],
)
def test_it_is_held_and_says_why(changes, word):
    assert word in held_because(replace(USUAL, **changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"would_close": 4, "reported": 0},
        {"would_close": 4, "open_before": 4},
        {"would_close": 20},
        {"previous_tool_version": None, "tool_version": "2"},
        {"tool_version": None},
        {"unreadable": 9, "would_close": 0},
        {"is_blank": True, "reported": 0, "would_close": 0},
    ],
)
def test_it_is_not_held(changes):
    assert held_because(replace(USUAL, **changes)) is None
