"""The overview: what it says, that it is never stale, and that it needs no cache to be right."""

import asyncio
from datetime import timedelta

import pytest

from factories.asset import make_asset
from factories.finding import make_delta, make_facet_delta, make_finding
from factories.scan import make_scan
from factories.writing import writing
from fixtures.api import browser, new_organization, serving, unlimited
from hauberk.db import counts
from hauberk.domain.events import FindingsChanged
from hauberk.domain.finding import Triage
from hauberk.domain.severity import Severity
from hauberk.features.dashboards.cache import kept
from hauberk.features.dashboards.schemas import DashboardSchema
from hauberk.jobs.events import emit
from hauberk.jobs.outbox import relay
from hauberk.kit import clock

pytestmark = pytest.mark.anyio


@pytest.fixture
def rows(database_url, organization):
    return lambda: writing(database_url, organization.organization_id)


@pytest.fixture
def public(context):
    return context.public_ids.encode


async def test_an_organization_without_anything_has_an_overview_of_nothing(api):
    answer = await api.get("/api/v1/dashboard", params={"days": 3})
    assert answer.status_code == 200
    DashboardSchema.model_validate(answer.json(), extra="forbid")
    shown = answer.json()
    assert (shown["open"]["total"], shown["overdue"], shown["newest_scans"]) == (0, None, [])
    assert len(shown["trend"]) == 3
    assert shown["first_report_on"] is None


async def test_it_says_since_when_reports_come_in_whatever_their_own_dates_are(api, rows, organization):
    now = clock.now()
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
        for days in (3, 1):
            make_scan(connection, asset, accepted_at=now - timedelta(days=days))
    shown = (await api.get("/api/v1/dashboard")).json()
    assert shown["first_report_on"] == (now - timedelta(days=3)).date().isoformat()


async def test_the_overview_adds_up(api, rows, organization, public):
    today = clock.now().date()
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
        make_scan(connection, asset)
        critical = make_finding(
            connection,
            asset,
            severity=Severity.CRITICAL,
            due_at=clock.now() - timedelta(days=1),
            first_seen_at=clock.now() - timedelta(days=400),
        )
        make_finding(connection, asset, severity=Severity.LOW, triage=Triage.DUPLICATE)
        make_delta(connection, asset, 4, severity=Severity.HIGH, opened=4, on=today - timedelta(days=40))
        counts.fold(connection, organization.organization_id)
        make_delta(connection, asset, 2, severity=Severity.HIGH, opened=2, on=today - timedelta(days=2))
        make_delta(connection, asset, -1, severity=Severity.HIGH, closed=1, on=today)
        make_facet_delta(connection, asset, 5, severity=Severity.HIGH)
    answer = await api.get("/api/v1/dashboard", params={"days": 10})
    DashboardSchema.model_validate(answer.json(), extra="forbid")
    shown = answer.json()
    assert shown["open"]["total"] == 6
    assert (shown["open"]["by_severity"]["critical"], shown["open"]["by_severity"]["high"]) == (1, 5)
    assert shown["change"] == {"days": 7, "new": 2, "closed": 1}
    assert [day["by_severity"]["high"] for day in shown["trend"]] == [4] * 7 + [6, 6, 5]
    assert shown["trend"][-1]["by_severity"]["critical"] == 1
    assert shown["trend"][-1] | {"by_severity": None} == {
        "on": today.isoformat(),
        "by_severity": None,
        "new": 0,
        "closed": 1,
    }
    assert [each["id"] for each in shown["oldest_criticals"]] == [public("fnd", critical)]
    assert shown["overdue"] == 1
    assert [each["asset"]["name"] for each in shown["newest_scans"]] == ["shop"]
    assert [each["name"] for each in shown["unscanned_assets"]] == ["shop"]


async def test_it_is_computed_once_until_something_changes(api, rows, organization, public):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
        finding = public("fnd", make_finding(connection, asset, severity=Severity.CRITICAL))
    first = (await api.get("/api/v1/dashboard")).json()
    assert (await api.get("/api/v1/dashboard")).json() == first
    await api.patch(f"/api/v1/findings/{finding}", json={"triage": "false_positive", "reason": "Test data"})
    changed = (await api.get("/api/v1/dashboard")).json()
    assert (first["open"]["total"], changed["open"]["total"]) == (1, 0)
    assert changed["oldest_criticals"] == []


@pytest.mark.long
async def test_a_change_that_moves_no_count_renews_it_too(api, rows, organization, context):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
        make_finding(connection, asset, severity=Severity.CRITICAL)
    first = (await api.get("/api/v1/dashboard")).json()
    with rows() as connection:
        emit(connection, FindingsChanged(organization.organization_id, asset.id))
    with rows() as connection:
        while relay(connection.engine):  # what other tests left is in front
            pass
        assert counts.fold(connection, organization.organization_id) == 0, "the handler has folded"
    assert (await api.get("/api/v1/dashboard")).json()["computed_at"] != first["computed_at"]


async def test_without_a_cache_it_is_as_right(settings):
    cacheless = settings.model_copy(
        update={"cache": settings.cache.model_copy(update={"url": "redis://127.0.0.1:1/0"})}
    )
    async with serving(unlimited(cacheless)) as app:
        member = await new_organization(app.state.context)
        async with browser(app, **member.headers) as client:
            answer = await client.get("/api/v1/dashboard")
    assert answer.status_code == 200
    assert answer.json()["open"]["total"] == 0


async def test_an_asset_shows_under_its_name_as_soon_as_it_has_it(api):
    made = (await api.post("/api/v1/assets", json={"name": "shop", "kind": "repository"})).json()

    async def shown():
        answer = await api.get("/api/v1/dashboard")
        return [each["name"] for each in answer.json()["unscanned_assets"]]

    assert await shown() == ["shop"]
    await api.patch(f"/api/v1/assets/{made['id']}", json={"name": "store"})
    assert await shown() == ["store"]
    await api.post("/api/v1/assets", json={"name": "blog", "kind": "repository"})
    assert sorted(await shown()) == ["blog", "store"]


async def test_of_many_who_ask_at_once_one_computes(context, organization):
    computed = []

    async def compute():
        computed.append(1)
        await asyncio.sleep(0.2)
        return "the answer"

    key = f"test:{organization.organization_id}"
    answers = await asyncio.gather(*(kept(context.cache, key, compute) for _ in range(20)))
    assert set(answers) == {"the answer"}
    assert len(computed) == 1


@pytest.mark.parametrize("days", [0, 366, "x"])
async def test_days_have_bounds(api, days):
    assert (await api.get("/api/v1/dashboard", params={"days": days})).status_code == 422


async def test_a_past_day_is_asked_for_as_a_day(api):
    answer = await api.get("/api/v1/dashboard", params={"as_of": "2026-01-31T12:00:00Z"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": "/as_of", "message": "Give a day such as 2026-01-31, without a time."}
    ]
