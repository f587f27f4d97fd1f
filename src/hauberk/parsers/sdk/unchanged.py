"""Elements of a report that the importer has seen before, word for word, and that need not be read again.

Most of a scan's report stands in the next one to the letter. The walker hashes the text of an element before it decodes
it; what the importer knows is passed over at the cost of finding where it ends. An element's text decides what is read
of it only together with what else the parser looks at: the parser tells that as `circumstances`, and nothing is passed
over before it has.
"""

from collections.abc import Iterator
from hashlib import blake2b
from struct import Struct
from typing import Protocol

import msgspec

from hauberk.parsers.sdk.json_text import Json, decode_text

NO_ELEMENT = 0
_NUMBER = Struct(">q")


class Importer(Protocol):
    """Whoever keeps what was read before."""

    def confirms(self, element: int) -> bool:
        """Whether this element is known and all that was read of it still stands; it is then noted as seen."""
        ...


class Unchanged:
    """`key` (16 to 64 secret bytes) keeps a report's author from making two elements alike; `version` is the readers'."""

    def __init__(self, importer: Importer, key: bytes, version: bytes) -> None:
        self._confirms = importer.confirms
        self._base = blake2b(version, digest_size=8, key=key, person=b"hauberk-element")
        self._told: blake2b | None = None
        self.element = NO_ELEMENT
        """The hash of the element that is being read; what is read of any other text carries NO_ELEMENT."""

    @property
    def is_told(self) -> bool:
        return self._told is not None

    def under(self, *circumstances: bytes) -> None:
        """What, besides an element's own text, decides what is read of it from here on."""
        self._told = self._base.copy()
        for each in circumstances:
            self._told.update(len(each).to_bytes(8, "big") + each)

    def forget(self) -> None:
        """Other circumstances begin, not known yet: nothing is passed over until `under`."""
        self._told = None
        self.element = NO_ELEMENT

    def depends_on_more(self) -> None:
        """What is read of the present element depends on something that was not told: it is not remembered."""
        self.element = NO_ELEMENT

    def sift(self, texts: list[msgspec.Raw]) -> Iterator[tuple[int, Json]]:
        """Place and value of each element that has to be read."""
        assert self._told is not None
        copy, confirms = self._told.copy, self._confirms
        for place, text in enumerate(texts):
            hashed = copy()
            hashed.update(text)
            (element,) = _NUMBER.unpack(hashed.digest())
            if confirms(element):
                continue
            self.element = element
            yield place, decode_text(text)
        self.element = NO_ELEMENT
