"""Paths: where something stands in an item of a report, compiled once for the kind of report.

JSON `alert.rule.id`, `refs.item.url` (each of a list), `hosts.*.name` (each of an object), `0` (the first), `.` (the item).
XML  `rule/@id`, `details/text`, `@severity`, `../@name` (of the element around it), `.` (its own text).
CSV  the name of a column.
A leading `^` looks into the item around an item of `each`: `^.file.name`, `^/@name`; `^^` around that one. `$key` is the item's own
name in an object.
"""

from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple

from hauberk.parsers.sdk import XmlElement, local_name, text

Container = Literal["json", "json_lines", "csv", "xml"]
MAX_STEPS = 20
OUTER, KEY, ITSELF, EACH = "^", "$key", ".", ("item", "*")


class Item(NamedTuple):
    """One item of a report: what it is, its name in an object or number in a list, and the item around it."""

    value: Any
    key: str | int
    outer: "Item | None" = None


Members = Callable[[Item], list[Item]]
"""The items of `each` within an item."""
Find = Callable[[Item], list[Any]]
"""What stands at a path, in order; empty where nothing does."""


def finder(path: str, container: Container) -> Find:
    """Raises ValueError with what is wrong with the path."""
    if path == KEY:
        return lambda item: [item.key] if isinstance(item.key, str) else []
    separator = "/" if container == "xml" else "."
    if path.startswith(OUTER):
        within = finder(path.removeprefix(OUTER).removeprefix(separator) or ITSELF, container)
        return lambda item: [] if item.outer is None else within(item.outer)
    if container == "csv":
        return lambda item: [item.value[path]] if path in item.value else []
    if path == ITSELF:
        return lambda item: [item.value]
    steps = path.split(separator)
    if len(steps) > MAX_STEPS:
        raise ValueError(f"a path has at most {MAX_STEPS} steps")
    if not all(step.strip() for step in steps):
        raise ValueError(f"a step is empty in “{path}”")
    if container == "xml":
        if any(step.startswith("@") for step in steps[:-1]):
            raise ValueError(f"an attribute (@) can only be the last step of “{path}”")
        return lambda item: _in_xml([item.value], steps)
    return lambda item: _in_json([item.value], steps)


def members(path: str, container: Container) -> Members:
    """What stands at the path of an `each`: of a list or an object each. Raises ValueError with what is wrong with the path."""
    find = finder(path, container)
    above, _, last = path.rpartition(".")
    if last == "*" and container not in ("xml", "csv"):
        holders = finder(above or ITSELF, container)
        return lambda item: [
            Item(value, key, item) for holder in holders(item) for key, value in _members_of(holder)
        ]
    return lambda item: [
        Item(value, index, item)
        for index, value in enumerate(
            each for found in find(item) for each in (found if isinstance(found, list) else (found,))
        )
    ]


def _members_of(holder: Any) -> Iterable[tuple[str | int, Any]]:
    if isinstance(holder, dict):
        return holder.items()
    return enumerate(holder) if isinstance(holder, list) else ()


def _in_json(values: Iterable[Any], steps: list[str]) -> list[Any]:
    for step in steps:
        values = [found for value in values for found in _json_step(value, step)]
    return [value for value in values if value is not None]


def _json_step(value: Any, step: str) -> Iterable[Any]:
    if isinstance(value, dict):
        if step in value:
            return (value[step],)
        return value.values() if step == "*" else ()
    if isinstance(value, list):
        if step in EACH:
            return value
        if step.isdigit() and int(step) < len(value):
            return (value[int(step)],)
    return ()


def _in_xml(values: Iterable[Any], steps: list[str]) -> list[Any]:
    for step in steps:
        values = [found for element in values for found in _xml_step(element, step)]
    return list(values)


def _xml_step(element: XmlElement, step: str) -> Iterable[Any]:
    if step == "..":
        above = element.getparent()
        return () if above is None else (above,)
    if step.startswith("@"):
        return [value for name, value in element.attrib.items() if local_name(name) == step[1:]]
    return [child for child in element if step == "*" or local_name(child.tag) == step]


def is_there(value: Any) -> bool:
    """Something stands there: not nothing, `false`, or an empty text, list or object."""
    if isinstance(value, XmlElement):
        return len(value) > 0 or bool(value.attrib) or bool(words(value))
    return bool(value.strip() if isinstance(value, str) else value)


def words(value: Any) -> list[str]:
    """The texts in what was found: of a list each, of an element what it says."""
    if isinstance(value, list):
        return [word for each in value for word in words(each)]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, XmlElement):
        value = "".join(value.itertext())
    found = text(value)
    return [] if found is None else [found]
