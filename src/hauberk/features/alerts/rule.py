"""What a built-in alert rule is. Its threshold is a setting, which an administrator can change in the product."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from hauberk.domain.alert import AlertSeverity
from hauberk.infra.settings import Settings


class Unit(StrEnum):
    """How a threshold is written."""

    SHARE = "share"
    SECONDS = "seconds"
    COUNT = "count"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Condition:
    """That a rule holds somewhere now. `about` tells conditions of one rule apart; it is stable while it holds."""

    about: str
    title: str
    summary: str
    value: float
    facts: tuple[tuple[str, str], ...] = ()
    severity: AlertSeverity | None = None
    """Instead of the rule's."""
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class Observation:
    """What a rule saw: the figure that the threshold is for, in words too, and where it holds."""

    value: float
    seen: str
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a rule is asked with: `material` is `Signals`, or an organization's acts."""

    material: Any
    threshold: float
    settings: Settings


Look = Callable[[Question], Observation]


@dataclass(frozen=True)
class Rule:
    """`setting` names the threshold in the settings section `alert`; `runbook` is a page of docs/runbooks."""

    name: str
    title: str
    meaning: str
    row: str
    severity: AlertSeverity
    setting: str
    unit: Unit
    runbook: str
    look: Look = field(repr=False)
    holds_for: timedelta = timedelta()
    """So long it must hold before anybody is told."""
    clears_after: timedelta = timedelta(minutes=1)
    """So long it must not hold any more before it is over."""
    deaf_at: float = math.inf
    """A threshold from where on it keeps quiet about what everybody notices without it."""
    is_least: bool = False
    """The threshold is the least that must be there, so that a lower one keeps quiet longer."""
    is_of_organization: bool = False
    """About what happens in one organization, and told to that one; others are about the installation."""

    def default_threshold(self, settings: Settings) -> float:
        return float(getattr(settings.alert, self.setting))

    def is_deaf(self, threshold: float) -> bool:
        """Whether it is as good as switched off."""
        return threshold <= self.deaf_at if self.is_least else threshold >= self.deaf_at

    @property
    def variable(self) -> str:
        return f"HAUBERK_ALERT_{self.setting.upper()}"


def by_name(rules: Sequence[Rule]) -> dict[str, Rule]:
    found = {rule.name: rule for rule in rules}
    if len(found) != len(rules):
        raise ValueError("two alert rules have one name")
    return found
