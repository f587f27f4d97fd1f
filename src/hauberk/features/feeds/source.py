"""Where a feed comes from here: its publisher, a mirror, a file, somebody's hand, or nowhere."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hauberk.features.feeds.feed import Feed
from hauberk.infra.settings import Settings
from hauberk.infra.settings.sections.feeding import MANUAL, OFF


class SourceKind(StrEnum):
    ADDRESS = "address"
    FILE = "file"
    MANUAL = "manual"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Source:
    kind: SourceKind
    place: str = ""

    @property
    def is_fetched(self) -> bool:
        return self.kind in (SourceKind.ADDRESS, SourceKind.FILE)


def source_of(settings: Settings, feed: Feed) -> Source:
    """Its own entry of `HAUBERK_FEEDS_SOURCES`, else what holds for all, else its publisher."""
    own = dict(entry.split("=", 1) for entry in settings.feeds.sources).get(feed.name)
    if own is not None:
        return _read(own or feed.url, feed)
    common = settings.feeds.source
    if common in ("", OFF, MANUAL):
        return _read(common or feed.url, feed)
    return _read(f"{common.rstrip('/')}/{feed.file_name}", feed)


def _read(text: str, feed: Feed) -> Source:
    if text in (OFF, MANUAL):
        return Source(SourceKind(text))
    if not text.startswith("/"):
        return Source(SourceKind.ADDRESS, text)
    path = Path(text)
    return Source(SourceKind.FILE, str(path / feed.file_name if path.is_dir() else path))
