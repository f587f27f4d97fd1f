"""The registry: every format there is, found by folder and by entry point, and which of them a report is in."""

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType

from hauberk.parsers import formats
from hauberk.parsers.sdk import Parser, Probe

ENTRY_POINT_GROUP = "hauberk.parsers"


class DuplicateFormatError(Exception):
    """Two parsers claim one id; the program does not start."""


@cache
def parsers() -> dict[str, Parser]:
    """All formats by id, sorted. A module that does not import stops the start."""
    names = sorted(module.name for module in pkgutil.iter_modules(formats.__path__))
    modules = [importlib.import_module(f"{formats.__name__}.{name}") for name in names]
    found = [parser for module in modules for parser in parsers_of(module)]
    for point in entry_points(group=ENTRY_POINT_GROUP):
        loaded = point.load()
        found.extend([loaded] if isinstance(loaded, Parser) else parsers_of(loaded))
    return by_id(found)


def parsers_of(module: ModuleType) -> list[Parser]:
    return [value for value in vars(module).values() if isinstance(value, Parser)]


def by_id(found: list[Parser]) -> dict[str, Parser]:
    unique: dict[str, Parser] = {}
    for parser in found:
        if parser.info.id in unique:
            raise DuplicateFormatError(f"Two parsers declare the format {parser.info.id!r}.")
        unique[parser.info.id] = parser
    return dict(sorted(unique.items()))


def recognise(probe: Probe, mapped: Iterable[Parser] = ()) -> list[tuple[int, Parser]]:
    """The formats that this could be with how specific the match is, the best first; `mapped` are known only here.

    Where none fits what the beginning shows, it is held against the whole; where none fits that as declared, all are asked
    again to be lenient, and `probe.is_lenient` tells that it came to this.
    """
    all_parsers = (*parsers().values(), *mapped)
    found = _scored(probe, all_parsers)
    if not found:
        probe.look_further()
        found = _scored(probe, all_parsers)
    if not found:
        probe.is_lenient = True
        found = _scored(probe, all_parsers)
    return found


def _scored(probe: Probe, all_parsers: Iterable[Parser]) -> list[tuple[int, Parser]]:
    scored = [(parser.sniff(probe), parser) for parser in all_parsers]
    return sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: -pair[0])
