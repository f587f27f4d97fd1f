"""KEV by CISA: the catalogue of vulnerabilities that are known to be exploited, published when one is added."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, BinaryIO, Final

import msgspec

from hauberk.features.feeds.feed import CVE, MIB, Entry, Feed, FeedRefused, Published, feed

Text = Annotated[str, msgspec.Meta(max_length=300)]


class _Known(msgspec.Struct, rename={"name": "cveID", "ransomware": "knownRansomwareCampaignUse"}):
    name: Text
    added: date = msgspec.field(name="dateAdded")
    due: date | None = msgspec.field(name="dueDate", default=None)
    ransomware: Text = "Unknown"


class _Catalogue(msgspec.Struct):
    vulnerabilities: list[_Known]
    released: datetime | None = msgspec.field(name="dateReleased", default=None)


_DECODER: Final = msgspec.json.Decoder(_Catalogue)


def _read(file: BinaryIO) -> Published:
    """Whole: it is small, and its limit is."""
    try:
        catalogue = _DECODER.decode(file.read())
    except (msgspec.MsgspecError, RecursionError) as error:
        raise FeedRefused(f"This is not the catalogue that it should be: {error}.") from error
    return Published(catalogue.released, _entries(catalogue))


def _entries(catalogue: _Catalogue) -> Iterator[Entry]:
    for number, known in enumerate(catalogue.vulnerabilities, start=1):
        if not CVE.fullmatch(known.name):
            raise FeedRefused(f"Entry {number} has no CVE for its cveID.")
        detail = {
            "added_on": known.added.isoformat(),
            "due_on": known.due.isoformat() if known.due else None,
            "is_in_ransomware": known.ransomware.lower() == "known",
        }
        yield Entry(known.name, is_exploited=True, detail=detail)


KEV: Final = feed(
    Feed(
        "kev",
        title="Known Exploited Vulnerabilities Catalog",
        says="which vulnerabilities are known to be exploited",
        url="https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
        file_name="known_exploited_vulnerabilities.json",
        read=_read,
        max_bytes=16 * MIB,
        max_expanded_bytes=16 * MIB,
        most_entries=100_000,
        silence=timedelta(days=60),
    )
)
