"""Where what others publish about vulnerabilities comes from."""

import re
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from hauberk.infra.settings.sections.values import Section, Strings

MANUAL: Final = "manual"
OFF: Final = "off"


def _check_source(source: str) -> str:
    parts = urlsplit(source)
    is_address = parts.scheme in ("http", "https") and parts.hostname
    if source not in ("", OFF, MANUAL) and not is_address and not source.startswith("/"):
        raise ValueError("is neither an address (https://…) nor a path (/srv/feeds) nor one of manual, off")
    return source


def _check_sources(entries: tuple[str, ...]) -> tuple[str, ...]:
    for entry in entries:
        name, separator, source = entry.partition("=")
        if not separator or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise ValueError(f"{entry} is not a feed and its source, such as kev=/srv/feeds/kev.json")
        _check_source(source)
    return entries


class Feeds(Section):
    """EPSS scores and the catalogue of known exploited vulnerabilities."""

    source: Annotated[str, AfterValidator(_check_source)] = Field(
        default="",
        description="Where all come from: a mirror (https://…/) or folder (/srv/feeds) with the publishers' files,"
        " manual (only 'hauberk feed sync --file') or off; unset: from their publishers",
    )
    sources: Annotated[Strings, AfterValidator(_check_sources)] = Field(
        default=(), description="Single ones otherwise, as epss=https://mirror/epss.csv.gz,kev=off"
    )
    max_age_hours: int = Field(
        default=48, ge=1, description="Hours after which one that was not renewed counts as lost"
    )
