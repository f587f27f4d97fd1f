"""Lines of a CSV file that is opened in a spreadsheet."""

import csv
import io
from collections.abc import Iterable
from typing import Any, Final

# Spreadsheets of East Asia take the wide forms for the narrow ones.
_STEERS: Final = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def line(cells: Iterable[Any]) -> bytes:
    """One line. What others wrote is never a formula of whoever opens the file."""
    written = io.StringIO()
    csv.writer(written).writerow(
        f"'{each}" if isinstance(each, str) and each.startswith(_STEERS) else each for each in cells
    )
    return written.getvalue().encode()
