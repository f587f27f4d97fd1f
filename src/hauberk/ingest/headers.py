"""What a report says of itself, put together from all that its parser yields: some yield a header with each host or row."""

from typing import Final

import msgspec

from hauberk.domain.reported import ReportHeader

MAX_TARGETS: Final = 100_000
MAX_IDENTIFIERS: Final = 32
_ADDING_UP: Final = {"targets", "identifiers"}
_NOTHING: Final = (None, False, ())


class Headers:
    """Later non-empty fields win; targets and identifiers add up, each once, in their order."""

    def __init__(self) -> None:
        self._said: dict[str, object] = {}
        self._targets: dict[str, None] = {}
        self._identifiers: dict[str, None] = {}

    def add(self, header: ReportHeader) -> None:
        for name in header.__struct_fields__:
            value = getattr(header, name)
            if value not in _NOTHING and name not in _ADDING_UP:
                self._said[name] = value
        _add(self._targets, header.targets, MAX_TARGETS)
        _add(self._identifiers, header.identifiers, MAX_IDENTIFIERS)

    def together(self) -> ReportHeader:
        said = self._said | {"targets": tuple(self._targets), "identifiers": tuple(self._identifiers)}
        return msgspec.structs.replace(ReportHeader(), **said)


def _add(known: dict[str, None], said: tuple[str, ...], most: int) -> None:
    for each in said:
        if len(known) >= most:
            return
        known[each] = None
