"""What the newest report says of each row, and how old backup and restore are: what alerts go by."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from hauberk.db.metrics import LIMITS, looking
from hauberk.db.session import Sessions
from hauberk.features.readiness import canary
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
ROW = observed(
    "readiness_row",
    "How a row of the checklist answered in the newest report: 0 FAIL, 1 WARN, 2 SKIP, 3 WAIVED, 4 PASS",
    "row",
)
REPORTED = observed("readiness_reported_timestamp_seconds", "When the newest readiness report was made")
CANARY = observed(
    "canary_last_success_timestamp",
    "When a canary last came through; before the first one did, when it was first tried",
)
CANARY_SECONDS = observed("canary_seconds", "How long the last one took, from upload to clean-up")
CODES = {"FAIL": 0, "WARN": 1, "SKIP": 2, "WAIVED": 3, "PASS": 4}

_CANARIES = text("""
select max(finished_at) filter (where state = 'done') as succeeded_at, min(created_at) as tried_at,
    (array_agg((result ->> 'milliseconds')::int order by finished_at desc) filter (where state = 'done'))[1] as milliseconds
from job
where organization_id = 0 and kind = :kind and created_at > now() - interval '1 day'
    and (state <> 'done' or result is not null)
""")
_REPORT = text("select finished_at, answers from readiness_report order by id desc limit 1")


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


@look(every=60)
async def readiness(installation: Installation) -> Samples:
    async with looking(installation) as session:
        report = (await session.execute(_REPORT)).one_or_none()
    if report is None:
        return []
    rows = [ROW(CODES[answer["result"]], row) for row, answer in report.answers.items()]
    return [REPORTED(report.finished_at.timestamp()), *rows]


@look(every=30)
async def canaries(installation: Installation) -> Samples:
    """Of the last day: as its jobs ended."""
    if not canary.is_on(installation.settings):
        return []
    async with Sessions(installation.engine, limits=LIMITS).make(0) as session:
        row = (await session.execute(_CANARIES, {"kind": canary.KIND})).one()
    at = row.succeeded_at or row.tried_at
    if at is None:
        return []
    took = [] if row.milliseconds is None else [CANARY_SECONDS(row.milliseconds / 1000)]
    return [CANARY(at.timestamp()), *took]


def _newest(settings: Settings) -> datetime | None:
    return max((each.created_at for each in list_backups(settings)), default=None)


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0
