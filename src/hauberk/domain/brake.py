"""The brake: when a scan would close suspiciously much, its closings wait for a person."""

from dataclasses import dataclass
from typing import Final

MIN_CLOSED: Final = 5
MAX_SHARE: Final = 0.20


@dataclass(frozen=True)
class Closing:
    """What a scan would close, and in what circumstances. Counts are open occurrences of its scope."""

    would_close: int
    open_before: int
    reported: int
    previous_tool_version: str | None
    tool_version: str | None
    coverage_changed: bool = False
    unreadable: int = 0
    """Results of the report that could not be read: what is gone may be among them."""
    is_blank: bool = False
    """The report's file is empty, which is also what a scanner leaves that broke off before it wrote."""


def held_because(closing: Closing) -> str | None:
    """Why the closings are held back, in a sentence; None when they may go ahead."""
    count = closing.would_close
    if count and (doubt := _doubt(closing)):
        return doubt
    if count < MIN_CLOSED:
        return None
    if closing.reported == 0:
        return f"The report is empty, and {count} open results would close."
    if count > MAX_SHARE * closing.open_before:
        share = round(100 * count / closing.open_before)
        return f"{count} of {closing.open_before} open results ({share} %) would close."
    if change := _change(closing):
        return f"{change}, and {count} open results would close."
    return None


def _doubt(closing: Closing) -> str | None:
    """Why not even one may close unasked."""
    count = closing.would_close
    if closing.unreadable:
        return (
            f"{closing.unreadable} results of the report could not be read;"
            f" {count} open results that would close may be among them."
        )
    if closing.is_blank:
        return f"The file is empty, as of a scan that found nothing or broke off; {count} open results would close."
    return None


def _change(closing: Closing) -> str | None:
    before, now = _major(closing.previous_tool_version), _major(closing.tool_version)
    if before is not None and now is not None and before != now:
        return f"The scanner's major version changed from {before} to {now}"
    if closing.coverage_changed:
        return "The report covers other targets than the one before"
    return None


def _major(version: str | None) -> str | None:
    if not version:
        return None
    return version.lstrip("vV").split(".")[0] or None
