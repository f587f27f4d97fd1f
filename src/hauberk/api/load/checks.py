"""What was measured under load: at twice the expected users, at a thousand, at ten thousand, and what follows for more."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hauberk.api.load.model import ACCOUNTS, LOAD, MINUTES, STREAMS, THINK_SECONDS, WHOLE
from hauberk.api.load.sizing import sentences, size
from hauberk.infra.readiness import (
    Answer,
    Kind,
    Probe,
    Record,
    RecordKind,
    Result,
    answer_from,
    failed,
    flaw,
    passed,
    readiness,
    skipped,
    warned,
)
from hauberk.kit.errors import Conflict

IsWhole = Callable[[Record], bool]
MAX_AGE = timedelta(days=30)
_HOW = "Run 'hauberk load --users {users}'."
_HOW_ACCOUNTS = "Run 'hauberk capacity --accounts 1000000'."


async def _record(probe: Probe, name: str, users: int, is_whole: IsWhole) -> tuple[Answer, Record | None]:
    """The newest that is as large and long as is wanted; a smaller one only where there is none that proves anything."""
    how = _HOW.format(users=users)
    newest = await probe.records.newest(RecordKind.BENCH, name)
    record = await probe.records.newest(RecordKind.BENCH, name, is_whole)
    if flaw(record, MAX_AGE) is not None:
        return answer_from(newest, how=how, max_age=MAX_AGE), newest
    answer = answer_from(record, how=how, max_age=MAX_AGE)
    if newest is not None and record is not None and newest.finished_at > record.finished_at:
        since = f"A smaller one of {newest.finished_at:%Y-%m-%d %H:%M} {'passed' if newest.has_passed else 'failed'}"
        answer = replace(answer, evidence=f"{answer.evidence} {since} and does not count.")
    return answer, record


def as_large(users: int) -> IsWhole:
    """Whole, not scaled: fewer users than wanted, or less time, prove nothing."""
    return lambda record: (
        record.figures.get("users", 0) >= users and record.figures.get("minutes", 0) >= MINUTES
    )


def _holds_streams(record: Record) -> bool:
    return _streams(record) >= 10_000 and record.figures.get("minutes", 0) >= MINUTES


def _streams(record: Record | None) -> int:
    return int(record.figures.get("streams_open", 0)) if record else 0


async def _measured(probe: Probe, users: int) -> tuple[Answer, Record | None]:
    answer, record = await _record(probe, LOAD, users, as_large(users))
    if record is None or answer.result is not Result.PASS or as_large(users)(record):
        return answer, record
    wanted = f"{answer.evidence} Wanted: {users:,} users for {MINUTES} minutes."
    return skipped(wanted, _HOW.format(users=users), kind=Kind.RECORD), record


@readiness("TST-4")
async def twice_the_expected_users(probe: Probe) -> Answer:
    return (await _measured(probe, 2 * probe.inside.settings.expected_users))[0]


@readiness("CAP-0")
async def a_thousand_users(probe: Probe) -> Answer:
    return (await _measured(probe, WHOLE))[0]


@readiness("CAP-1")
async def ten_thousand_users(probe: Probe) -> Answer:
    """Streams are held for real; a lower rate is said to be that."""
    answer, record = await _record(probe, LOAD, 10_000, _holds_streams)
    other, more = await _record(probe, STREAMS, 10_000, _holds_streams)
    if more is not None and other.result is not Result.SKIP and _streams(more) > _streams(record):
        answer, record = other, more
    if record is None or answer.result is not Result.PASS:
        return answer
    figures = record.figures
    if not _holds_streams(record):
        return skipped(
            f"{answer.evidence} Wanted: 10,000 open streams for {MINUTES} minutes.",
            "Run 'hauberk load --users 10000', or with fewer users and '--streams 10000'.",
            kind=Kind.RECORD,
        )
    share = figures["requests_per_second"] / (10_000 / THINK_SECONDS)
    if share >= 0.95:
        return passed(answer.evidence, kind=Kind.RECORD)
    return warned(
        f"{answer.evidence} That is {share:.0%} of the model's rate on {figures['cores']} cores; the rest is extrapolated.",
        "Measure it on the machines that are to bear it.",
        kind=Kind.EXTRAPOLATED,
    )


def _has_a_million(record: Record) -> bool:
    return int(record.figures.get("accounts", 0)) >= 1_000_000


@readiness("CAP-2")
async def a_hundred_thousand_users(probe: Probe) -> Answer:
    """Never more than a warning: fifty instances were not started here."""
    counted = await probe.records.newest(RecordKind.BENCH, ACCOUNTS, _has_a_million)
    if flaw(counted, MAX_AGE) is not None:
        counted = await probe.records.newest(RecordKind.BENCH, ACCOUNTS)
    accounts = answer_from(counted, how=_HOW_ACCOUNTS, max_age=MAX_AGE)
    if accounts.result is Result.FAIL:
        return accounts
    answer, record = await _measured(probe, WHOLE)
    if record is None or answer.result is Result.SKIP:
        return answer
    if answer.result is Result.FAIL:
        return failed(
            f"Nothing can be extrapolated: {answer.evidence}", answer.advice or "", kind=Kind.RECORD
        )
    try:
        found = size(100_000, record.figures, probe.inside.settings)
    except Conflict as error:
        return skipped(error.message, _HOW.format(users=WHOLE), kind=Kind.RECORD)
    is_measured = counted is not None and _has_a_million(counted) and accounts.result is Result.PASS
    registered = accounts.evidence if is_measured else "A million accounts were not measured by this build."
    return warned(
        f"Extrapolated from {record.figures['users']:,} users on {record.figures['cores']} cores"
        f" ({record.finished_at:%Y-%m-%d}): {'; '.join(sentences(found))}. Replica, PgBouncer, cluster and several nodes are"
        f" started together in a test; so many instances were not. {registered}",
        "Measure it where it has to hold; 'hauberk capacity --users 100000' says how it was computed."
        if is_measured
        else _HOW_ACCOUNTS,
        kind=Kind.EXTRAPOLATED,
    )
