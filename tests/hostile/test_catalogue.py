"""Every hostile report of the catalogue, through the real way in, ends as it must: in words, in time, alone."""

import pytest

from hostile import archive_cases, json_cases, table_cases, value_cases, xml_cases  # noqa: F401
from hostile.catalogue import ALL, CASES

pytestmark = pytest.mark.timeout(1800)

ELSEWHERE = {f"B{number}" for number in range(1, 7)}
"""In test_behaviour.py: they are no reports."""


def test_the_catalogue_is_whole():
    assert len(ALL) == 78
    assert set(CASES) | ELSEWHERE == set(ALL)


SLOWEST = {"C3", "C4", "C7", "J2", "J12", "J13", "J14", "X1", "X9", "X13", "X15", "X16", "Z7"}


@pytest.mark.parametrize(
    "number",
    [pytest.param(each, marks=pytest.mark.long if each in SLOWEST else ()) for each in ALL if each in CASES],
)
def test_a_hostile_report_comes_to_its_end(number, size, comes_to_its_end):
    comes_to_its_end(number, CASES[number].tries(size))
