"""Public ids: a type prefix and thirteen letters that hide how many rows there are.

`fnd_3v0q…` is the row number through a keyed 64-bit permutation (a Feistel network over blake2b), written in
Crockford's base32. It needs no column and no look-up; a wrong prefix or a guessed id is simply not found.
"""

from functools import lru_cache
from hashlib import blake2b

from hauberk.kit.errors import NotFound

MIN_KEY_BYTES = 16
MAX_NUMBER = 2**63 - 1
MAX_REMEMBERED = 50_000
"""Ids that a process has spelled: pages show the same findings, assets and people again and again."""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_LENGTH = 13
_ROUNDS = 6
_HALF = 0xFFFF_FFFF
_BLOCK_BITS = 64


class PublicIds:
    """Row numbers (positive, 63 bits) to public ids and back, under one key that is never rotated."""

    def __init__(self, key: bytes) -> None:
        if len(key) < MIN_KEY_BYTES:
            raise ValueError(f"the key of public ids needs at least {MIN_KEY_BYTES} bytes, not {len(key)}")
        self._key = key[:64]
        self._rounds: dict[str, list[blake2b]] = {}
        self._spelled = lru_cache(MAX_REMEMBERED)(self._permuted)

    def encode(self, prefix: str, number: int) -> str:
        return self._spelled(prefix, number)

    def _permuted(self, prefix: str, number: int) -> str:
        if not 0 < number <= MAX_NUMBER:
            raise ValueError(f"{number} is not a row number")
        left, right = number >> 32, number & _HALF
        for step in self._steps(prefix):
            left, right = right, left ^ _mix(step, right)
        return f"{prefix}_{_spell(left << 32 | right)}"

    def decode(self, prefix: str, text: str) -> int:
        head, separator, letters = text.rpartition("_")
        block = _read(letters)
        if not separator or head != prefix or block is None:
            raise NotFound(prefix, text[:80])
        left, right = block >> 32, block & _HALF
        for step in reversed(self._steps(prefix)):
            left, right = right ^ _mix(step, left), left
        number = left << 32 | right
        if not 0 < number <= MAX_NUMBER:
            raise NotFound(prefix, text[:80])
        return number

    def _steps(self, prefix: str) -> list[blake2b]:
        """Each type has its own permutation: equal row numbers of two types do not look alike."""
        steps = self._rounds.get(prefix)
        if steps is None:
            steps = [
                blake2b(
                    bytes([number]) + prefix.encode(), key=self._key, digest_size=4, person=b"hauberk.ids"
                )
                for number in range(_ROUNDS)
            ]
            self._rounds[prefix] = steps
        return steps


def _mix(step: blake2b, half: int) -> int:
    digest = step.copy()
    digest.update(half.to_bytes(4, "big"))
    return int.from_bytes(digest.digest(), "big")


def _spell(block: int) -> str:
    return "".join(_ALPHABET[block >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))


def _read(letters: str) -> int | None:
    """The block that is spelled exactly so: one number has one spelling, or caches and logs would see several."""
    if len(letters) != _LENGTH or any(letter not in _VALUES for letter in letters):
        return None
    block = 0
    for letter in letters:
        block = block << 5 | _VALUES[letter]
    return block if block >> _BLOCK_BITS == 0 else None
