"""What passes its due date is told once, to those who hear of the organization's alerts."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from factories import reports
from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.features.alerts.evaluating import evaluate
from hauberk.features.policies import past_due
from hauberk.kit import clock

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine(settings):
    engine = sync_engine(settings.database.url, pool=Pool(size=2))
    yield engine
    engine.dispose()


@pytest.fixture
def tell(engine, organization):
    def told() -> int:
        with transaction(engine, organization.organization_id) as connection:
            return past_due.tell(connection, organization.organization_id)

    return told


@pytest.fixture
def due(engine, organization):
    """Three open findings are due at this distance from now."""

    def at(distance: timedelta) -> None:
        with transaction(engine, organization.organization_id) as connection:
            connection.execute(text("update finding set due_at = :at"), {"at": clock.now() + distance})

    return at


@pytest.mark.long
async def test_what_became_past_due_is_told_once_and_what_is_late_for_long_is_no_news(scanned, tell, due):
    await scanned(reports.code(3))
    due(timedelta(days=-2))
    assert tell() == 0
    due(timedelta(hours=1))
    assert tell() == 0
    due(timedelta(hours=-1))
    assert tell() == 3
    assert tell() == 0


async def test_what_was_decided_is_not_late(api, scanned, tell, due):
    await scanned(reports.code(3))
    due(timedelta(hours=-1))
    first = (await api.get("/api/v1/findings")).json()["items"][0]["id"]
    decided = {"triage": "false_positive", "reason": "The input is a constant."}
    assert (await api.patch(f"/api/v1/findings/{first}", json=decided)).status_code == 200
    assert tell() == 2


@pytest.mark.long
async def test_the_alert_says_how_many_of_which_severity(api, engine, settings, scanned, tell, due):
    await scanned(reports.code(3))
    due(timedelta(hours=-1))
    tell()
    evaluate(engine, settings)
    (alert,) = (await api.get("/api/v1/alerts")).json()["items"]
    assert (alert["rule"], alert["state"]) == ("past_due", "firing")
    assert alert["summary"] == "3 open findings became past due: 3 high."
