"""In the sandboxed child: a report is read once, and each of its results goes to the asset that it is about."""

from collections import Counter
from collections.abc import Callable
from typing import BinaryIO, Final

import msgspec

from hauberk.domain.finding import FindingKind
from hauberk.domain.known_by import of_asset
from hauberk.domain.reported import ItemProblem, ReportHeader
from hauberk.domain.subject import MAX_NAME_CHARS, Subject, by_subject
from hauberk.ingest.headers import Headers
from hauberk.ingest.parts import LENGTH, OpenedPart, frame
from hauberk.parsers.reading import OpenedReport
from hauberk.parsers.sdk import ReportError

MAX_PARTS: Final = 5_000
MAX_PROBLEMS: Final = 200
MAX_TARGETS: Final = 100
"""Of one part: a host or an image is one, a project has a few."""
MAX_IDENTIFIERS: Final = 16
PROGRESS_EVERY: Final = 500


class PartOfReport(msgspec.Struct, array_like=True):
    """An asset that the report speaks of; without a name, the one that the upload is called after."""

    name: str
    kind: str
    targets: set[str]
    """What of the report's targets it covers."""
    results: int = 0
    identifiers: set[str] = set()
    """What else tells it; none that another asset of the report has as well."""


class Division(msgspec.Struct, kw_only=True):
    """How a report falls into parts.

    In the spool a number stands before each frame; `places[number]` is where in `parts` the frame belongs: which of the
    names are one asset is only known at the report's end.
    """

    format: str
    scanner: str
    kinds: tuple[FindingKind, ...]
    header: ReportHeader
    parts: list[PartOfReport]
    places: list[int]
    problems: list[ItemProblem] = []
    problem_count: int = 0


def divide(
    opened: OpenedReport | OpenedPart,
    spool: BinaryIO,
    progress: Callable[[int, int], None],
) -> Division:
    """Raises ReportError when the report cannot be read, or speaks of too many assets."""
    numbers: dict[Subject | None, int] = {}
    parts: list[PartOfReport] = []
    headers, problems, problem_count, read = Headers(), list[ItemProblem](), 0, 0
    for record in opened.records():
        if isinstance(record, ReportHeader):
            headers.add(record)
        elif isinstance(record, ItemProblem):
            problem_count += 1
            if len(problems) < MAX_PROBLEMS:
                problems.append(record)
        else:
            read += 1
            if read % PROGRESS_EVERY == 0:
                progress(read, opened.bytes_read)
            for subject, finding in by_subject(record):
                number = numbers.setdefault(subject, len(numbers))
                if number == len(parts):
                    _check(number)
                    parts.append(PartOfReport("", "", set()))
                parts[number].results += 1
                for place in finding.locations:
                    parts[number].identifiers.update(of_asset(place.host, place.host_ids)[:MAX_IDENTIFIERS])
                if finding.target and len(parts[number].targets) < MAX_TARGETS:
                    parts[number].targets.add(finding.target)
                spool.write(LENGTH.pack(number) + frame(finding))
    spool.flush()
    header = headers.together()
    parts, places = _merged(list(numbers), parts, header)
    return Division(
        format=opened.format.id,
        scanner=header.scanner or opened.format.scanner,
        kinds=opened.format.kinds,
        header=header,
        parts=parts,
        places=places,
        problems=problems,
        problem_count=problem_count,
    )


def _check(number: int) -> None:
    if number >= MAX_PARTS:
        raise ReportError(
            "too_many_items",
            f"The report speaks of more than {MAX_PARTS:,} assets. Send it in several files, or name one asset.",
        )


def _merged(
    subjects: list[Subject | None], parts: list[PartOfReport], header: ReportHeader
) -> tuple[list[PartOfReport], list[int]]:
    """Names that differ in case only are one asset; what lies within a whole that has a name belongs to that."""
    merged: dict[str, PartOfReport] = {}
    order: dict[str, int] = {}
    places = []
    for subject, part in zip(subjects, parts, strict=True):
        is_whole = subject is None or (subject.is_within and header.asset is not None)
        name, kind = (header.asset, header.asset_kind) if subject is None or is_whole else subject[:2]
        name = (name or "").replace("\x00", "").strip()[:MAX_NAME_CHARS]
        key = name.casefold()
        one = merged.setdefault(key, PartOfReport(name, kind or "", set()))
        one.results += part.results
        one.targets |= part.targets
        one.identifiers |= part.identifiers
        places.append(order.setdefault(key, len(order)))
    for target in header.targets:
        if target.casefold() in merged:
            merged[target.casefold()].targets.add(target)
    holders = Counter(name for part in merged.values() for name in part.identifiers)
    for part in merged.values():
        part.identifiers = {name for name in part.identifiers if holders[name] == 1}
    return list(merged.values()), places
