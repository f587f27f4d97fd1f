"""Where other people can reach it, the product refuses to start unready: rows that are cheap to check, every problem at once."""

import asyncio
import sys
from typing import Final

import redis.exceptions
from sqlalchemy.exc import SQLAlchemyError

from hauberk.db.session import Pool, async_engine
from hauberk.features.readiness import service
from hauberk.features.readiness.probing import site
from hauberk.infra.connections import check_connections
from hauberk.infra.readiness import Installation, Probe, Result
from hauberk.infra.redis import cache_client, queue_client
from hauberk.infra.settings import Settings
from hauberk.infra.settings.loading import EXIT_WRONG_SETTINGS
from hauberk.kit.errors import Conflict

# From settings and servers alone, in a second or two: nothing serves yet.
ROWS: Final = ("SEC-1", "INF-4", "PERF-12", "DEL-6")


def refuse_unready(settings: Settings) -> None:
    """Ends the program with all that is wrong."""
    problems = []
    try:
        check_connections(settings)
    except Conflict as conflict:
        problems.append(f"INF-2: {conflict.message}")
    problems += asyncio.run(failing(settings))
    if problems:
        lines = "".join(f"  - {problem}\n" for problem in problems)
        sys.stderr.write(
            f"Hauberk does not start in {settings.environment}: {len(problems)} problem(s).\n{lines}"
            "'hauberk readiness --level must' says more.\n"
        )
        raise SystemExit(EXIT_WRONG_SETTINGS)


async def failing(settings: Settings) -> list[str]:
    """Rows that fail, each as a sentence; a server that does not answer is the business of its health."""
    engine = async_engine(settings.database.url, pool=Pool(size=2), application_name="hauberk-start")
    cache, queue = cache_client(settings), queue_client(settings)
    try:
        async with site(settings.base_url) as nobody_yet:
            probe = Probe(
                nobody_yet, Installation(settings, engine, cache=cache, queue=queue, is_starting=True)
            )
            reports = await service.run(probe, ROWS)
    except (SQLAlchemyError, redis.exceptions.RedisError, OSError):
        return []
    finally:
        await cache.aclose()
        await queue.aclose()
        await engine.dispose()
    return [
        f"{report.row.id} ({report.row.title}): {report.answer.evidence} {report.answer.advice}"
        for report in reports
        if report.answer.result is Result.FAIL
    ]
