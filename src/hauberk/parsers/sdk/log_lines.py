"""What a tool printed before its report, where all that it printed went into the file: warnings, banners, log lines.

Only of JSON: in XML nothing may stand before the declaration, and whatever does is somebody's attempt.
"""

import re
from collections.abc import Iterator
from itertools import islice

from hauberk.parsers.sdk.archive import archive_of
from hauberk.parsers.sdk.source import Source

_LOOKED_AT = 64 * 1024
_PLACES = 16
_OPEN = re.compile(rb"\s*[{\[](?!.*[}\]]\s*$)")
"""How a line looks with which JSON begins that goes on below: nothing stands before that, and what is in it is a part of it."""
_BEGINNING = re.compile(rb'\s*(?:\{\s*(?:["}]|$)|\[\s*(?:[\[{"\]]|$))')
"""How the line looks that JSON begins with: not `[12:30:01]` nor `[main] INFO`."""


def without_log_lines(source: Source) -> Iterator[Source]:
    """The text from each of the first lines on at which JSON could begin, but the very first."""
    if archive_of(source) is not None:
        return
    with source.open(repair=True) as stream:
        lines = stream.read(_LOOKED_AT).split(b"\n")
    begun = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if begun < len(lines) and _BEGINNING.match(lines[begun]) and _OPEN.match(lines[begun]):
        return
    places = (number for number, line in enumerate(lines) if number > begun and _BEGINNING.match(line))
    for number in islice(places, _PLACES):
        yield source.after_lines(number)
