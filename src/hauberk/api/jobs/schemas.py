"""What is said of a job: how far it is and why it failed; never its arguments, which are row numbers."""

from typing import Any, Literal

from pydantic import Field

from hauberk.db.models.job import Job
from hauberk.features.identity.serving import Ids, Instant, Payload, Schema

_COUNTED = ("selected", "changed", "kept")
JobState = Literal["accepted", "running", "held", "done", "failed", "cancelled"]


class JobErrorSchema(Schema):
    code: str
    message: str


class JobSchema(Schema):
    id: str
    kind: str
    queue: str
    state: JobState
    attempts: int
    max_attempts: int
    progress: dict[str, Any] | None = Field(description="What the kind of job counts, as `done` of `total`")
    counts: dict[str, int] | None = Field(
        description="Of a change of many findings, or of taking it back, when it is done: how many findings it `selected` and"
        " `changed`, and how many it `kept` as somebody had changed them since"
    )
    error: JobErrorSchema | None
    created_at: Instant
    started_at: Instant | None
    finished_at: Instant | None

    @classmethod
    def of(cls, job: Job, ids: Ids) -> "JobSchema":
        error = job.error and JobErrorSchema(
            code=str(job.error.get("code", "failed")), message=str(job.error.get("message", ""))
        )
        return cls.model_validate(
            {
                "id": ids.encode("job", job.id),
                "kind": job.kind,
                "queue": job.queue,
                "state": job.state,
                "attempts": job.attempts,
                "max_attempts": job.max_attempts,
                "progress": job.progress,
                "counts": _counts(job.result),
                "error": error,
                "created_at": job.created_at,
                "started_at": job.started_at,
                "finished_at": job.finished_at,
            }
        )


def _counts(result: dict[str, Any] | None) -> dict[str, int] | None:
    """The rest of a result is the jobs' own."""
    return {name: result[name] for name in _COUNTED if name in result} or None if result else None


class RetryOrder(Payload):
    """Which failed jobs are replayed."""

    kind: str | None = Field(default=None, max_length=100, examples=["ingest.import_scan"])


class Retried(Schema):
    """How many are on their way again, and how many failed ones are left."""

    retried: int
    left: int
