"""The tables that npm 6, Yarn 1 and pnpm print of their audit: one for each advisory and way that leads to its package.

npm leaves the lines out where it does not print on a terminal: what is said of an advisory then stands in two columns.
"""

import re
from collections.abc import Iterable, Iterator

from hauberk.parsers import sdk

_NAMES = {
    "package": "module_name",
    "patched in": "patched_versions",
    "patched versions": "patched_versions",
    "dependency of": "dependency",
    "path": "path",
    "paths": "path",
    "more info": "url",
}
_ROW = re.compile(
    r"\s*[│|]?\s*(?P<name>info|low|moderate|high|critical|vulnerable versions|" + "|".join(_NAMES) + r")"
    r"(?:\s*[│|]|\s{2})\s*(?P<text>.*?)\s*[│|]?\s*",
    re.IGNORECASE,
)
_FURTHER = re.compile(r"(?:\s*[│|]\s+[│|]|\s{14,})\s*(?P<text>.*?)\s*[│|]?\s*")
_RULE = re.compile(r"[\s─━┄┌┐└┘├┤┬┴┼+|=-]*")
_RUN = re.compile(r"#* *Run +(?P<command>\S.*?) +to resolve \d+ vulnerabilit\w+.*")
_MANUAL = "Manual Review"


def advisories(lines: Iterable[str]) -> Iterator[dict[str, sdk.Json]]:
    """In the words of the registry's JSON, each with the `paths` of its one way."""
    table, command = _Table(None), None
    for line in map(sdk.uncoloured, lines):
        if run := _RUN.fullmatch(line.strip()):
            command = run["command"]
        elif _MANUAL in line:
            command = None
        elif row := _ROW.fullmatch(line):
            if _is_rating(row["name"]):
                yield from table.advisory()
                table = _Table(command)
            table.begin(row["name"].lower(), row["text"])
        elif further := _FURTHER.fullmatch(line):
            table.go_on(further["text"])
        elif _RULE.fullmatch(line):
            table.is_open = False
    yield from table.advisory()


def _is_rating(name: str) -> bool:
    return name.lower() not in _NAMES and name.lower() != "vulnerable versions"


class _Table:
    """One table, as far as it was read: the lines of each of its cells."""

    def __init__(self, command: str | None) -> None:
        self._command = command
        self._cells: dict[str, list[str]] = {}
        self.is_open = False
        """Whether a line without a name goes on with the last cell."""

    def begin(self, name: str, text: str) -> None:
        self._cells[_NAMES.get(name, "severity" if _is_rating(name) else name)] = [text]
        if _is_rating(name):
            self._cells["word"] = [name]
        self._last = self._cells[_NAMES.get(name, "severity" if _is_rating(name) else name)]
        self.is_open = True

    def go_on(self, text: str) -> None:
        if self.is_open:
            self._last.append(text)

    def advisory(self) -> Iterator[dict[str, sdk.Json]]:
        said = {name: " ".join(filter(None, lines)) for name, lines in self._cells.items()}
        if "module_name" not in said or "word" not in said:
            return
        ways = "\n".join(self._cells.get("path", ())).split(
            "\n\n"
        )  # pnpm lists several, with an empty line between
        yield {
            **said,
            "title": said["severity"],
            "severity": said["word"].lower(),
            "id": said.get("url", "").rstrip("/").rpartition("/")[2] or said["severity"],
            "recommendation": f"Run {self._command}" if self._command else None,
            "findings": [{"paths": [" ".join(way.split()) for way in ways]}],
        }
