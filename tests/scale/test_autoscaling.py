"""The autoscaling rule of the chart, fed with what the product measures: more waiting jobs ask for more workers."""

import math
import re
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from fixtures.api import browser, new_organization, serving, unlimited

pytestmark = [pytest.mark.anyio, pytest.mark.faults]
CHART = Path(__file__).parents[2] / "deploy" / "helm" / "hauberk"


def rule() -> tuple[str, int, int, int]:
    """Metric, target for each worker, fewest and most workers."""
    template = (CHART / "templates" / "scaling.yaml").read_text()
    metric = re.search(r"metric: \{ name: (\w+), selector: \{ matchLabels: \{ state: accepted", template)[1]
    values = (CHART / "values.yaml").read_text()
    worker = values[values.index("\nworker:") :]
    numbers = [
        int(re.search(rf"{name}: (\d+)", worker)[1]) for name in ("queueDepth", "minReplicas", "maxReplicas")
    ]
    return metric, *numbers


def wanted(total: float, *, target: int, fewest: int, most: int) -> int:
    """As Kubernetes computes it for a metric by average value."""
    return min(most, max(fewest, math.ceil(total / target)))


async def test_waiting_jobs_ask_for_workers_and_their_end_lets_them_go(fresh_settings):
    metric, target, fewest, most = rule()
    async with serving(unlimited(fresh_settings)) as app, browser(app) as client:
        context = app.state.context

        async def measured() -> float:
            answer = await client.get("/metrics")
            found = re.findall(
                rf'^{metric}{{[^}}]*state="accepted"[^}}]*}} ([0-9.e+]+)$', answer.text, re.MULTILINE
            )
            assert found, f"{metric} is not exported"
            return sum(map(float, found))

        bounds = {"target": target, "fewest": fewest, "most": most}
        assert wanted(await measured(), **bounds) == fewest
        await _enqueue(context, 10 * target)
        assert wanted(await measured(), **bounds) == 10
        await _enqueue(context, 100 * target)
        assert wanted(await measured(), **bounds) == most
        await _finish(context)
        assert wanted(await measured(), **bounds) == fewest


async def _enqueue(context, count: int) -> None:
    member = await new_organization(context)
    add = text(
        "insert into job (organization_id, kind, queue, max_attempts)"
        " select :organization_id, 'import_scan', 'import', 3 from generate_series(1, :count)"
    )
    async with context.sessions.transaction(member.organization_id) as session:
        await session.execute(add, {"organization_id": member.organization_id, "count": count})


async def _finish(context) -> None:
    with psycopg.connect(context.settings.database.migration_url) as connection:
        connection.execute("set role hauberk_system")
        connection.execute("update job set state = 'done', finished_at = now() where state = 'accepted'")
