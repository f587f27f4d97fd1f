"""What scanners do to their output from one report to the next, though the findings stay the same."""

import random
from collections.abc import Callable
from typing import Final

import msgspec

from hauberk.domain.reported import Cvss, ReportedFinding
from hauberk.domain.severity import Severity

Change = Callable[[list[ReportedFinding]], list[ReportedFinding]]

replace = msgspec.structs.replace


def repeated(findings: list[ReportedFinding]) -> list[ReportedFinding]:
    return findings


def shuffled(findings: list[ReportedFinding]) -> list[ReportedFinding]:
    return random.Random(7).sample(findings, len(findings))  # noqa: S311 — the same order each time


def reworded(findings: list[ReportedFinding]) -> list[ReportedFinding]:
    return [
        replace(
            finding,
            title=finding.title if names_only_by_title(finding) else f"Reworded: {finding.title}",
            description="Other words.",
            remediation="Other advice.",
            references=(),
        )
        for finding in findings
    ]


def names_only_by_title(finding: ReportedFinding) -> bool:
    """It has neither rule nor identifier nor weakness: its title is the only name it has (ADR 5)."""
    named = finding.rule_id or finding.identifiers or finding.cwes or finding.rule_name
    return not named or (finding.kind == "manual" and not finding.stable_id)


def rescored(findings: list[ReportedFinding]) -> list[ReportedFinding]:
    return [
        replace(finding, severity=Severity.LOW, severity_reported="meh", cvss=(Cvss(score=1.0),), epss=0.5)
        for finding in findings
    ]


def shifted(findings: list[ReportedFinding]) -> list[ReportedFinding]:
    """Twenty lines were added above everything."""
    return [
        replace(
            finding,
            locations=tuple(
                replace(
                    place,
                    line=None if place.line is None else place.line + 20,
                    end_line=None if place.end_line is None else place.end_line + 20,
                )
                for place in finding.locations
            ),
        )
        for finding in findings
    ]


def bumped(findings: list[ReportedFinding]) -> list[ReportedFinding]:
    """Every package has another version that is as vulnerable."""
    return [
        replace(
            finding,
            components=tuple(
                replace(part, version="99.0", purl=_with_version(part.purl, "99.0"))
                for part in finding.components
            ),
        )
        for finding in findings
    ]


def _with_version(purl: str | None, version: str) -> str | None:
    if purl is None or "@" not in purl.rpartition("/")[2]:
        return purl
    head, _, tail = purl.rpartition("@")
    marks = min((tail.index(mark) for mark in "?#" if mark in tail), default=len(tail))
    return f"{head}@{version}{tail[marks:]}"


CHANGES: Final[dict[str, Change]] = {
    "again": repeated,
    "shuffled": shuffled,
    "reworded": reworded,
    "scored otherwise": rescored,
    "20 lines lower": shifted,
    "another version": bumped,
}
"""By the word that the page of formats has for each."""


def concerns(change: Change, findings: list[ReportedFinding]) -> bool:
    """Whether it changes anything of these findings."""
    return bool(findings) and (change is repeated or change is shuffled or change(findings) != findings)
