"""Waiting for transactions that began to write before: what they have read may be older than what is committed by now.

Who changes what others copy finds the copies that are committed. Those of a transaction that read before the change and
commits after it are found only once it has ended; to lock what everybody reads instead would cost every import.
"""

import time
from collections.abc import Callable
from typing import Final

from sqlalchemy import Engine, text

from hauberk.db.session import transaction
from hauberk.kit.errors import Unavailable

MAX_SECONDS: Final = 900.0
_FIRST_SECONDS: Final = 0.02
_LONGEST_SECONDS: Final = 1.0
# A number above those of all transactions that have written until now; and whether all below it have ended.
_NOW: Final = text("select cast(cast(pg_current_xact_id() as text) as int8)")
_OLDEST: Final = text("select cast(cast(pg_snapshot_xmin(pg_current_snapshot()) as text) as int8)")


def outwait(engine: Engine, check: Callable[[], None]) -> None:
    """Returns when every transaction that has begun to write by now has ended. `check` may raise meanwhile."""
    with transaction(engine) as connection:
        now: int = connection.execute(_NOW).scalar_one()
    deadline, seconds = time.monotonic() + MAX_SECONDS, _FIRST_SECONDS
    while True:
        with transaction(engine) as connection:
            if connection.execute(_OLDEST).scalar_one() >= now:
                return
        if time.monotonic() > deadline:
            raise Unavailable("Another transaction goes on for too long; it is tried again.")
        check()
        time.sleep(seconds)
        seconds = min(2 * seconds, _LONGEST_SECONDS)
