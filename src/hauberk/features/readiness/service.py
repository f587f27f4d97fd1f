"""Runs the checks side by side, each within its own time, and says what every row of the checklist is."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import httpx2
import structlog

import hauberk
from hauberk.db.models.readiness import Waiver
from hauberk.features.readiness.rows import ROWS, Level, Row
from hauberk.infra.readiness import Answer, Kind, NoDocumentError, Probe, RegisteredCheck, Result, registered
from hauberk.kit import clock, discover

_NOT_BUILT = Answer(Result.SKIP, Kind.LIVE, "not built", "This build has no check for it yet.")
_OUTSIDE = Answer(Result.SKIP, Kind.LIVE, "not seen from outside", "Run it on the installation itself.")
_log = structlog.get_logger(__name__)

AT_ONCE = 8
FEW = 6
"""More that cannot look are an outage, and no accident that another look would mend."""

# Rows whose proof takes half a minute: for the command line, not for a page.
PATIENT = frozenset({"PERF-2", "PERF-6", "PERF-7", "PERF-10", "LCH-3"})
_LEFT_OUT = "takes half a minute"


@dataclass(frozen=True, slots=True)
class Unseen(Answer):
    """Of a check that had no time, or was kept from looking."""


@dataclass(frozen=True, slots=True)
class Report:
    """The answer for one row, and what people say about it."""

    row: Row
    answer: Answer
    observed_at: datetime
    build: str
    owner: str | None = None
    due_on: date | None = None
    waiver: Waiver | None = None


async def run(probe: Probe, rows: Iterable[str] | None = None, *, patient: bool = True) -> list[Report]:
    """In the order of the checklist."""
    discover.everywhere("hauberk", "checks")
    discover.everywhere("hauberk", "drills")  # how long a drill's record proves something is said there
    wanted = [row for name, row in ROWS.items() if rows is None or name in set(rows)]
    checks = registered()
    turns = asyncio.Semaphore(AT_ONCE)

    async def answer(row: Row) -> Answer:
        async with turns:  # its time begins with its turn: eighty at once would make each other wait
            return await _answer(probe, row, checks.get(row.id), patient=patient)

    first = await asyncio.gather(*(answer(row) for row in wanted))
    unseen = [row for row, found in zip(wanted, first, strict=True) if isinstance(found, Unseen)]
    again: dict[str, Answer] = {}
    if patient and len(unseen) <= FEW:
        # On a busy machine they were in each other's way; alone they may see what there is.
        probe.forget_failures()
        for row in unseen:
            again[row.id] = await _answer(probe, row, checks.get(row.id), patient=patient)
    answers = [again.get(row.id, found) for row, found in zip(wanted, first, strict=True)]
    moment = clock.now()
    return [
        Report(row, _in_place(row, answer, probe), moment, hauberk.__version__)
        for row, answer in zip(wanted, answers, strict=True)
    ]


async def _answer(probe: Probe, row: Row, check: RegisteredCheck | None, *, patient: bool) -> Answer:
    if check is None:
        return _NOT_BUILT
    if probe.installation is None and not check.from_outside:
        return _OUTSIDE
    if row.id in PATIENT and not patient:
        return Answer(Result.SKIP, Kind.LIVE, _LEFT_OUT, f"Run 'hauberk readiness --only {row.id}'.")
    try:
        return await asyncio.wait_for(check.run(probe), check.timeout)
    except TimeoutError:
        return _unseen(f"no answer in {check.timeout:g} seconds")
    except Exception as error:  # noqa: BLE001 - a check that could not look has not seen, whatever kept it from it
        return _kept(row, error)


def _kept(row: Row, error: Exception) -> Answer:
    """From looking, by what."""
    if isinstance(error, NoDocumentError):
        return Unseen(Result.SKIP, Kind.LIVE, str(error), "Look whether the proxy in front gives it away.")
    _log.info("readiness_check_failed", row=row.id, error=f"{type(error).__name__}: {error}")
    if isinstance(error, httpx2.ConnectError):
        asked = error.request.url
        return _unseen(f"{asked.scheme}://{asked.netloc.decode()} was not reached: {error}")
    if isinstance(error, httpx2.HTTPStatusError):
        return _unseen(f"{error.request.url.path} answered {error.response.status_code}")
    return _unseen(f"could not look ({type(error).__name__})")


def _unseen(why: str) -> Unseen:
    return Unseen(Result.SKIP, Kind.LIVE, why, "Look whether the product and its servers run.")


def is_left_out(answer: Answer) -> bool:
    """Whether nobody had the patience to look."""
    return answer.result is Result.SKIP and answer.evidence == _LEFT_OUT


def _in_place(row: Row, answer: Answer, probe: Probe) -> Answer:
    """On a laptop, what only production needs is a warning; of somebody else's site all is seen in part only."""
    if probe.installation is None:
        is_said = answer.result is Result.SKIP or "partial" in answer.evidence
        return answer if is_said else replace(answer, evidence=f"{answer.evidence} (partial: from outside)")
    if probe.installation.settings.environment.is_exposed:
        return answer
    if answer.result is Result.FAIL and row.needed_in_production:
        return Answer(Result.WARN, answer.kind, f"{answer.evidence} (required in production)", answer.advice)
    return answer


def summary(reports: Iterable[Report]) -> dict[str, int]:
    """How many of each result."""
    counts = dict.fromkeys((each.value for each in Result), 0)
    for report in reports:
        counts[report.answer.result.value] += 1
    return counts


def attested(reports: Iterable[Report]) -> int:
    """How many of those that pass do so by the word of a person."""
    return sum(
        report.answer.result is Result.PASS and report.answer.kind is Kind.ATTESTED for report in reports
    )


def by_level(reports: Iterable[Report]) -> Mapping[Level, tuple[int, int]]:
    """Passed and all, for each level."""
    counts: dict[Level, tuple[int, int]] = {}
    for report in reports:
        passed, total = counts.get(report.row.level, (0, 0))
        counts[report.row.level] = (passed + (report.answer.result is Result.PASS), total + 1)
    return counts


def verdict(reports: Iterable[Report], *, strict: bool) -> bool:
    """Nothing fails; strictly, nothing warns, is skipped or waived either."""
    refused = {Result.FAIL} | ({Result.WARN, Result.SKIP, Result.WAIVED} if strict else set())
    return not any(report.answer.result in refused for report in reports)
