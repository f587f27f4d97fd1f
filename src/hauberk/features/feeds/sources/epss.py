"""EPSS by FIRST: the probability of every CVE to be exploited within 30 days, published once a day.

#model_version:v2025.03.14,score_date:2026-11-25T12:55:00Z
cve,epss,percentile
CVE-1999-0001,0.01420,0.79910
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, Final

from hauberk.features.feeds.feed import CVE, MIB, Entry, Feed, FeedRefused, Published, feed

LINE_BYTES: Final = 200
HEADER: Final = ("cve", "epss", "percentile")


def _read(file: BinaryIO) -> Published:
    lines = _lines(file)
    at, first = None, next(lines, "")
    if first.startswith("#"):
        at = _date(first)
        first = next(lines, "")
    if tuple(first.lower().split(",")) != HEADER:
        raise FeedRefused(f"This is no EPSS file: it does not begin with {','.join(HEADER)}.")
    return Published(at, _entries(lines))


def _entries(lines: Iterator[str]) -> Iterator[Entry]:
    for number, line in enumerate(lines, start=1):
        name, *scores = line.split(",")
        try:
            epss, percentile = (float(score) for score in scores)
        except ValueError:
            epss = percentile = -1.0
        if not (CVE.fullmatch(name) and 0 <= epss <= 1 and 0 <= percentile <= 1):
            raise FeedRefused(
                f"Entry {number} is not a CVE with a probability and a percentile between 0 and 1."
            )
        # Ranks move a little every day: told to a thousandth, most of them stay as they are.
        yield Entry(name, epss=epss, epss_percentile=round(percentile, 3))


def _lines(file: BinaryIO) -> Iterator[str]:
    while line := file.readline(LINE_BYTES + 1):
        if len(line) > LINE_BYTES:
            raise FeedRefused(f"A line is longer than {LINE_BYTES} bytes.")
        yield line.decode("ascii", "replace").strip()


def _date(comment: str) -> datetime | None:
    parts = dict(part.partition(":")[::2] for part in comment.lstrip("#").split(","))
    with suppress(ValueError):
        at = datetime.fromisoformat(parts.get("score_date", ""))
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return None


EPSS: Final = feed(
    Feed(
        "epss",
        title="Exploit Prediction Scoring System",
        says="how probable it is that a vulnerability is exploited within 30 days",
        url="https://epss.empiricalsecurity.com/epss_scores-current.csv.gz",
        file_name="epss_scores-current.csv.gz",
        read=_read,
        max_bytes=64 * MIB,
        max_expanded_bytes=256 * MIB,
        most_entries=2_000_000,
        silence=timedelta(days=7),
    )
)
