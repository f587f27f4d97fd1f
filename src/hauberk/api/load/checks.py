"""What was measured under load: at twice the expected users, at a thousand, at ten thousand, and what follows for more."""

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
    passed,
    readiness,
    skipped,
    warned,
)
from hauberk.kit.errors import Conflict

MAX_AGE = timedelta(days=30)
_HOW = "Run 'hauberk load --users {users}'."
_HOW_ACCOUNTS = "Run 'hauberk capacity --accounts 1000000'."


async def _record(probe: Probe, name: str, users: int) -> tuple[Answer, Record | None]:
    record = await probe.records.newest(RecordKind.BENCH, name)
    return answer_from(record, how=_HOW.format(users=users), max_age=MAX_AGE), record


def _streams(record: Record | None) -> int:
    return int(record.figures.get("streams_open", 0)) if record else 0


async def _measured(probe: Probe, users: int) -> Answer:
    """Whole, not scaled: fewer users than wanted prove nothing."""
    answer, record = await _record(probe, LOAD, users)
    if record is None or answer.result is Result.SKIP:
        return answer
    figures = record.figures
    if answer.result is Result.PASS and (figures["users"] < users or figures["minutes"] < MINUTES):
        return skipped(
            f"{answer.evidence} Wanted: {users:,} users for {MINUTES} minutes.",
            _HOW.format(users=users),
            kind=Kind.RECORD,
        )
    return answer


@readiness("TST-4")
async def twice_the_expected_users(probe: Probe) -> Answer:
    return await _measured(probe, 2 * probe.inside.settings.expected_users)


@readiness("CAP-0")
async def a_thousand_users(probe: Probe) -> Answer:
    return await _measured(probe, WHOLE)


@readiness("CAP-1")
async def ten_thousand_users(probe: Probe) -> Answer:
    """Streams are held for real; a lower rate is said to be that."""
    answer, record = await _record(probe, LOAD, 10_000)
    other, more = await _record(probe, STREAMS, 10_000)
    if more is not None and other.result is not Result.SKIP and _streams(more) > _streams(record):
        answer, record = other, more
    if record is None or answer.result is not Result.PASS:
        return answer
    figures = record.figures
    if figures["streams_open"] < 10_000:
        return skipped(
            f"{answer.evidence} Wanted: 10,000 open streams.",
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


@readiness("CAP-2")
async def a_hundred_thousand_users(probe: Probe) -> Answer:
    """Never more than a warning: fifty instances were not started here."""
    counted = await probe.records.newest(RecordKind.BENCH, ACCOUNTS)
    accounts = answer_from(counted, how=_HOW_ACCOUNTS, max_age=MAX_AGE)
    if accounts.result is Result.FAIL:
        return accounts
    answer = await _measured(probe, WHOLE)
    record = await probe.records.newest(RecordKind.BENCH, LOAD)
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
    is_measured = counted is not None and counted.figures["accounts"] >= 1_000_000
    is_measured = is_measured and accounts.result is Result.PASS
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
