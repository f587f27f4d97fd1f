"""Node: a value of a report and where it stands."""

from msgspec import Struct

from hauberk.parsers.sdk.json_text import Json


class Node(Struct, frozen=True):
    """A value at a wanted path. `key` is its name or index in `container`."""

    pattern: str
    value: Json
    key: str | int
    container: str

    @property
    def position(self) -> str:
        if isinstance(self.key, int):
            return f"{self.container}[{self.key}]"
        return f"{self.container}.{self.key}" if self.container and self.key else self.container or self.key

    def __str__(self) -> str:
        return self.position
