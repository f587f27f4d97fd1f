"""What became of a report: the outcome of its import, as its scan keeps it."""

from datetime import datetime
from typing import Any

import msgspec

from hauberk.domain.fingerprint import IDENTITY_VERSION
from hauberk.ingest.compare import Tally
from hauberk.ingest.divide import Division
from hauberk.ingest.reading import Outcome
from hauberk.ingest.scope import Scope


class Applied(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The outcome of an import, as it is stored on its scan."""

    asset_id: int | None = None
    scope_id: int | None = None
    format: str
    scanner: str
    tool_version: str | None = None
    scanned_at: datetime
    is_partial: bool = False
    covered_targets: list[str] | None = None
    counts: dict[str, Any]
    problems: list[dict[str, str]] = []
    held: dict[str, Any] | None = None
    superseded_by: int | None = None

    @property
    def is_complete(self) -> bool:
        """Whether what it did not report is closed."""
        return not self.is_partial and self.held is None

    def columns(self) -> dict[str, Any]:
        """What its scan's row says of it."""
        told = {name: getattr(self, name) for name in self.__struct_fields__}
        return told | {"identity_version": IDENTITY_VERSION}


def told_late(scope: Scope, at: datetime) -> dict[str, str]:
    said = f"This report is of {at:%Y-%m-%d %H:%M} UTC, and one of {scope.last_scan_at:%Y-%m-%d %H:%M} UTC of the same series counts already: it"
    return {"position": "", "reason": f"{said} opens, changes and closes nothing."}


def counts_of_history(tally: Tally) -> dict[str, Any]:
    """An older report than the scope's newest changes nothing, whatever it holds."""
    nothing = dict.fromkeys(("new", "moved", "changed", "reopened", "closed"), 0)
    return {
        "reported": tally.reported,
        **nothing,
        "unchanged": tally.reported - tally.folded - tally.suppressed,
        "suppressed": tally.suppressed,
        "folded": tally.folded,
        "findings": {"new": 0, "reopened": 0, "closed": 0},
    }


def problems_of(outcome: Outcome | Division, *further: str | None) -> list[dict[str, str]]:
    problems = [{"position": each.position, "reason": each.reason} for each in outcome.problems]
    if outcome.problem_count > len(problems):
        more = outcome.problem_count - len(problems)
        problems.append({"position": "", "reason": f"{more} more results could not be read."})
    return problems + [{"position": "", "reason": reason} for reason in further if reason is not None]
