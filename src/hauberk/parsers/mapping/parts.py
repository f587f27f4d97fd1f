"""The parts of a mapping document, checked and compiled one after the other: values, conditions, places, items."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from hauberk.domain.severity import Severity
from hauberk.parsers.mapping.checking import Checker
from hauberk.parsers.mapping.paths import Container, Find, Members, finder, members
from hauberk.parsers.mapping.text import Path
from hauberk.parsers.mapping.values import DECODERS, Condition, Value

CONTAINERS: Final = ("json", "json_lines", "csv", "xml")
SEVERITIES: Final = tuple(severity.value for severity in Severity)
_VALUE: Final = ("path", "text", "as", "map", "default", "split", "pattern")
_Compiled = TypeVar("_Compiled", Find, Members)
_PLACE: Final = re.compile(r"\{([^{}]+)\}")


@dataclass
class Part:
    """What is read for each thing at `each`, or once: the fields of a location, a component, an assessment."""

    each: Members | None
    fields: dict[str, Value]


@dataclass
class Items:
    """Where the items are, and which of them count."""

    container: Container
    path: str
    columns: tuple[str, ...] = ()
    each: Members | None = None
    only: list[Condition] = field(default_factory=list)


class Taking:
    """The parts of one document, taken one after the other."""

    def __init__(self, checker: Checker) -> None:
        self.checker = checker
        self.container: Container = "json"
        self.values: list[Value] = []

    def find(self, path_text: Any, path: Path) -> Find | None:
        return self._compiled(finder, path_text, path)

    def each(self, said: dict[str, Any], path: Path) -> Members | None:
        return self._compiled(members, said.pop("each"), (*path, "each")) if "each" in said else None

    def _compiled(
        self, compiler: Callable[[str, Container], _Compiled], path_text: Any, path: Path
    ) -> _Compiled | None:
        given = self.checker.text(path_text, path, limit=300)
        if given is None:
            return None
        if _PLACE.search(given) and path[-1] != "text":
            self.checker.fail(path, f"This is a path; a text with places in it is {{text: “{given[:60]}”}}.")
            return None
        try:
            return compiler(given, self.container)
        except ValueError as error:
            self.checker.fail(path, f"{error}.".capitalize())
            return None

    def finds(self, given: Any, path: Path) -> list[Find]:
        where = [(*path, n) for n in range(len(given))] if isinstance(given, list) else [path]
        paths = self.checker.texts(given, path, most=20)
        found = [self.find(each, at) for each, at in zip(paths, where, strict=False)]
        return [each for each in found if each is not None]

    def value(self, given: Any, path: Path, words: tuple[str, ...] | None = None) -> Value | None:
        """A path, several of them, or an object. `words` are what its map may say."""
        name = ".".join(map(str, path))
        if isinstance(given, dict):
            value = self._described(given, path, name, words)
        else:
            value = Value(name, self.finds(given, path))
        if value is not None:
            self.values.append(value)
        return value

    def _described(self, given: Any, path: Path, name: str, words: tuple[str, ...] | None) -> Value | None:
        check = self.checker
        said = check.object(given, path, (*_VALUE, "score") if words is SEVERITIES else _VALUE)
        if ("path" in said) == ("text" in said) and not ("score" in said and "text" not in said):
            check.fail(path, "Give it either a path or a text.")
            return None
        value = Value(name, self.finds(said["path"], (*path, "path")) if "path" in said else ())
        if "text" in said:
            text = check.text(said["text"], (*path, "text")) or ""
            value.pieces = _PLACE.split(text)[::2]
            found = [self.find(each, (*path, "text")) for each in _PLACE.findall(text)]
            value.finds = [each for each in found if each is not None]
        if "map" in said:
            value.table = check.table(said["map"], (*path, "map"), words)
        if "default" in said:
            default = (*path, "default")
            value.default = (
                check.text(said["default"], default)
                if words is None
                else check.word(said["default"], default, words)
            )
        if "as" in said:
            decoder = check.word(said["as"], (*path, "as"), DECODERS)
            value.decode = None if decoder is None else DECODERS[decoder]
        if "split" in said:
            value.split = check.text(said["split"] or " ", (*path, "split"), limit=10)
        if "pattern" in said:
            value.pattern = self._pattern(said["pattern"], (*path, "pattern"))
        return value

    def _pattern(self, given: Any, path: Path) -> re.Pattern[str] | None:
        text = self.checker.text(given, path, limit=200)
        try:
            pattern = re.compile(text or "()")
        except (re.error, OverflowError) as error:
            self.checker.fail(path, f"This is no regular expression: {error}.")
            return None
        if pattern.groups != 1:
            self.checker.fail(path, "It needs one group in parentheses: what is taken.")
        return pattern

    def part(self, given: Any, path: Path, known: tuple[str, ...]) -> Part:
        said = self.checker.object(given, path, ("each", *known))
        each = self.each(said, path)
        taken = {name: self.value(value, (*path, name)) for name, value in said.items()}
        return Part(each, {name: value for name, value in taken.items() if value is not None})

    def parts(self, given: Any, path: Path, known: tuple[str, ...]) -> list[Part]:
        if isinstance(given, list):
            return [self.part(each, (*path, index), known) for index, each in enumerate(given)]
        return [] if given is None else [self.part(given, path, known)]

    def conditions(self, given: Any, path: Path) -> list[Condition]:
        if isinstance(given, list):
            return [c for index, each in enumerate(given) for c in self.conditions(each, (*path, index))]
        if given is None:
            return []
        said = self.checker.object(given, path, ("path", "is", "is_not"), ("path",))
        find = self.find(said.get("path"), (*path, "path")) if "path" in said else None
        if "is" in said and "is_not" in said:
            self.checker.fail(path, "Say either “is” or “is_not”; several conditions go into a list.")
        name = "is_not" if "is_not" in said else "is"
        words = self.checker.texts(said[name], (*path, name)) if name in said else None
        if find is None:
            return []
        return [
            Condition(find, None if words is None else frozenset(w.lower() for w in words), name == "is_not")
        ]

    def items(self, given: Any, path: Path) -> Items:
        check = self.checker
        said = check.object(given, path, (*CONTAINERS, "each", "only"))
        named = [name for name in CONTAINERS if name in said]
        if len(named) != 1:
            check.fail(path, f"Say what kind of report it is, with one of {', '.join(CONTAINERS)}.")
            return Items("json", "")
        container = named[0]
        self.container = container
        columns: tuple[str, ...] = ()
        where = ""
        if container == "csv":
            columns = tuple(check.texts(said["csv"], (*path, "csv")))
        elif container == "json_lines":
            check.word(said["json_lines"], (*path, "json_lines"), ("true",))
        else:
            where = check.text(said[container], (*path, container), limit=300) or ""
            self._check_items_path(where, container, (*path, container))
        each = self.each(said, path)
        return Items(container, where, columns, each, self.conditions(said.get("only"), (*path, "only")))

    def _check_items_path(self, where: str, container: Container, path: Path) -> None:
        steps = where.split("/" if container == "xml" else ".")
        if not all(steps) or where == ".":
            self.checker.fail(path, "A step of the path is empty.")
        elif container == "xml" and (steps[-1].startswith("@") or ".." in steps):
            self.checker.fail(path, "Items are elements, from below the root: “results/result”.")
        elif container == "json" and steps[-1] not in ("item", "*"):
            self.checker.fail(
                path, f"Items are the elements of a list or object: “{where}.item” or “{where}.*”."
            )
