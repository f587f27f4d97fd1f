"""Passwords: which are accepted, and their argon2id hashes, made off the event loop with a bound on how many at once.

46 MiB, one pass, one lane: a quarter of a second on a small machine. More than two at a time would take all of it,
so the rest waits in a short queue, and what does not fit in there is told to come back.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hauberk.kit.errors import Invalid, Unavailable

Result = TypeVar("Result")

MIN_CHARS = 15
MAX_CHARS = 128
AT_ONCE = 2
MAX_WAITING = 20

# Of the commonest passwords in published leaks, those that are long enough to be refused only by a list.
COMMON = frozenset(
    [
        "passwordpassword",
        "password12345678",
        "password123456789",
        "123456789012345",
        "1234567890123456",
        "12345678901234567890",
        "111111111111111",
        "000000000000000",
        "qwertyuiopasdfgh",
        "qwertyuiopasdfghjkl",
        "qwertyuiopasdfghjklzxcvbnm",
        "qwertyqwertyqwerty",
        "1qaz2wsx3edc4rfv",
        "1qaz2wsx3edc4rfv5tgb",
        "q1w2e3r4t5y6u7i8",
        "abcdefghijklmno",
        "abcdefghijklmnop",
        "abcdefghijklmnopqrstuvwxyz",
        "aaaaaaaaaaaaaaa",
        "iloveyouiloveyou",
        "letmeinletmeinletmein",
        "welcomewelcome1",
        "administrator123",
        "administratoradministrator",
        "adminadminadmin",
        "changemechangeme",
        "changeme12345678",
        "correcthorsebatterystaple",
        "thequickbrownfox",
        "passw0rdpassw0rd",
        "p@ssw0rdp@ssw0rd",
        "hauberkhauberkhauberk",
        "securitysecurity",
        "defaultpassword1",
        "temporarypassword",
        "supersecretpassword",
    ]
)


def check(password: str, *, pointer: str, minimum: int = MIN_CHARS) -> None:
    """Raises `Invalid`. Length is what counts; there are no composition rules."""
    if len(password) < minimum:
        raise Invalid([(pointer, f"A password needs at least {minimum} characters.")])
    if len(password) > MAX_CHARS:
        raise Invalid([(pointer, f"A password has at most {MAX_CHARS} characters.")])
    if password.lower() in COMMON or len(set(password)) < 4:
        raise Invalid([(pointer, "This password is one of the first that an attacker tries; take another.")])


class Passwords:
    """Hashes and checks, at most `AT_ONCE` together."""

    def __init__(self, *, memory_kib: int = 47_104, passes: int = 1) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        return await self._run(self._hasher.hash, password)

    def hash_now(self, password: str) -> str:
        """For commands, which have no event loop to keep free."""
        return self._hasher.hash(password)

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """False after the same work when there is no hash: the time tells nobody whether the person exists."""
        if self._nobody is None:
            self._nobody = await self.hash("nobody has this password")
        matches = await self._run(self._matches, password_hash or self._nobody, password[: MAX_CHARS + 1])
        return matches and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[..., Result], *arguments: str) -> Result:
        if self._waiting >= MAX_WAITING:
            raise Unavailable("Too many people are signing in just now; try again.", retry_after=5)
        self._waiting += 1
        try:
            async with self._slots:
                return await asyncio.to_thread(work, *arguments)
        finally:
            self._waiting -= 1
