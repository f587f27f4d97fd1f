"""Every row of the checklist that is answered has a test that makes the system wrong for it."""

import re
from pathlib import Path

from hauberk.features.readiness.rows import ROWS
from hauberk.infra.readiness import registered
from hauberk.kit import discover

TESTS = Path(__file__).parents[2]
# Rows whose check cannot fail yet. Nothing may be added.
AWAITED: set[str] = set()


def test_every_check_has_a_test_that_sees_it_fail():
    marks = [
        rows
        for path in TESTS.rglob("test_*.py")
        for rows in re.findall(r"mark\.breaks\(([^)]*)\)", path.read_text(encoding="utf-8"))
    ]
    broken = set(re.findall(r"[A-Z]{3,4}-\d+", " ".join(marks)))
    discover.everywhere("hauberk", "checks")
    assert set(registered()) - broken - AWAITED == set()
    assert broken <= set(ROWS)
