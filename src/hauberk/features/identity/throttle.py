"""The throttle of sign-ins: attempts are counted in the database before the password is looked at, so that many at once
gain nothing and no cache loss forgets them. Counting and looking are one step, in which each waits for the other.

By account and address together, then by address, then by account over all addresses: the last is so wide that nobody
can lock somebody else out by a handful of wrong passwords.
"""

from datetime import timedelta

from hauberk.features.identity import counting
from hauberk.features.identity.context import Context
from hauberk.features.identity.repository import CredentialRepository
from hauberk.kit.errors import RateLimited
from hauberk.kit.network import network_of

WINDOW = timedelta(minutes=15)
PER_ACCOUNT_AND_ADDRESS = 10
PER_ADDRESS = 50
PER_ACCOUNT = 100
GUESSES_PER_ADDRESS = 500


def _subjects(email: str, address: str) -> dict[str, int]:
    address = network_of(address)
    return {
        f"account:{email}:{address}": PER_ACCOUNT_AND_ADDRESS,
        f"address:{address}": PER_ADDRESS,
        f"account:{email}": PER_ACCOUNT,
    }


async def count(context: Context, *, email: str, address: str) -> None:
    """Counts an attempt, in a transaction of its own that no other refusal rolls back; raises `RateLimited` beyond a limit.

    That one is not counted, or whoever is kept out here could keep the person out everywhere else.
    """
    async with context.sessions.transaction() as db:
        credentials = CredentialRepository(db)
        for subject, limit in _subjects(email, address).items():
            if await credentials.failed(subject, WINDOW) > limit:
                _, retry_after = await credentials.failures(subject, WINDOW)
                counting.count("login", "throttled")
                raise RateLimited(
                    retry_after,
                    message="Too many attempts to sign in; wait, or use another way.",
                    code="throttled",
                )


async def count_guess(context: Context, address: str) -> None:
    """A token that is none: counted by address, so that whoever tries many is told so and seen."""
    subject = f"token:{network_of(address)}"
    async with context.sessions.transaction() as db:
        guesses = await CredentialRepository(db).failed(subject, WINDOW)
    if guesses > GUESSES_PER_ADDRESS:
        counting.count("token", "throttled")
        raise RateLimited(
            int(WINDOW.total_seconds()),
            message="Too many unknown tokens from this address.",
            code="throttled",
        )


async def forgive(context: Context, *, email: str, address: str) -> None:
    """The attempt was right: it counts for nothing, and neither do the wrong ones of this person from here."""
    pair, *others = _subjects(email, address)
    async with context.sessions.transaction() as db:
        credentials = CredentialRepository(db)
        await credentials.succeeded(pair)
        for subject in others:
            await credentials.forgiven(subject)
