"""When the last backup was made and the last one restored: what the alerts on old ones go by."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from hauberk.db.session import Sessions
from hauberk.features.readiness.records import StoredRecords
from hauberk.infra.backup import list_backups
from hauberk.infra.backup.drills import RESTORE
from hauberk.infra.crypto import KeyRing
from hauberk.infra.metrics.observing import Samples, look, observed
from hauberk.infra.readiness import Installation, RecordKind
from hauberk.infra.settings import Settings

BACKUP = observed("backup_last_success_timestamp", "When the newest backup was made; 0 for never")
RESTORED = observed(
    "restore_test_last_success_timestamp", "When a backup was last restored to prove it; 0 for never"
)


@dataclass(frozen=True)
class _Reader:
    sessions: Sessions
    key_ring: KeyRing


@look(every=60)
async def recovery(installation: Installation) -> Samples:
    """At most once a minute: backups may lie in an object store."""
    made_at = await asyncio.to_thread(_newest, installation.settings)
    reader = _Reader(Sessions(installation.engine), installation.settings.key_ring)
    record = await StoredRecords(reader).newest(RecordKind.DRILL, RESTORE)
    restored_at = record.finished_at if record and record.has_passed else None
    return [BACKUP(_seconds(made_at)), RESTORED(_seconds(restored_at))]


def _newest(settings: Settings) -> datetime | None:
    return max((each.created_at for each in list_backups(settings)), default=None)


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0
