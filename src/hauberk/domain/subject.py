"""Which asset a result is about, where a report covers several: the host, the image, the account, the project."""

from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import msgspec

from hauberk.domain.finding import FindingKind
from hauberk.domain.reported import Location, ReportedFinding

MAX_NAME_CHARS: Final = 300
_USUAL_KIND = {
    FindingKind.CONTAINER: "image",
    FindingKind.DAST: "site",
    FindingKind.INFRASTRUCTURE: "host",
    FindingKind.CLOUD: "account",
}
_ON_HOSTS = (FindingKind.INFRASTRUCTURE, FindingKind.DAST)


class Subject(NamedTuple):
    """An asset as a report names it. One that lies within what the whole report is about gives way to that."""

    name: str
    kind: str
    is_within: bool = False


def usual_kind(*kinds: FindingKind) -> str:
    """What kind of asset findings of these kinds are mostly about; the first that tells decides."""
    return next((_USUAL_KIND[kind] for kind in kinds if kind in _USUAL_KIND), "repository")


def by_subject(finding: ReportedFinding) -> Iterator[tuple[Subject | None, ReportedFinding]]:
    """The finding once for each asset that it was found on, with the places there; None where it names none."""
    if finding.kind in _ON_HOSTS:
        places: dict[str | None, list[Location]] = {}
        for location in finding.locations:
            places.setdefault(_host(location), []).append(location)
        if any(places):
            kind = usual_kind(finding.kind)
            for host, locations in places.items():
                subject = None if host is None else Subject(host, kind)
                yield subject, msgspec.structs.replace(finding, locations=tuple(locations))
            return
    yield _named(finding), finding


def _host(location: Location) -> str | None:
    if location.host:
        return location.host.casefold()
    if not location.url:
        return None
    try:
        return urlsplit(location.url).netloc.rpartition("@")[2].casefold() or None
    except ValueError:
        return None


def _named(finding: ReportedFinding) -> Subject | None:
    """By the target, unless that is a file of the thing that was scanned."""
    target = (finding.target or "").strip()
    files = {location.path for location in finding.locations} | {each.path for each in finding.components}
    if not target or target in files:
        return None
    return Subject(target, usual_kind(finding.kind), is_within=True)
