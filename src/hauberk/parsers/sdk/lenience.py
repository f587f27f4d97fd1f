"""Lenience: what exports, versions and hands change in a table or a document, forgiven once nothing fits as declared."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

FOR_EACH_MISSING = 4
"""Of so many names, one may be missing."""


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """`Plugin ID`, `plugin_id` and `PluginID` are one column."""
    return "".join(filter(str.isalnum, name.casefold())) or name


def count_of(wanted: Collection[str], cells: Collection[str]) -> int:
    """How many of the wanted columns a header names, however it writes them; 0 where too many are missing.

    One that is missing weighs more than one that is there: a format with all of its columns is more likely.
    """
    known = {folded(cell) for cell in cells}
    found = sum(folded(name) in known for name in wanted)
    missing = len(wanted) - found
    return max(found - 2 * missing, 0) if missing <= len(wanted) // FOR_EACH_MISSING else 0


class LenientRow(dict[str, str]):
    """A row whose columns go by the names that the parser wants; of these, one that is not there is empty.

    Columns that it may ask for beside them are found under any writing, too.
    """

    __slots__ = ("_by_folded",)

    def __init__(self, cells: dict[str, str], wanted: Collection[str]) -> None:
        names = {folded(name): name for name in wanted}
        super().__init__(dict.fromkeys(wanted, ""))
        self.update((names.get(folded(name), name), value) for name, value in cells.items())
        self._by_folded = {folded(name): value for name, value in self.items()}

    def __missing__(self, name: str) -> str:
        try:
            return self._by_folded[folded(name)]
        except KeyError:
            raise KeyError(name) from None

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else self._by_folded.get(folded(name), default)
