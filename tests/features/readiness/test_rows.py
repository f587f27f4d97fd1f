"""Every row of the checklist that is answered has a test that makes the system wrong for it."""

import re
from pathlib import Path

from hauberk.features.readiness.rows import ROWS
from hauberk.infra.readiness import registered
from hauberk.kit import discover

TESTS = Path(__file__).parents[2]
# Rows whose check no test breaks yet. Nothing may be added.
AWAITED: set[str] = set()


def broken_in(source: str) -> set[str]:
    """The rows in the marks of a file of tests; `*ROWS` is a list of that file."""
    marked = " ".join(re.findall(r"mark\.breaks\(([^)]*)\)", source))
    for name in re.findall(r"\*(\w+)", marked):
        listed = re.search(rf"^{name} = [\[(]([^\])]*)[\])]", source, re.MULTILINE)
        marked += listed[1] if listed else ""
    return set(re.findall(r"[A-Z]{3,4}-\d+", marked))


def test_every_check_has_a_test_that_sees_it_fail():
    broken = {row for path in TESTS.rglob("test_*.py") for row in broken_in(path.read_text(encoding="utf-8"))}
    discover.everywhere("hauberk", "checks")
    assert set(registered()) - broken - AWAITED == set()
    assert broken <= set(ROWS)
