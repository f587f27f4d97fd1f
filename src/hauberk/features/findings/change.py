"""A change that a person makes to findings: what he may say together, and what each field needs."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

from hauberk.domain.finding import Triage
from hauberk.domain.severity import Severity
from hauberk.kit.errors import Invalid

MAX_TAGS: Final = 100


class Change(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is unset stays as it is. Row numbers inside; a job carries it as JSON."""

    triage: Triage | UnsetType = UNSET
    reason: str | None = None
    covers_all_places: bool = False
    duplicate_of_id: int | UnsetType | None = UNSET
    assignee_id: int | UnsetType | None = UNSET
    severity: Severity | UnsetType | None = UNSET
    severity_reason: str | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found

    @classmethod
    def of_json(cls, values: Mapping[str, Any]) -> "Change":
        return msgspec.convert(values, cls)

    def tagged(self, tags: Sequence[str]) -> list[str]:
        """A finding's tags with this change: others are never replaced, and where they are too many they stay as they are."""
        kept = [tag for tag in tags if tag not in self.remove_tags]
        found = [*kept, *(tag for tag in self.add_tags if tag not in kept)]
        return found if len(found) <= MAX_TAGS else list(tags)


def checked(change: Change, *, pointer: str = "") -> Change:
    """The change with what it implies; `Invalid` names every field that is missing or does not fit, below `pointer`."""
    if isinstance(change.duplicate_of_id, int) and change.triage is UNSET:
        change = msgspec.structs.replace(change, triage=Triage.DUPLICATE)
    wrong = [*_triage_errors(change), *_severity_errors(change), *_tag_errors(change)]
    is_tagging = change.add_tags or change.remove_tags
    others = {change.triage, change.duplicate_of_id, change.assignee_id, change.severity}
    if not wrong and not is_tagging and others == {UNSET}:
        wrong = [("", "Name at least one thing to change.")]
    if wrong:
        raise Invalid([(f"{pointer}{where}", message) for where, message in wrong])
    return change


def _triage_errors(change: Change) -> list[tuple[str, str]]:
    if change.triage is UNSET:
        return [("/reason", "A reason belongs to a triage; send both.")] if change.reason else []
    found = []
    if change.triage.needs_reason and not change.reason:
        found.append(("/reason", f"The triage {change.triage} needs a reason."))
    if isinstance(change.duplicate_of_id, int) and change.triage is not Triage.DUPLICATE:
        found.append(("/duplicate_of", f"A finding with the triage {change.triage} is no duplicate."))
    return found


def _severity_errors(change: Change) -> list[tuple[str, str]]:
    if isinstance(change.severity, Severity) and not change.severity_reason:
        return [("/severity_reason", "Another severity than the scanner's needs a reason.")]
    if change.severity is UNSET and change.severity_reason:
        return [("/severity", "A severity reason belongs to a severity; send both.")]
    return []


def _tag_errors(change: Change) -> list[tuple[str, str]]:
    if both := sorted({*change.add_tags} & {*change.remove_tags}):
        return [("/remove_tags", f"The tag {both[0]} is to be added as well; say one.")]
    return []
