"""Policies: within how many days what is found has to be settled."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hauberk.domain.severity import Severity

MAX_DAYS = 3650
GRADED = tuple(severity for severity in reversed(Severity) if severity is not Severity.UNKNOWN)
"""The severities that a policy speaks of, the worst first: of an unknown one it cannot say how urgent it is."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Days for each severity, none where there is no hurry; and for what is known to be exploited, if that is sooner.

    It is for assets that have one of `asset_tags`; without tags, for all.
    """

    asset_tags: Sequence[str]
    days: Mapping[Severity, int | None]
    known_exploited_days: int | None = None

    def applies_to(self, tags: Iterable[str]) -> bool:
        return not self.asset_tags or not set(self.asset_tags).isdisjoint(tags)

    def due_at(
        self, severity: Severity, since: datetime, *, is_known_exploited: bool = False
    ) -> datetime | None:
        """`since`: when it was first seen, or was there again after it had been gone."""
        given = [self.days.get(severity), self.known_exploited_days if is_known_exploited else None]
        days = [each for each in given if each is not None]
        return since + timedelta(days=min(days)) if days else None


def policy_for(policies: Iterable[Policy], tags: Sequence[str]) -> Policy | None:
    """The first one, in their order, that is for an asset with these tags."""
    return next((policy for policy in policies if policy.applies_to(tags)), None)
