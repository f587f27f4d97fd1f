"""Checking a mapping: every problem it has, each with the field and the line, not only the first."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

from msgspec import Struct

from hauberk.parsers.mapping.text import Lines, Path

MAX_TEXT = 2_000


class Problem(Struct, frozen=True):
    """What is wrong with one field of a mapping, and where it stands in the text."""

    field: str
    line: int
    message: str


class InvalidMapping(Exception):
    """The mapping cannot be used; `problems` says why, in the order of the text."""

    def __init__(self, problems: list[Problem]) -> None:
        first = problems[0]
        super().__init__(f"line {first.line}, {first.field or 'the mapping'}: {first.message}")
        self.problems = problems


class Checker:
    """Collects problems while the parts of a mapping are taken."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self.problems: list[Problem] = []

    def fail(self, path: Path, message: str) -> None:
        known = path
        while known and known not in self._lines:
            known = known[:-1]
        name = ".".join(map(str, path))
        self.problems.append(Problem(name, self._lines.get(known, 1), message))

    def object(
        self, value: Any, path: Path, known: Collection[str], required: Collection[str] = ()
    ) -> dict[str, Any]:
        """The fields that are there; wrong names are told, with the right one where it is near."""
        if not isinstance(value, dict):
            self.fail(path, f"This must be an object with {_listed(known)}.")
            return {}
        for name in value.keys() - set(known):
            near = get_close_matches(name, known, 1)
            instead = f"did you mean “{near[0]}”?" if near else f"there are {_listed(known)}."
            self.fail((*path, name), f"There is no field “{name}” here; {instead}")
        for name in required:
            if value.get(name) is None:
                self.fail((*path, name), "This is required.")
        return {name: each for name, each in value.items() if name in known and each is not None}

    def text(self, value: Any, path: Path, *, limit: int = MAX_TEXT) -> str | None:
        if not isinstance(value, str):
            self.fail(path, "This must be a text.")
        elif not value.strip():
            self.fail(path, "This is empty.")
        elif len(value) > limit:
            self.fail(path, f"This is longer than {limit:,} characters.")
        else:
            return value
        return None

    def texts(self, value: Any, path: Path, *, most: int = 50) -> list[str]:
        """One text, or a list of them."""
        values = value if isinstance(value, list) else [value]
        if not 0 < len(values) <= most:
            self.fail(path, f"This must be a text or a list of 1 to {most} texts.")
            return []
        where = [(*path, index) for index in range(len(values))] if isinstance(value, list) else [path]
        found = [self.text(each, at) for each, at in zip(values, where, strict=True)]
        return [each for each in found if each is not None]

    def word(self, value: Any, path: Path, known: Collection[str]) -> str | None:
        """One of these words."""
        given = self.text(value, path)
        if given is None:
            return None
        if given not in known:
            self.fail(path, f"“{given[:60]}” is none of {_listed(known)}.")
            return None
        return given

    def table(self, value: Any, path: Path, known: Collection[str] | None = None) -> Mapping[str, str]:
        """Words to words, looked up in any case."""
        if not isinstance(value, dict):
            self.fail(path, "This must be an object: the scanner's word, and what it means.")
            return {}
        found: dict[str, str] = {}
        for name, each in value.items():
            meant = self.text(each, (*path, name)) if known is None else self.word(each, (*path, name), known)
            if meant is not None:
                found[name.strip().lower()] = meant
        return found

    def finish(self) -> None:
        """Raises InvalidMapping where there was a problem."""
        if self.problems:
            raise InvalidMapping(sorted(self.problems, key=lambda problem: (problem.line, problem.field)))


def _listed(names: Collection[str]) -> str:
    return ", ".join(names)
