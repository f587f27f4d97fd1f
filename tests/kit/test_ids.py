"""Public ids: short, unguessable without the key, and one spelling each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hauberk.kit.errors import NotFound
from hauberk.kit.ids import MAX_NUMBER, PublicIds

IDS = PublicIds(b"sixteen bytes ok")


@given(st.integers(min_value=1, max_value=MAX_NUMBER))
def test_a_number_comes_back_from_its_public_id(number):
    assert IDS.decode("fnd", IDS.encode("fnd", number)) == number


def test_neighbours_do_not_look_alike():
    first, second = IDS.encode("fnd", 1), IDS.encode("fnd", 2)
    assert sum(a == b for a, b in zip(first[4:], second[4:], strict=True)) < 7


def test_another_key_gives_other_ids():
    assert PublicIds(b"another 16 bytes").encode("fnd", 1) != IDS.encode("fnd", 1)


def test_a_spelling_never_changes_between_releases():
    assert IDS.encode("fnd", 1) == "fnd_3ggj27pv8x96r"


def test_equal_row_numbers_of_two_types_do_not_look_alike():
    first, second = IDS.encode("fnd", 1)[4:], IDS.encode("scn", 1)[4:]
    assert sum(a == b for a, b in zip(first, second, strict=True)) < 7


@pytest.mark.parametrize(
    "text",
    [
        "",
        "fnd_",
        "fnd",
        IDS.encode("scn", 1),
        IDS.encode("fnd", 1).upper(),
        IDS.encode("fnd", 1) + "0",
        IDS.encode("fnd", 1)[:-1],
        "fnd_zzzzzzzzzzzzz",
        "fnd_../../passwd",
        "fnd_\u0661234567890123",
    ],
)
def test_a_wrong_prefix_or_garbage_is_not_found(text):
    with pytest.raises(NotFound):
        IDS.decode("fnd", text)


def test_a_short_key_is_refused():
    with pytest.raises(ValueError, match="16 bytes"):
        PublicIds(b"short")


@pytest.mark.parametrize("number", [0, -1, MAX_NUMBER + 1])
def test_what_is_no_row_number_has_no_id(number):
    with pytest.raises(ValueError, match="not a row number"):
        IDS.encode("fnd", number)
