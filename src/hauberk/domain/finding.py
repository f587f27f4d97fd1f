"""What a finding is: its kind, whether it is present (machine-owned) and what people say of it (human-owned)."""

from enum import StrEnum
from typing import Final


class FindingKind(StrEnum):
    """The kind decides how a finding is identified (`domain.fingerprint`); `code` is what tables store."""

    SCA = "sca"
    CONTAINER = "container"
    SAST = "sast"
    SECRET = "secret"  # noqa: S105 — a kind of finding
    DAST = "dast"
    INFRASTRUCTURE = "infrastructure"
    CLOUD = "cloud"
    IAC = "iac"
    MANUAL = "manual"

    @property
    def code(self) -> int:
        return _KIND_CODES[self]

    @classmethod
    def of_code(cls, code: int) -> "FindingKind":
        return _KINDS[code]


_KINDS = tuple(FindingKind)  # append only: the position is stored
_KIND_CODES = {kind: code for code, kind in enumerate(_KINDS)}


class Presence(StrEnum):
    """Active while at least one occurrence on a tracked ref is open. Only imports change it."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class Triage(StrEnum):
    """What people decided about a finding. Only people (and new places) change it."""

    OPEN = "open"
    IN_TRIAGE = "in_triage"
    CONFIRMED = "confirmed"
    FALSE_POSITIVE = "false_positive"
    RISK_ACCEPTED = "risk_accepted"
    DUPLICATE = "duplicate"

    @property
    def code(self) -> int:
        return _TRIAGE_CODES[self]

    @property
    def is_undecided(self) -> bool:
        """Still work to do: what `is:open` means beside being active."""
        return self.code <= _TRIAGE_CODES[Triage.CONFIRMED]

    @property
    def needs_reason(self) -> bool:
        return self in (Triage.FALSE_POSITIVE, Triage.RISK_ACCEPTED)

    @classmethod
    def of_code(cls, code: int) -> "Triage":
        return _TRIAGES[code]


LAST_UNDECIDED: Final = 2
"""The last triage code that still is work: open, in_triage, confirmed."""


_TRIAGES = tuple(Triage)  # append only: the position is stored
_TRIAGE_CODES = {triage: code for code, triage in enumerate(_TRIAGES)}
