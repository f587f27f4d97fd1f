"""What is counted of uploads and imports."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

from prometheus_client import Counter

from hauberk.domain.severity import Severity
from hauberk.kit.errors import Refusal
from hauberk.parsers.registry import parsers

UPLOADS: Final = Counter(
    "uploads_outcome_total",
    "Uploads by what became of them: done, held, failed, cancelled, dry_run, or refused at the door",
    ["scanner", "outcome", "code"],
)
MERGED: Final = Counter(
    "findings_merged_total",
    "Results of imports by what they did; counts occurrences, findings_… findings",
    ["op"],
)
PARSER_FAILURES: Final = Counter(
    "parser_failures_total", "Reports that could not be read", ["parser", "code"]
)
REMEDIATED: Final = Counter(
    "findings_remediated_total", "Open findings that a scan saw gone, by severity", ["severity"]
)
REMEDIATION: Final = Counter(
    "finding_remediation_seconds_total", "For how long they had been known, summed up", ["severity"]
)
UNKNOWN: Final = "unknown"
OTHER: Final = "other"
OPERATIONS: Final = (
    *("new", "unchanged", "moved", "changed", "reopened", "suppressed", "folded", "closed"),
    *("findings_new", "findings_reopened", "findings_closed"),
)
for _operation in OPERATIONS:
    MERGED.labels(_operation)
for _severity in Severity:
    REMEDIATED.labels(_severity.value)
    REMEDIATION.labels(_severity.value)


def imported(scanner: str, state: str, counts: dict[str, Any], *, is_dry_run: bool) -> None:
    """A report may name its scanner itself: what no format of ours knows becomes no label of its own."""
    name = scanner if scanner in _scanners() else OTHER
    UPLOADS.labels(name, "dry_run" if is_dry_run else state, "").inc()
    if is_dry_run:
        return
    told = {**counts, **{f"findings_{name}": n for name, n in counts.get("findings", {}).items()}}
    for operation in OPERATIONS:
        MERGED.labels(operation).inc(told.get(operation, 0))


def remediated(closings: Iterable[tuple[int, int, float]]) -> None:
    """Each closing is (rank of the severity, how many, their seconds); a date that a report gave may lie ahead."""
    for rank, n, seconds in closings:
        severity = Severity.of_rank(rank).value
        REMEDIATED.labels(severity).inc(n)
        REMEDIATION.labels(severity).inc(max(0.0, seconds))


def ended_without_import(report_format: str | None, state: str, code: str) -> None:
    """Failed or cancelled."""
    parser = parsers().get(report_format or "")
    UPLOADS.labels(parser.info.scanner if parser else UNKNOWN, state, code).inc()
    if state == "failed":
        PARSER_FAILURES.labels(parser.info.id if parser else UNKNOWN, code).inc()


@contextmanager
def door() -> Iterator[None]:
    """Counts what is refused here, before anybody knows whose report it is."""
    try:
        yield
    except Refusal as refusal:
        UPLOADS.labels(UNKNOWN, "refused", refusal.code).inc()
        raise


@cache
def _scanners() -> frozenset[str]:
    return frozenset(parser.info.scanner for parser in parsers().values())
