"""Grouping for readers: a problem that a report repeats for every host is shown once, with all its places.

Only for what is shown on this machine (`hauberk parse`). An import takes every result as it comes: it streams, and each
place is an occurrence of its own.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from hauberk.domain.reported import ReportedFinding
from hauberk.parsers.sdk.declare import Repeats

_JOINED: Final = ("identifiers", "cwes", "cvss", "locations", "components", "references", "tags")


def grouped(findings: Iterable[ReportedFinding], *, over: Repeats) -> Iterator[ReportedFinding]:
    """Findings of equal title and severity as one, in order of their first; held in memory until the end.

    Over `hosts` alone, what is found at another port stays apart.
    """
    groups: dict[tuple[Any, ...], list[ReportedFinding]] = {}
    for finding in findings:
        ports = () if over == "hosts and ports" else tuple(place.port for place in finding.locations)
        groups.setdefault((finding.title, finding.severity, ports), []).append(finding)
    for group in groups.values():
        yield group[0] if len(group) == 1 else _joined(group)


def _joined(group: list[ReportedFinding]) -> ReportedFinding:
    lists = {
        name: tuple(dict.fromkeys(each for finding in group for each in getattr(finding, name)))
        for name in _JOINED
    }
    return msgspec.structs.replace(group[0], target=None, **lists)
