"""A feed: what somebody publishes about vulnerabilities, at an address that everybody knows.

    EPSS = feed(Feed("epss", "Exploit Prediction Scoring System", url="https://...", file_name="...", read=read))

One file in `sources`, where it is found by being there. `read` gets the unpacked file and yields entries; it believes
nothing: what is published is as hostile as a report, because whoever serves the file may be somebody else today.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO, Final

from hauberk.kit import discover
from hauberk.kit.errors import Refusal

MIB: Final = 1024 * 1024
CVE: Final = re.compile(r"CVE-\d{4}-\d{4,12}")


class FeedRefused(Refusal):
    """It is not taken; what was loaded before stays. The message says what is wrong with it."""

    default_code = "feed_refused"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a feed says of one vulnerability."""

    name: str
    epss: float | None = None
    epss_percentile: float | None = None
    is_exploited: bool = False
    detail: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """A file as its feed reads it: when it was published, and its entries, piece by piece."""

    at: datetime | None
    entries: Iterator[Entry]


@dataclass(frozen=True, slots=True)
class Feed:
    """`url` is the publisher's own address, `file_name` what the file is called on a mirror or in a folder.

    `silence`: for how long its publisher may have nothing new to say.
    """

    name: str
    title: str
    says: str
    url: str
    file_name: str
    read: Callable[[BinaryIO], Published]
    max_bytes: int
    max_expanded_bytes: int
    most_entries: int
    silence: timedelta


_feeds: dict[str, Feed] = {}


def feed(declared: Feed) -> Feed:
    if _feeds.setdefault(declared.name, declared) != declared:
        raise ValueError(f"two feeds are called {declared.name}")
    return declared


def feeds() -> dict[str, Feed]:
    """All of them, by name."""
    discover.children("hauberk.features.feeds.sources")
    return dict(sorted(_feeds.items()))
