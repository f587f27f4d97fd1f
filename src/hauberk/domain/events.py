"""Events: what has happened, told upwards; whoever cares says so with `@on(...)`.

Fields are JSON values, because an event that is handled after the commit waits in the outbox as JSON.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has happened in one organization."""

    organization_id: int


@dataclass(frozen=True, slots=True)
class FindingsChanged(Event):
    """Findings of one asset are new, different or gone; by this scan, or by something else (no scan)."""

    asset_id: int
    scan_id: int | None = None
    finding_ids: list[int] | None = None
    """Which, where they are few and known: whatever stands on none of them is as it was."""


@dataclass(frozen=True, slots=True)
class FindingsDecided(Event):
    """People said something of findings of one asset; of these, triage or severity is another one now."""

    asset_id: int
    finding_ids: list[int]


@dataclass(frozen=True, slots=True)
class AssetTagsChanged(Event):
    """An asset has other tags than before."""

    asset_id: int


@dataclass(frozen=True, slots=True)
class AliasesLearned(Event):
    """Somebody said something new about which names of vulnerabilities are one flaw."""


@dataclass(frozen=True, slots=True)
class AliasesGrouped(Event):
    """These names of vulnerabilities are one flaw with others than before."""

    names: list[str]


@dataclass(frozen=True, slots=True)
class ScanFinished(Event):
    """A scan has reached a state that it stays in until somebody acts: done, held, failed or cancelled."""

    scan_id: int
    state: str


@dataclass(frozen=True, slots=True)
class JobFailed(Event):
    """A job has failed for good."""

    job_id: int
    kind: str
    arguments: dict[str, Any]
    code: str
    message: str
    position: str | None = None


@dataclass(frozen=True, slots=True)
class JobCancelled(Event):
    """Somebody has cancelled a job before it was done."""

    job_id: int
    kind: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class JobRetried(Event):
    """Somebody has sent a failed or cancelled job on its way again."""

    job_id: int
    kind: str
    arguments: dict[str, Any]
