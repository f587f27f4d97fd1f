"""What is counted of every attempt at a job."""

from typing import NamedTuple

from prometheus_client import Counter, Histogram

from hauberk.jobs.lease import Claim

ENDED = Counter(
    "jobs_total",
    "Attempts at jobs, by how they ended and with which error",
    ["queue", "kind", "outcome", "code"],
)
SECONDS = Histogram(
    "job_duration_seconds",
    "Time of one attempt at a job; of imports by format",
    ["queue", "kind", "format"],
    buckets=(0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800),
)
ATTEMPTS = Histogram(
    "job_attempts",
    "Attempts that a job took until it was done or failed",
    ["kind"],
    buckets=(1, 2, 3, 5, 10),
)
LOST = Counter("job_lease_lost_total", "Attempts whose lease was given to somebody else", ["kind"])
RESCUED = Counter("sweeper_rescued_total", "Jobs of lost workers that the sweeper took up", ["why"])
for _why in ("worker_lost", "attempts_exhausted"):
    RESCUED.labels(_why)


class Ended(NamedTuple):
    """How an attempt ended: done, again, failed, cancelled, lost, unknown, left_to_the_sweeper or internal_error."""

    outcome: str
    code: str = ""


def count(claim: Claim, ended: Ended, *, report_format: str, seconds: float) -> None:
    ENDED.labels(claim.queue, claim.kind, ended.outcome, ended.code).inc()
    SECONDS.labels(claim.queue, claim.kind, report_format).observe(seconds)
    if ended.outcome in ("done", "failed"):
        ATTEMPTS.labels(claim.kind).observe(claim.attempt)
    if ended.outcome == "lost":
        LOST.labels(claim.kind).inc()
