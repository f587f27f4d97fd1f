"""Progress of running jobs: into the job's row for whoever asks, and to those who listen, at most twice a second."""

import json
import time
from threading import Lock
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy import Engine, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import SQLAlchemyError

from hauberk.db.session import TimeLimits, transaction
from hauberk.infra.redis import sync_cache_client
from hauberk.infra.settings import Settings
from hauberk.jobs.lease import Claim

EVERY_SECONDS = 0.5
PAUSE_SECONDS = 10.0
LIMITS = TimeLimits(statement="1s", lock="100ms", idle_in_transaction="5s")

_WRITE = text(
    "update job set progress = :progress where organization_id = :organization and id = :job and state = 'running'"
    " and exists (select from job_lease l where l.organization_id = :organization and l.job_id = :job"
    " and l.token = :token)"
).bindparams(bindparam("progress", type_=JSONB))

log = structlog.get_logger(__name__)


def channel(organization_id: int, job_id: int) -> str:
    """Where the cache's server publishes one job's progress, as JSON."""
    return f"hauberk:progress:{organization_id}:{job_id}"


class Progress:
    """One for a process; of what comes too fast the newest is told later or never."""

    def __init__(self, settings: Settings, side_engine: Engine) -> None:
        self._engine = side_engine
        self._client = sync_cache_client(settings) if settings.cache.url else None
        self._lock = Lock()
        self._told: dict[tuple[int, int], float] = {}
        self._paused_until = 0.0

    def tell(self, claim: Claim, values: dict[str, Any]) -> None:
        key = (claim.organization_id, claim.job_id)
        now = time.monotonic()
        with self._lock:
            if now - self._told.get(key, 0) < EVERY_SECONDS:
                return
            self._told[key] = now
        self._publish(claim, values)
        try:
            with transaction(self._engine, claim.organization_id, limits=LIMITS) as connection:
                connection.execute(
                    _WRITE,
                    {
                        "organization": claim.organization_id,
                        "job": claim.job_id,
                        "token": claim.token,
                        "progress": values,
                    },
                )
        except SQLAlchemyError as error:
            log.debug("progress_not_written", job_id=claim.job_id, error=str(error))

    def forget(self, claim: Claim) -> None:
        with self._lock:
            self._told.pop((claim.organization_id, claim.job_id), None)

    def _publish(self, claim: Claim, values: dict[str, Any]) -> None:
        if self._client is None or time.monotonic() < self._paused_until:
            return
        try:
            self._client.publish(channel(claim.organization_id, claim.job_id), json.dumps(values))
        except RedisError as error:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            log.debug("progress_not_published", job_id=claim.job_id, error=str(error))
