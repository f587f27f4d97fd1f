"""The checklist for production is complete: every row has its line, and every line its proof and its failing test."""

import re
from pathlib import Path

from hauberk.features.readiness.rows import ROWS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "checklist.md").read_text(encoding="utf-8")
LINES = re.findall(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE, flags=re.MULTILINE)
# Whose check cannot fail yet.
AWAITED = {"none yet"}


def test_every_row_has_a_line():
    named = {row for _, _, rows, _, _ in LINES for row in rows.strip().split("<br>")}
    assert named == set(ROWS)


def test_no_line_of_the_checklist_is_missing():
    assert [int(number) for number, *_ in LINES] == list(range(1, 109 + 1))


def test_every_line_leads_to_the_check_that_proves_it_and_to_the_test_that_breaks_it():
    for number, words, rows, proving, breaking in LINES:
        for row, check, test in zip(
            *(each.strip().split("<br>") for each in (rows, proving, breaking)), strict=True
        ):
            source = (ROOT / "docs" / check.partition("](")[2].rstrip(")")).read_text(encoding="utf-8")
            assert f'readiness("{row}"' in source or f'"{row}"' in source, f"{number} {words}: {check}"
            if test not in AWAITED:
                broken = (ROOT / "docs" / test.partition("](")[2].rstrip(")")).read_text(encoding="utf-8")
                assert f'"{row}"' in broken, f"{number} {words}: {test}"
