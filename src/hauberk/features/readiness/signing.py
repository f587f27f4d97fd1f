"""The signature that every record has of its own, beside its place in the chain."""

from typing import Final

from hauberk.db.models.readiness import ReadinessRecord
from hauberk.infra.crypto import KeyRing
from hauberk.infra.readiness import Record, RecordKind

PURPOSE: Final = "readiness-record"


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


def is_signed(row: ReadinessRecord, key_ring: KeyRing) -> bool:
    """By a key that is still accepted."""
    return key_ring.verify(PURPOSE, signed_record(row).signed_text(), row.signature)
