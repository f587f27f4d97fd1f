"""Policies: within how many days what is found has to be settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hauberk.domain.severity import Severity

MAX_DAYS = 3650
GRADED = tuple(severity for severity in reversed(Severity) if severity is not Severity.UNKNOWN)
"""The severities that a policy speaks of, the worst first: of an unknown one it cannot say how urgent it is."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Days for each severity, none where there is no hurry; and for what is known to be exploited, if that is sooner.

    It is for assets that have one of `asset_tags`; without tags, for all. `ingest.due_dates` says in SQL what follows.
    """

    asset_tags: Sequence[str]
    days: Mapping[Severity, int | None]
    known_exploited_days: int | None = None
