"""The log over HTTP: the operator's administrators see what all processes write, others do not know that it exists."""

import asyncio

import pytest
import structlog

from fixtures.api import browser, new_organization
from hauberk.domain.permissions import Role
from hauberk.infra.telemetry import recent

pytestmark = pytest.mark.anyio

LOGS = "/api/v1/logs"


@pytest.fixture
async def operator(app, context, client_as):
    """A client of the operator's administrator."""
    from sqlalchemy import text  # noqa: PLC0415

    member = await new_organization(context)
    async with context.sessions.transaction(member.organization_id) as session:
        await session.execute(text("update organization set purpose = 'operator'"))
    await context.cache.delete(recent.KEY)
    yield await client_as(Role.ADMIN, member=member)
    async with context.sessions.transaction(member.organization_id) as session:
        await session.execute(text("update organization set purpose = 'customer'"))


async def until(client, count, **query):
    for _ in range(50):
        records = (await client.get(LOGS, params=query)).json()["records"]
        if len(records) >= count:
            return records
        await asyncio.sleep(0.1)
    return records


async def test_what_is_written_is_seen_by_level_and_words_and_only_what_is_new(operator):
    log = structlog.get_logger("hauberk.shown")
    log.info("first_of_them", n=1)
    log.error("second_of_them", n=2)
    both = await until(operator, 2, contains="_of_them")
    assert [(each["event"], each["level"]) for each in both] == [
        ("first_of_them", "info"),
        ("second_of_them", "error"),
    ]
    assert both[0]["fields"]["n"] == 1
    [worse] = (await operator.get(LOGS, params={"contains": "_of_them", "level": "warning"})).json()[
        "records"
    ]
    assert worse["event"] == "second_of_them"
    newer = (await operator.get(LOGS, params={"after": both[0]["place"], "contains": "_of_them"})).json()
    assert [each["event"] for each in newer["records"]] == ["second_of_them"]


async def test_nobody_else_knows_that_it_exists(app, api, client_as):
    assert (await api.get(LOGS)).status_code == 404
    assert (await (await client_as(Role.MEMBER)).get(LOGS)).status_code in (403, 404)
    async with browser(app) as nobody:
        assert (await nobody.get(LOGS)).status_code == 401
