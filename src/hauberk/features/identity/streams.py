"""Event streams that stand open: of those that a process can hold, nobody takes all."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from hauberk.features.identity.caller import SignedIn
from hauberk.kit.errors import RateLimited

MOST_OF_ONE: Final = 100
"""Of one person, or one service account, in one process: more tabs than anybody reads."""
RETRY_SECONDS: Final = 30


class OpenStreams:
    """Of one process. The probe tenant is exempt: under load it stands for thousands of people."""

    def __init__(self) -> None:
        self._open: Counter[tuple[int, int | None, int | None]] = Counter()

    @contextmanager
    def one_more(self, caller: SignedIn) -> Iterator[None]:
        """While it stands open. Raises `RateLimited` when there are too many already."""
        actor = caller.actor
        who = (actor.organization_id, actor.user_id, actor.service_account_id)
        if self._open[who] >= MOST_OF_ONE and not caller.is_probe:
            raise RateLimited(
                RETRY_SECONDS,
                message=f"{MOST_OF_ONE} event streams are open for you already; close some of them.",
                code="too_many_streams",
            )
        self._open[who] += 1
        try:
            yield
        finally:
            self._open[who] -= 1
            if not self._open[who]:
                del self._open[who]
