"""What was proved before, and may be relied on: records of drills, tests and benchmarks, and what people attested."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from hauberk.infra.readiness import build
from hauberk.infra.readiness.answer import Answer, Kind, failed, passed, skipped
from hauberk.kit import clock

MAX_AGE: Final = timedelta(days=30)
AHEAD: Final = timedelta(minutes=15)


class RecordKind(StrEnum):
    DRILL = "drill"
    TEST = "test"
    BENCH = "bench"


@dataclass(frozen=True, slots=True)
class Record:
    """That something was tried: when, by which build, how it ended, and the figures measured."""

    kind: RecordKind
    name: str
    has_passed: bool
    evidence: str
    started_at: datetime
    finished_at: datetime
    build: str
    source: str
    figures: Mapping[str, Any] = field(default_factory=dict)

    def signed_text(self) -> bytes:
        """What the signature is of."""
        values = {
            "kind": self.kind.value,
            "name": self.name,
            "has_passed": self.has_passed,
            "evidence": self.evidence,
            "started_at": self.started_at.timestamp(),
            "finished_at": self.finished_at.timestamp(),
            "build": self.build,
            "source": self.source,
            "figures": dict(self.figures),
        }
        return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Attestation:
    """What a person says is so, and until when that holds."""

    row: str
    person: str
    statement: str
    attested_at: datetime
    expires_at: datetime
    flaw: str = ""
    """Why nothing that was said counts, in a sentence."""


class Records(Protocol):
    """What an installation keeps of them; a record that was changed or taken away has failed. `such`: of those alone."""

    async def newest(
        self, kind: RecordKind, name: str, such: Callable[[Record], bool] | None = None
    ) -> Record | None: ...

    async def attestation(self, row: str) -> Attestation | None: ...


class NoRecords:
    """Of a site that is only seen from outside."""

    async def newest(
        self,
        kind: RecordKind,  # noqa: ARG002
        name: str,  # noqa: ARG002
        such: Callable[[Record], bool] | None = None,  # noqa: ARG002
    ) -> Record | None:
        return None

    async def attestation(self, row: str) -> Attestation | None:  # noqa: ARG002
        return None


def flaw(record: Record | None, max_age: timedelta = MAX_AGE) -> str | None:
    """Why it proves nothing now, if so: not there, of another build, or too old."""
    if record is None:
        return "Not on record"
    if record.source != build.source_hash():
        return f"Evidence of another build ({record.build}, {record.source[:12]})"
    age = clock.now() - record.finished_at
    if age < -AHEAD:
        return "The record is of a time that has not come: a clock is wrong"
    if age > max_age:
        return f"The record is {age.days} days old, {max_age.days} are allowed"
    return None


def answer_from(record: Record | None, *, how: str, max_age: timedelta = MAX_AGE) -> Answer:
    """A valid record answers as it ended; anything else is SKIP. `how` says how to make a new one."""
    why = flaw(record, max_age)
    if record is None or why is not None:
        return skipped(f"{why}.", how, kind=Kind.RECORD)
    seen = f"{record.kind.value.capitalize()} {record.name} of {record.finished_at:%Y-%m-%d %H:%M}: {record.evidence}"
    if not record.has_passed:
        return failed(seen, f"Mend what failed. {how}", kind=Kind.RECORD)
    return passed(seen, kind=Kind.RECORD)
