"""What a scope knows, in fifty bytes an occurrence: found by key and by the report's element it was read from."""

import random

import pytest

from hauberk.ingest.known import MAX_OF_ELEMENT, SEEN, UNSEEN, Known, KnownRows, element_mark


def known(*rows: tuple[bytes, int, int]) -> Known:
    """Of key, place and element each; ids count from 1 in key order."""
    return Known(
        KnownRows.of_rows(
            (key, place, 0, element, n, -1) for n, (key, place, element) in enumerate(sorted(rows), 1)
        )
    )


def key(number: int) -> bytes:
    return number.to_bytes(16, "big")


def test_every_key_and_place_is_found_and_no_other():
    chance = random.Random(3)
    rows = {(chance.randbytes(16), chance.getrandbits(63)) for _ in range(5_000)}
    rows |= {(name, place + 1) for name, place in list(rows)[:100]}
    found = known(*((name, place, 0) for name, place in rows))
    for number, (name, place) in enumerate(sorted(rows), 1):
        position = found.at(name, place)
        assert position is not None
        assert found.rows.id(position) == number
        assert found.at(name, place + 2) is None
    assert found.at(chance.randbytes(16), 0) is None


def test_keys_with_the_same_beginning_are_told_apart():
    found = known((key(1), 7, 0), (key(2), 7, 0))
    assert found.at(key(1), 7) != found.at(key(2), 7)
    assert found.at(key(3), 7) is None


def test_an_element_is_confirmed_once_and_marks_all_that_was_read_of_it():
    element = -123_456 << 8
    mark = element_mark(element, 2)
    found = known((key(1), 0, mark), (key(2), 0, mark), (key(3), 0, element_mark(99 << 8, 1)))
    assert found.confirm(element | 7) == 2
    assert list(found.seen) == [SEEN, SEEN, UNSEEN]
    assert found.confirm(element) == 0


def test_an_element_of_which_something_is_gone_is_read_again():
    found = known((key(1), 0, element_mark(5 << 8, 2)))
    assert found.confirm(5 << 8) == 0
    assert list(found.seen) == [UNSEEN]


@pytest.mark.parametrize(("element", "results"), [(0, 1), (1 << 8, 0), (1 << 8, MAX_OF_ELEMENT + 1)])
def test_what_cannot_be_remembered_has_no_mark(element, results):
    assert element_mark(element, results) == 0


def test_many_elements_are_each_found_in_a_crowded_table():
    chance = random.Random(5)
    elements = [(chance.getrandbits(55) << 8) - 2**62 for _ in range(3_000)]
    found = known(*((key(n), 0, element_mark(each, 1)) for n, each in enumerate(elements)))
    assert all(found.confirm(each) == 1 for each in elements)
    assert found.confirm(chance.getrandbits(55) << 8) == 0
