"""The keys of the query language: what each takes as value, and whether values have an order.

`docs/guides/query-language.md` explains them; a test holds both lists equal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from hauberk.domain.finding import FindingKind, Presence, Triage
from hauberk.domain.query import values
from hauberk.domain.query.values import Reader
from hauberk.domain.severity import Severity
from hauberk.domain.vex import VexStatus

NEW_FOR = timedelta(days=7)
"""How long after it was first seen a finding counts as `is:new` in lists."""

STATES = ("open", "active", "inactive", "reopened", "new", "overdue", "assigned")
STATES_OF_NOW = frozenset({"new", "overdue"})
"""What comes to be so, and ceases to be, without anybody doing anything."""
POSSESSIONS = ("assignee", "fix", "comment")


@dataclass(frozen=True, slots=True)
class Key:
    """`compares`: takes < <= > >=; `matches`: takes `:`."""

    read: Reader
    compares: bool = False
    matches: bool = True


KEYS: dict[str, Key] = {
    "severity": Key(values.vocabulary(Severity), compares=True),
    "triage": Key(values.vocabulary(Triage)),
    "vex": Key(values.vocabulary(VexStatus)),
    "presence": Key(values.vocabulary(Presence)),
    "kind": Key(values.vocabulary(FindingKind)),
    "is": Key(values.one_of(STATES)),
    "has": Key(values.one_of(POSSESSIONS)),
    "scanner": Key(values.lowered),
    "asset": Key(values.text),
    "asset.tag": Key(values.text),
    "asset.kind": Key(values.lowered),
    "ref": Key(values.text),
    "scan": Key(values.text),
    "introduced": Key(values.text),
    "change": Key(values.text),
    "id": Key(values.text),
    "cve": Key(values.identifier),
    "vulnerability": Key(values.text),
    "rule": Key(values.text),
    "cwe": Key(values.weakness),
    "path": Key(values.text),
    "component": Key(values.text),
    "package": Key(values.text),
    "purl": Key(values.text),
    "tag": Key(values.text),
    "assignee": Key(values.lowered),
    "epss": Key(values.number, compares=True),
    "cvss": Key(values.number, compares=True),
    "priority": Key(values.whole_number, compares=True),
    "known_exploited": Key(values.yes_or_no),
    "fix": Key(values.yes_or_no),
    "age": Key(values.duration, compares=True, matches=False),
    "due": Key(values.duration, compares=True, matches=False),
    "first_seen": Key(values.day_or_instant, compares=True),
    "last_seen": Key(values.day_or_instant, compares=True),
}


def speaks_of_now(key: str, words: Iterable[object]) -> bool:
    """Whether it finds other things a minute later though nothing has changed: durations are counted from now."""
    return KEYS[key].read is values.duration or (key == "is" and not STATES_OF_NOW.isdisjoint(words))
