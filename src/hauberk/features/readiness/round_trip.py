"""One tiny job for each queue, so that it can be seen that each is worked on, and how soon."""

from collections.abc import Callable
from typing import Any, Final

from hauberk.jobs.job import Job, job
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import JobRun


def _declare(queue: Queue) -> Job:
    def answer(run: JobRun) -> dict[str, Any]:
        return {"queue": queue.value, "attempt": run.claim.attempt}

    answer.__name__ = queue.value
    declared: Callable[[Callable[..., Any]], Job] = job(queue=queue, max_attempts=1, time_limit=10)
    return declared(answer)


JOBS: Final = {queue: _declare(queue) for queue in Queue}
