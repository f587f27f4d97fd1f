"""The autoscaling rule of the chart, fed with what the product measures: more waiting jobs ask for more workers."""

import psycopg
import pytest
from sqlalchemy import text

from fixtures.api import browser, new_organization, serving, unlimited
from scale.autoscaling import rule, waiting, wanted

pytestmark = [pytest.mark.anyio, pytest.mark.faults]


async def test_waiting_jobs_ask_for_workers_and_their_end_lets_them_go(fresh_settings):
    metric, target, fewest, most = rule()
    async with serving(unlimited(fresh_settings)) as app, browser(app) as client:
        context = app.state.context

        async def measured() -> float:
            return waiting((await client.get("/metrics")).text, metric)

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
