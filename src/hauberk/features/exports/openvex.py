"""OpenVEX, written: what has been decided about an asset, for whoever uses what is in it.

The same decisions are the same document, to the byte. What a supplier decided is told in the supplier's name and of the supplier's
time, so that the document, taken in again where it came from, decides nothing anew.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row

from hauberk.domain.aliases import names_of_one_flaw
from hauberk.domain.finding import Triage
from hauberk.domain.vex import VexStatus
from hauberk.features.findings.shape import instant

CONTEXT: Final = "https://openvex.dev/ns/v0.2.0"
JUSTIFICATIONS: Final = frozenset({
    "component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist",
})  # fmt: skip
NO_ACTION: Final = "No action has been decided yet."
_STATUSES: Final = {
    Triage.FALSE_POSITIVE: VexStatus.NOT_AFFECTED,
    Triage.IN_TRIAGE: VexStatus.UNDER_INVESTIGATION,
    Triage.CONFIRMED: VexStatus.AFFECTED,
    Triage.RISK_ACCEPTED: VexStatus.AFFECTED,
}


def document(rows: Iterable[Row[Any]], *, asset: str, author: str, now: datetime) -> dict[str, Any]:
    """`rows` are `DecisionRepository.of_asset`'s; `asset` its public id. Without any decision it is of `now`."""
    found = list(rows)
    statements = [each for row in found for each in _statements(row, asset)]
    newest = max((row.decided_at for row in found), default=now)
    return {
        "@context": CONTEXT,
        "@id": f"urn:hauberk:vex:{asset}",
        "author": author,
        "timestamp": instant(newest),
        "version": int(newest.timestamp()),
        "statements": statements,
    }


def _statements(row: Row[Any], asset: str) -> Iterator[dict[str, Any]]:
    """One for each vulnerability, about each part of the asset that carries it."""
    aliases = names_of_one_flaw(row.identifiers) if len(row.names) == 1 else ()
    for name in row.names:
        others = [each for each in aliases if each != name]
        yield {
            "vulnerability": {"name": name} | ({"aliases": others} if others else {}),
            "timestamp": instant(row.stated_at or row.decided_at),
            "products": [
                {
                    "@id": f"urn:hauberk:asset:{asset}",
                    "subcomponents": [{"@id": purl} for purl in row.purls],
                }
            ],
            **_word(row),
        }


def _word(row: Row[Any]) -> dict[str, Any]:
    triage = Triage.of_code(row.triage)
    said: dict[str, Any] = {"status": _STATUSES[triage].value}
    if row.is_by_supplier:
        reason, action = row.impact, row.action
        if row.author:
            said["supplier"] = row.author
    else:
        reason, action = row.reason, None
    # The format has a justification only of what is not affected.
    if triage is Triage.FALSE_POSITIVE and row.justification in JUSTIFICATIONS:
        said["justification"] = row.justification
    elif row.justification:
        reason = "\n\n".join(filter(None, (row.justification, reason)))
    match triage:
        case Triage.RISK_ACCEPTED:
            said["action_statement"] = f"The risk is accepted: {reason}"
        case Triage.CONFIRMED:
            said["action_statement"] = action or NO_ACTION
    if reason and triage is not Triage.RISK_ACCEPTED:
        said["impact_statement" if triage is Triage.FALSE_POSITIVE else "status_notes"] = reason
    elif triage is Triage.FALSE_POSITIVE and "justification" not in said:
        said["impact_statement"] = "It was decided without further reasons."
    return said
