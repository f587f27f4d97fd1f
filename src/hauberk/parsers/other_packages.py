"""Formats that other installed packages bring by an entry point. What is wrong with one is said, and breaks nothing else."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

from msgspec import Struct

from hauberk.parsers.sdk import Parser

GROUP = "hauberk.parsers"


class LeftOut(Struct, frozen=True):
    """An entry point, or a format of it, that cannot be used."""

    package: str
    entry_point: str
    """As it is declared: `acme = acme_hauberk:acme_scan`."""
    reason: str

    def __str__(self) -> str:
        return f"Left out of the package {self.package}, entry point “{self.entry_point}”: {self.reason}"


class _Mistake(Exception):
    """What an entry point leads to is no format."""


def formats(taken: Mapping[str, Parser]) -> tuple[dict[str, Parser], list[LeftOut]]:
    """The formats of other packages by id, beside those whose ids are `taken`; and what had to be left out."""
    found: dict[str, Parser] = {}
    refused: list[LeftOut] = []
    for point in sorted(entry_points(group=GROUP), key=lambda each: (_package(each), each.name)):
        try:
            parsers = list(_parsers(point))
        except _Mistake as mistake:
            refused.append(_left_out(point, str(mistake)))
            continue
        for parser in parsers:
            name = parser.info.id
            first = found.get(name) or taken.get(name)
            if first is None:
                found[name] = parser
            elif first is not parser:
                refused.append(_left_out(point, _clash(name, is_ours=name in taken)))
    return found, refused


def _parsers(point: EntryPoint) -> Iterator[Parser]:
    try:
        with redirect_stdout(sys.stderr):  # what it prints is not part of our output
            loaded = point.load()
    except (Exception, SystemExit) as error:  # whatever the module does when it is imported
        raise _Mistake(f"it cannot be imported ({type(error).__name__}: {str(error)[:300]}).") from error
    if isinstance(loaded, Parser):
        yield loaded
        return
    if not isinstance(loaded, ModuleType):
        raise _Mistake(
            f"it leads to {_described(loaded)}, not to a parser: decorate the function with @sdk.parser(…), or name the module."
        )
    declared = [value for value in vars(loaded).values() if isinstance(value, Parser) and not value.is_ours]
    if not declared:
        raise _Mistake(
            "there is no parser in the module: decorate a function in it with @sdk.parser(…), or import those"
            " of the package's other modules into it."
        )
    yield from declared


def _described(loaded: Any) -> str:
    return f"the {type(loaded).__name__} “{getattr(loaded, '__name__', repr(loaded))[:60]}”"


def _clash(name: str, *, is_ours: bool) -> str:
    whose = "Hauberk's own" if is_ours else "that of another parser, which came first"
    return f"the format “{name}” is {whose}: give this one another id, beginning with the scanner's name."


def _left_out(point: EntryPoint, reason: str) -> LeftOut:
    return LeftOut(package=_package(point), entry_point=f"{point.name} = {point.value}", reason=reason)


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "?"
