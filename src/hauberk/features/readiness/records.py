"""What is on record, in the database: signed with the installation's keys when it is kept, verified when it is read."""

from datetime import datetime
from typing import Protocol

import structlog

import hauberk
from hauberk.db.models.readiness import ReadinessRecord
from hauberk.db.session import Sessions
from hauberk.features.identity.context import Context
from hauberk.features.readiness.repository import ReadinessRepository
from hauberk.infra.crypto import KeyRing
from hauberk.infra.readiness import Attestation, Outcome, Record, RecordKind
from hauberk.infra.readiness.build import source_hash
from hauberk.kit import clock

PURPOSE = "readiness-record"
_log = structlog.get_logger(__name__)


class Reader(Protocol):
    """What reading them takes; a `Context` has it."""

    @property
    def sessions(self) -> Sessions: ...

    @property
    def key_ring(self) -> KeyRing: ...


class StoredRecords:
    """The records that checks read (`probe.records`)."""

    def __init__(self, context: Reader) -> None:
        self._context = context

    async def newest(self, kind: RecordKind, name: str) -> Record | None:
        """By the moment that its signature is over. One that nobody signed speaks against all that were kept before it:
        it may have been a failure until somebody changed it."""
        async with self._context.sessions.transaction() as db:
            kept = await ReadinessRepository(db).records(kind, name)
        ours = [row for row in kept if self._is_signed(row)]
        newest = max(ours, key=lambda row: (row.finished_at, row.id), default=None)
        changed = next((row for row in kept if row not in ours and (not newest or row.id > newest.id)), None)
        if changed is not None:
            _log.warning("readiness_record_forged", kind=kind.value, name=name, row=changed.id)
            return _changed(changed)
        return signed_record(newest) if newest else None

    def _is_signed(self, row: ReadinessRecord) -> bool:
        return self._context.key_ring.verify(PURPOSE, signed_record(row).signed_text(), row.signature)

    async def attestation(self, row: str) -> Attestation | None:
        async with self._context.sessions.transaction() as db:
            found = await ReadinessRepository(db).newest_attestation(row)
        if found is None or found.expires_at <= clock.now():
            return None
        return Attestation(row, found.person, found.statement, found.attested_at, found.expires_at)


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
    async with context.sessions.transaction() as db:
        await ReadinessRepository(db).add_record(
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
    return record


def _changed(row: ReadinessRecord) -> Record:
    """Nothing that it says is taken over."""
    return Record(
        kind=RecordKind(row.kind),
        name=row.name,
        has_passed=False,
        evidence=f"Row {row.id} of readiness_record is not as it was signed: it was changed or written by hand, or the key"
        " that signed it is gone from HAUBERK_SECRET_KEYS.",
        started_at=clock.now(),
        finished_at=clock.now(),
        build=hauberk.__version__,
        source=source_hash(),
    )


def signed_record(row: ReadinessRecord) -> Record:
    """What the row's signature is over."""
    return Record(
        kind=RecordKind(row.kind),
        name=row.name,
        has_passed=row.has_passed,
        evidence=row.evidence,
        started_at=row.started_at,
        finished_at=row.finished_at,
        build=row.build,
        source=row.source,
        figures=row.figures,
    )
