"""The report: every row's answer with what people say about it (waivers, owners), kept, and compared with the one before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import structlog

import hauberk
from hauberk.db.models.readiness import ReadinessReport, Waiver
from hauberk.features.identity.context import Context
from hauberk.features.readiness import book, probing, service
from hauberk.features.readiness.chain import Chain, Subject
from hauberk.features.readiness.repository import ReadinessRepository
from hauberk.features.readiness.rows import ROWS
from hauberk.features.readiness.service import Report
from hauberk.infra.readiness import Answer, Kind, Probe, Result
from hauberk.infra.readiness.build import source_hash
from hauberk.kit import clock

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Change:
    """What a row answered before, and answers now; None where the other report did not have it."""

    row: str
    before: str | None
    after: str | None
    evidence: str


async def look(
    context: Context, probe: Probe, rows: Iterable[str] | None = None, *, patient: bool = True
) -> list[Report]:
    """Runs the checks, then adds what people say."""
    return await told(context, await service.run(probe, rows, patient=patient))


async def make(context: Context, *, patient: bool = True) -> ReadinessReport:
    """A report of all rows, kept."""
    began = clock.now()
    async with context.sessions.transaction() as db:
        await book.opened(
            db, context.key_ring
        )  # what is there already is in the chain from the first report on
    async with probing.from_inside(context) as probe:
        reports = await service.run(probe, patient=patient)
    if not patient:
        reports = await _with_last(context, reports)
    return await keep(context, reports, began)


async def _with_last(context: Context, reports: list[Report]) -> list[Report]:
    """What takes too long to look at now is told as it was last seen, if that is of this build and not old."""
    kept = await _newest_kept(context)
    last = {report.row.id: report.answer for report in reports_of(kept)} if kept else {}
    return [
        replace(report, answer=last[report.row.id])
        if report.row.id in service.PATIENT and report.row.id in last
        else report
        for report in reports
    ]


async def keep(context: Context, reports: list[Report], began: datetime) -> ReadinessReport:
    """What the checks said, without what people say: that may change afterwards."""
    until = clock.now() - timedelta(days=context.settings.readiness.keep_days)
    async with context.sessions.transaction() as db:
        repository = ReadinessRepository(db)
        await repository.forget_reports(until)
        return await repository.add_report(
            build=hauberk.__version__,
            source=source_hash(),
            started_at=began,
            finished_at=clock.now(),
            answers={report.row.id: _stored(report.answer) for report in reports},
        )


async def newest(context: Context) -> list[Report] | None:
    """The newest report that was kept, of this build and not older than the setting says; None if there is none."""
    found = await _newest_kept(context)
    return None if found is None else await told(context, reports_of(found))


async def _newest_kept(context: Context) -> ReadinessReport | None:
    async with context.sessions.transaction() as db:
        found = await ReadinessRepository(db).newest_report()
    age = timedelta(hours=2 * context.settings.readiness.hours)
    if found is None or found.source != source_hash() or clock.now() - found.finished_at > age:
        return None
    return found


async def is_due(context: Context) -> bool:
    """Whether the newest report is of another build, left rows out, or is as old as the setting lets it become."""
    async with context.sessions.transaction() as db:
        found = await ReadinessRepository(db).newest_report()
    age = timedelta(hours=context.settings.readiness.hours) - timedelta(minutes=5)
    if found is None or found.source != source_hash() or clock.now() - found.finished_at > age:
        return True
    return any(service.is_left_out(report.answer) for report in reports_of(found))


def reports_of(kept: ReadinessReport) -> list[Report]:
    return [
        Report(ROWS[row], _answer(stored), kept.finished_at, kept.build)
        for row, stored in kept.answers.items()
        if row in ROWS
    ]


async def told(context: Context, reports: list[Report]) -> list[Report]:
    """With waivers and assignments. A row that passes needs no waiver; one that ran out is said and does not count."""
    async with context.sessions.transaction(is_snapshot=True) as db:
        repository = ReadinessRepository(db)
        waivers, assignments = await repository.waivers(), await repository.assignments()
        chain = await book.chain_of(db, context.key_ring)
    found = []
    for report in reports:
        assigned = assignments.get(report.row.id)
        found.append(
            replace(
                report,
                answer=_waived(report.answer, waivers.get(report.row.id), chain, report.row.id),
                owner=assigned.owner if assigned else None,
                due_on=assigned.due_on if assigned else None,
                waiver=waivers.get(report.row.id),
            )
        )
    return found


def _waived(answer: Answer, waiver: Waiver | None, chain: Chain, row: str) -> Answer:
    if answer.result is Result.PASS:
        return answer
    place = chain.places.get((Subject.WAIVER, waiver.id), -1) if waiver else 0
    if flaw := chain.speaks_against(Subject.WAIVER, row, place):
        return replace(answer, evidence=f"{answer.evidence} {flaw.what} It does not count.")
    if flaw := chain.speaks_against(Subject.WITHDRAWAL, row, place):
        return replace(answer, evidence=f"{answer.evidence} {flaw.what} No waiver counts.")
    if waiver is None:
        return answer
    until = f"{waiver.expires_at:%Y-%m-%d}"
    if waiver.expires_at <= clock.now():
        return replace(answer, evidence=f"{answer.evidence} A waiver by {waiver.owner} ended on {until}.")
    seen = f"Waived by {waiver.owner} until {until}: {waiver.reason} Without it: {answer.result}, {answer.evidence}"
    return Answer(Result.WAIVED, answer.kind, seen, answer.advice)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Rows whose result is another one, in the order of the checklist."""
    found = []
    for row in ROWS:
        old, new = before.get(row), after.get(row)
        if (old or {}).get("result") != (new or {}).get("result"):
            evidence = (new or old or {}).get("evidence", "")
            found.append(Change(row, (old or {}).get("result"), (new or {}).get("result"), evidence))
    return found


def _stored(answer: Answer) -> dict[str, Any]:
    return {
        "result": answer.result.value,
        "kind": answer.kind.value,
        "evidence": answer.evidence,
        "advice": answer.advice,
    }


def _answer(stored: Mapping[str, Any]) -> Answer:
    return Answer(Result(stored["result"]), Kind(stored["kind"]), stored["evidence"], stored["advice"])


def by_date(day: date) -> datetime:
    """The last moment of a day that somebody named, in UTC."""
    return datetime.fromisoformat(f"{day.isoformat()}T23:59:59+00:00")
