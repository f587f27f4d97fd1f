"""The registry: every format there is, found by folder and by entry point, and which of them a report is in."""

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache
from types import ModuleType

from hauberk.parsers import formats, other_packages
from hauberk.parsers.other_packages import LeftOut
from hauberk.parsers.sdk import Parser, Probe, ReportError


class DuplicateFormatError(Exception):
    """Two of our own parsers claim one id; the program does not start."""


def parsers() -> dict[str, Parser]:
    """All formats by id, sorted. A module of ours that does not import stops the start; one of another package is left out."""
    return _known()[0]


def left_out() -> list[LeftOut]:
    """What other packages declare and cannot be used, each with the reason."""
    return _known()[1]


@cache
def _known() -> tuple[dict[str, Parser], list[LeftOut]]:
    names = sorted(module.name for module in pkgutil.iter_modules(formats.__path__))
    modules = [importlib.import_module(f"{formats.__name__}.{name}") for name in names]
    ours = by_id([parser for module in modules for parser in parsers_of(module)])
    theirs, refused = other_packages.formats(ours)
    return dict(sorted({**ours, **theirs}.items())), refused


def parsers_of(module: ModuleType) -> list[Parser]:
    return [value for value in vars(module).values() if isinstance(value, Parser)]


def by_id(found: list[Parser]) -> dict[str, Parser]:
    unique: dict[str, Parser] = {}
    for parser in found:
        if parser.info.id in unique:
            raise DuplicateFormatError(f"Two parsers declare the format {parser.info.id!r}.")
        unique[parser.info.id] = parser
    return unique


def recognise(
    probe: Probe, mapped: Iterable[Parser] = (), *, among: Iterable[Parser] | None = None
) -> list[tuple[int, Parser]]:
    """The formats that this could be with how specific the match is, the best first; `mapped` are known only here.

    Where `among` is given, only those are asked. Where none fits what the beginning shows, it is held against the whole;
    where none fits that as declared, all are asked again to be lenient, then, of an array, whether its objects are their reports.
    `probe.is_lenient` and `probe.is_listed` tell that it came to this.
    """
    all_parsers = (*(parsers().values() if among is None else among), *mapped)
    found = _scored(probe, all_parsers)
    if not found:
        probe.look_further()
        found = _scored(probe, all_parsers)
    if not found:
        probe.is_lenient = True
        found = _scored(probe, all_parsers)
    if not found and probe.text[:1] == b"[":
        probe.is_lenient, probe.is_listed = False, True
        found = _scored(probe, all_parsers)
    return found


def _scored(probe: Probe, all_parsers: Iterable[Parser]) -> list[tuple[int, Parser]]:
    scored = [(specificity(probe, parser), parser) for parser in all_parsers]
    return sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: -pair[0])


def specificity(probe: Probe, parser: Parser) -> int:
    """How well the report fits the format; 0: not at all."""
    if parser.is_ours:
        return parser.sniff(probe)
    try:  # a mistake in another package's recognition costs that format, not everybody's reports
        return int(parser.sniff(probe))
    except ReportError:
        raise
    except Exception:  # noqa: BLE001 — whatever it is; the kit shows it to its author
        return 0
