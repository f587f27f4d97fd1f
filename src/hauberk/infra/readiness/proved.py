"""What a check answers from: the newest record of a drill, test or benchmark, or the word of a person."""

from datetime import timedelta

from hauberk.infra.readiness.answer import Answer, Kind, failed, passed, skipped
from hauberk.infra.readiness.drill import drills
from hauberk.infra.readiness.probe import Probe
from hauberk.infra.readiness.record import MAX_AGE, RecordKind, answer_from


async def drilled(probe: Probe, name: str, *, max_age: timedelta | None = None) -> Answer:
    """PASS or FAIL as the newest drill ended; SKIP when it proves nothing now (never run, too old, another build)."""
    known = drills().get(name)
    age = max_age or (known.max_age if known else MAX_AGE)
    record = await probe.records.newest(RecordKind.DRILL, name)
    return answer_from(record, how=f"Run 'hauberk drill {name}'.", max_age=age)


async def recorded(
    probe: Probe, kind: RecordKind, name: str, *, how: str, max_age: timedelta = MAX_AGE
) -> Answer:
    """The same of a test or benchmark; `how` is the sentence that says how to make a new record."""
    return answer_from(await probe.records.newest(kind, name), how=how, max_age=max_age)


async def attested(probe: Probe, row: str, *, what: str) -> Answer:
    """PASS by the word of a person that has not expired, else SKIP; `what` somebody would have to look at."""
    found = await probe.records.attestation(row)
    if found is None:
        return skipped(
            f"Nobody has attested it: {what}",
            f"Look at it, then say so with 'hauberk attest {row}'.",
            kind=Kind.ATTESTED,
        )
    if found.flaw:
        return failed(
            found.flaw, f"Look at it again, then say so with 'hauberk attest {row}'.", kind=Kind.ATTESTED
        )
    return passed(
        f"{found.person} on {found.attested_at:%Y-%m-%d}, valid until {found.expires_at:%Y-%m-%d}:"
        f" {found.statement}",
        kind=Kind.ATTESTED,
    )
