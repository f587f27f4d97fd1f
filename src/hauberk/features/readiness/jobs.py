"""The daily backup: what readiness asks for, done without anybody thinking of it."""

from typing import Any

from hauberk.infra.backup import create_backup
from hauberk.jobs.job import job
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import JobRun

SIX_HOURS = 6 * 3600


@job(queue=Queue.MAINTENANCE, every="10 2 * * *", for_installation=True, time_limit=SIX_HOURS)
def back_up(run: JobRun) -> dict[str, Any]:
    """Database and storage of the whole installation, encrypted; old backups go by the retention rule."""
    made = create_backup(run.settings)
    return {"file": made.path.name, "size_bytes": made.size_bytes, "sha256": made.sha256, "files": made.files}
