"""Tables that tools draw on a terminal, with lines between their cells; equal cells below each other may be drawn as one."""

import re
from collections.abc import Iterable, Iterator

Row = dict[str, str]

_OF_RULES = frozenset("╭╮╰╯┌┐└┘├┤┬┴┼─│+|=- \t\r")
_CELLS = re.compile(r"\s*(?P<edge>[│|]).*[│|]\s*")
_EDGES = re.compile(r"[╭╮╰╯┌┐└┘├┤┬┴┼│+|]")


def parts(lines: Iterable[str], *, key: str | None = None) -> Iterator[str | Row]:
    """A table's rows by the name of their column, in capitals, and the lines that stand between tables.

    Where no line parts the rows, `key` names a column that only the first line of each fills.
    """
    table = _Table(key)
    for line in lines:
        if _is_rule(line):
            yield from table.rows()
            table.drawn = [bool(part.strip()) for part in _EDGES.split(line.strip())[1:-1]]
        elif match := _CELLS.fullmatch(line):
            table.add(line.strip()[1:-1], match["edge"])
        else:
            yield from table.rows()
            table = _Table(key)
            yield line
    yield from table.rows()


class _Table:
    """One table, as far as it was read."""

    def __init__(self, key: str | None) -> None:
        self._key = key
        self._names: list[str] = []
        self._above: list[str] = []
        self._cells: list[list[str]] = []  # line by line, since the last rule
        self.drawn: list[bool] = []
        """Where that rule parts what follows from what is above it."""

    def add(self, line: str, edge: str) -> None:
        self._cells.append(line.split(edge, len(self._names) - 1 if self._names else -1))

    def rows(self) -> Iterator[Row]:
        """What stands above a rule: the names first."""
        cells, self._cells = self._cells, []
        if cells and not self._names:
            self._names = [name.upper() for name in _joined(cells)]
        elif cells:
            for row in _rows(cells, self._names.index(self._key) if self._key in self._names else None):
                self._above = _completed(_joined(row), self._above, self.drawn)
                yield dict(zip(self._names, self._above, strict=False))


def _is_rule(line: str) -> bool:
    """A drawn line, also where it is broken: `│         ├────────┤          │`."""
    is_drawn = "──" in line or "--" in line or "==" in line
    return is_drawn and _OF_RULES.issuperset(line) and line.lstrip()[:1] in "╭╰┌└├│+|"


def _rows(cells: list[list[str]], key: int | None) -> Iterator[list[list[str]]]:
    """The lines between two rules: of one row, or of as many as fill the key."""
    first = 0
    for number, line in enumerate(cells):
        if key is not None and number > first and key < len(line) and line[key].strip():
            yield cells[first:number]
            first = number
    yield cells[first:]


def _joined(cells: list[list[str]]) -> list[str]:
    """A cell of several lines as one."""
    width = max(map(len, cells))
    return [
        " ".join(part for each in cells if column < len(each) and (part := each[column].strip()))
        for column in range(width)
    ]


def _completed(row: list[str], above: list[str], drawn: list[bool]) -> list[str]:
    """An empty cell that no line parts from the one above says the same."""
    completed = list(row)
    for column, (cell, said, is_parted) in enumerate(zip(row, above, drawn, strict=False)):
        if not cell and not is_parted:
            completed[column] = said
    return completed
