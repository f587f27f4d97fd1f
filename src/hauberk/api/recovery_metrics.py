"""When the last backup was made and the last one restored, as metrics: what the alerts on old ones go by."""

import asyncio
import time
from datetime import datetime

from prometheus_client import Gauge

from hauberk.features.identity.context import Context
from hauberk.features.readiness.records import StoredRecords
from hauberk.infra.backup import list_backups
from hauberk.infra.backup.drills import RESTORE
from hauberk.infra.readiness import RecordKind
from hauberk.infra.settings import Settings

LOOK_SECONDS = 60.0
BACKUP = Gauge(
    "hauberk_backup_last_success_timestamp_seconds",
    "When the newest backup was made; 0: there is none",
    multiprocess_mode="livemostrecent",
)
RESTORED = Gauge(
    "hauberk_restore_test_last_success_timestamp_seconds",
    "When a backup was last restored to prove it; 0: never",
    multiprocess_mode="livemostrecent",
)
_looked_at: float | None = None


async def show(context: Context) -> None:
    """Looks where the backups lie at most once a minute: that may be an object store."""
    global _looked_at  # noqa: PLW0603 - one value of one process
    if _looked_at is None or time.monotonic() - _looked_at > LOOK_SECONDS:
        _looked_at = time.monotonic()
        BACKUP.set(_seconds(await asyncio.to_thread(_newest, context.settings)))
    record = await StoredRecords(context).newest(RecordKind.DRILL, RESTORE)
    if record is None or record.has_passed:  # after one that failed, the success before it counts on
        RESTORED.set(_seconds(record.finished_at if record else None))


def _newest(settings: Settings) -> datetime | None:
    return max((each.created_at for each in list_backups(settings)), default=None)


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0
