"""Alerts: how grave one is, and the notice that tells people and programs of it. An alert is about the installation or
about what happens in an organization; what a scanner found is a finding."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self


class AlertSeverity(StrEnum):
    """In order: somebody is called at any hour; somebody looks during the day; nobody needs to act."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 is the gravest."""
        return list(AlertSeverity).index(self)

    def reaches(self, least: "AlertSeverity") -> bool:
        """Whether it is at least as grave."""
        return self.rank <= least.rank


class NoticeEvent(StrEnum):
    """What has happened to the alert that a notice tells of."""

    TRIGGERED = "triggered"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told of an alert. `dedup_key` is the same from trigger to resolve, so that receivers put them together.

    `title` and `text` may hold words of users and scanners: whoever renders it escapes for its own medium.
    """

    event: NoticeEvent
    dedup_key: str
    rule: str
    severity: AlertSeverity
    title: str
    text: str
    source: str
    started_at: datetime
    url: str
    runbook_url: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    is_test: bool = False

    @property
    def headline(self) -> str:
        """One line, which says first what has happened."""
        mark = "[Test] " if self.is_test else ""
        happened = {
            NoticeEvent.TRIGGERED: self.severity.value.capitalize(),
            NoticeEvent.ACKNOWLEDGED: "Acknowledged",
            NoticeEvent.RESOLVED: "Resolved",
        }[self.event]
        return f"{mark}{happened}: {self.title}"

    def to_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "started_at": self.started_at.isoformat(),
            "facts": [list(each) for each in self.facts],
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        return cls(
            **{
                **value,
                "event": NoticeEvent(value["event"]),
                "severity": AlertSeverity(value["severity"]),
                "started_at": datetime.fromisoformat(value["started_at"]),
                "facts": tuple((name, text) for name, text in value["facts"]),
            }
        )
