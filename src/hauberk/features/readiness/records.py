"""What is on record, in the database: signed and chained when it is kept, verified when it is read."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import structlog

import hauberk
from hauberk.db.models.readiness import ReadinessRecord
from hauberk.db.session import Sessions
from hauberk.features.identity.context import Context
from hauberk.features.readiness import book
from hauberk.features.readiness.chain import Chain, Subject
from hauberk.features.readiness.repository import ReadinessRepository
from hauberk.features.readiness.signing import PURPOSE, is_signed, signed_record
from hauberk.infra.crypto import KeyRing
from hauberk.infra.readiness import Attestation, Outcome, Record, RecordKind
from hauberk.infra.readiness.build import source_hash
from hauberk.kit import clock

_CHANGED = (
    "Row {row} of readiness_record is not as it was signed: it was changed or written by hand, or the key that signed it"
    " is gone from HAUBERK_SECRET_KEYS."
)
_log = structlog.get_logger(__name__)


class Reader(Protocol):
    """What reading them takes; a `Context` has it."""

    @property
    def sessions(self) -> Sessions: ...

    @property
    def key_ring(self) -> KeyRing: ...


async def chain_of(reader: Reader) -> Chain:
    """Whether all that was ever kept is there, and as it was kept."""
    async with reader.sessions.transaction(is_snapshot=True) as db:
        return await book.chain_of(db, reader.key_ring)


class StoredRecords:
    """The records that checks read (`probe.records`)."""

    def __init__(self, context: Reader) -> None:
        self._context = context

    async def newest(
        self, kind: RecordKind, name: str, such: Callable[[Record], bool] | None = None
    ) -> Record | None:
        """By the moment that its signature is over. One that nobody signed, and what was taken away, speaks against all
        that were kept before it: it may have been a failure until somebody changed it."""
        async with self._context.sessions.transaction(is_snapshot=True) as db:
            kept = await ReadinessRepository(db).records(kind, name)
            chain = await book.chain_of(db, self._context.key_ring)
        ours = [row for row in kept if is_signed(row, self._context.key_ring)]
        fitting = [row for row in ours if such is None or such(signed_record(row))]
        newest = max(fitting, key=lambda row: (row.finished_at, row.id), default=None)
        changed = next((row for row in kept if row not in ours and (not newest or row.id > newest.id)), None)
        if changed is not None:
            _log.warning("readiness_record_forged", kind=kind.value, name=name, row=changed.id)
            return _distrusted(kind, name, _CHANGED.format(row=changed.id))
        place = -1 if newest is None else chain.places.get((Subject.RECORD, newest.id), 0)
        if flaw := chain.speaks_against(Subject.RECORD, f"{kind} {name}", place):
            if newest is None and not flaw.name:
                return None  # of a record that is not there it says nothing
            return _distrusted(kind, name, flaw.what)
        return signed_record(newest) if newest else None

    async def attestation(self, row: str) -> Attestation | None:
        """The newest that holds; with its `flaw` where a newer one was changed or taken away."""
        async with self._context.sessions.transaction(is_snapshot=True) as db:
            kept = await ReadinessRepository(db).attestations(row)
            chain = await book.chain_of(db, self._context.key_ring)
        sound = [
            each for each in kept if not chain.is_begun or (Subject.ATTESTATION, each.id) in chain.places
        ]
        newest = sound[0] if sound else None
        place = -1 if newest is None else chain.places.get((Subject.ATTESTATION, newest.id), 0)
        flaw = chain.speaks_against(Subject.ATTESTATION, row, place)
        if flaw is not None and (flaw.name or newest is not None):
            return Attestation(row, "", "", clock.now(), clock.now(), flaw=flaw.what)
        if newest is None or newest.expires_at <= clock.now():
            return None
        return Attestation(row, newest.person, newest.statement, newest.attested_at, newest.expires_at)


async def keep(
    context: Context, kind: RecordKind, name: str, outcome: Outcome, started_at: datetime
) -> Record:
    """Signs and stores what a drill, a test or a benchmark of this build came to."""
    record = Record(
        kind=kind,
        name=name,
        has_passed=outcome.has_passed,
        evidence=outcome.evidence,
        started_at=started_at,
        finished_at=clock.now(),
        build=hauberk.__version__,
        source=source_hash(),
        figures=outcome.figures,
    )
    row = ReadinessRecord(
        kind=kind.value,
        name=name,
        has_passed=record.has_passed,
        evidence=record.evidence,
        started_at=record.started_at,
        finished_at=record.finished_at,
        build=record.build,
        source=record.source,
        figures=dict(record.figures),
        signature=context.key_ring.sign(PURPOSE, record.signed_text()),
    )
    detail = {"kind": kind.value, "name": name, "has_passed": record.has_passed}
    async with context.sessions.transaction() as db:
        kept = await book.opened(db, context.key_ring)
        await kept.keep(row, "readiness.recorded", detail)
    return record


def _distrusted(kind: RecordKind, name: str, why: str) -> Record:
    """Nothing that it says is taken over."""
    return Record(
        kind=kind,
        name=name,
        has_passed=False,
        evidence=why,
        started_at=clock.now(),
        finished_at=clock.now(),
        build=hauberk.__version__,
        source=source_hash(),
    )
