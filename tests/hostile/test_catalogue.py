"""Every hostile report of the catalogue, through the real way in, ends as it must: in words, in time, alone."""

import pytest

from hostile import json_cases, xml_cases  # noqa: F401
from hostile.catalogue import ALL, CASES

pytestmark = pytest.mark.timeout(1800)


@pytest.mark.parametrize("number", [number for number in ALL if number in CASES])
def test_a_hostile_report_comes_to_its_end(number, size, comes_to_its_end):
    comes_to_its_end(number, CASES[number].tries(size))
