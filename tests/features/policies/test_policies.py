"""Policies over HTTP: made, ordered, tried, and what follows for the findings."""

import asyncio
import json
import re
from functools import partial
from pathlib import Path

import pytest

from factories import reports
from factories.working import working
from fixtures.api import browser, new_member
from hauberk.domain.permissions import Role
from hauberk.jobs.outbox import relay

pytestmark = pytest.mark.anyio

POLICIES = "/api/v1/policies"
GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "due-dates.md"
LONG_AGO = "2026-01-05T00:00:00Z"


@pytest.fixture
def follow(settings):
    """`await follow()`: what follows from the act just done."""
    with working(settings) as worker:

        def act() -> None:
            relay(worker.engine)
            worker()

        yield partial(asyncio.to_thread, act)


@pytest.fixture
def add(api):
    async def added(name, **terms):
        answer = await api.post(POLICIES, json={"name": name, **terms})
        assert answer.status_code == 201, answer.text
        return answer.json()

    return added


async def listed(api):
    return (await api.get(POLICIES)).json()["items"]


@pytest.mark.long
async def test_a_policy_makes_what_was_found_long_ago_past_due(api, add, scanned, total, follow):
    await scanned(reports.code(4), scanned_at=LONG_AGO)
    assert await total("is:overdue") == 0
    preview = await api.post(f"{POLICIES}/preview", json={"days": {"high": 30}})
    assert preview.json() == {"assets": 1, "findings": 4, "due": 4, "overdue": 4}
    assert await total("is:overdue") == 0

    policy = await add("General", days={"critical": 7, "high": 30})
    assert policy["days"] == {"critical": 7, "high": 30, "medium": None, "low": None, "info": None}
    assert (policy["asset_count"], policy["position"]) == (1, 1)
    await follow()
    assert await total("is:overdue") == 4
    (finding, *_) = (await api.get("/api/v1/findings")).json()["items"]
    assert finding["due_at"] == "2026-02-04T00:00:00.000Z"

    changed = await api.put(
        f"{POLICIES}/{policy['id']}", json={"name": "General", "days": {"high": 3000}, "version": 1}
    )
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    await follow()
    assert await total("is:overdue") == 0
    assert (await api.delete(f"{POLICIES}/{policy['id']}")).status_code == 204
    await follow()
    assert (await api.get("/api/v1/findings")).json()["items"][0]["due_at"] is None


@pytest.mark.long
async def test_one_for_some_assets_is_asked_before_those_for_all_and_tags_decide(
    api, add, scanned, total, follow
):
    await scanned(reports.code(4), asset="shop", scanned_at=LONG_AGO)
    await scanned(reports.code(4), asset="till", scanned_at=LONG_AGO)
    await add("General", days={"high": 3000})
    await add("Internet", asset_tags=["internet", "internet"], days={"high": 5})
    assert [(each["name"], each["asset_tags"]) for each in await listed(api)] == [
        ("Internet", ["internet"]),
        ("General", []),
    ]
    await follow()
    assert await total("is:overdue") == 0
    (shop,) = (await api.get("/api/v1/assets", params={"q": "shop"})).json()["items"]
    await api.patch(f"/api/v1/assets/{shop['id']}", json={"tags": ["internet"]})
    await follow()
    assert await total("is:overdue asset:shop") == await total("is:overdue") == 4
    assert [each["asset_count"] for each in await listed(api)] == [1, 1]


async def test_the_order_is_everybodys_and_names_all(api, add):
    ids = [(await add(name, asset_tags=[name], days={"high": 5}))["id"] for name in ("a", "b", "c")]
    assert (await api.put(f"{POLICIES}/order", json={"ids": ids[::-1]})).status_code == 204
    assert [(each["name"], each["position"]) for each in await listed(api)] == [("c", 1), ("b", 2), ("a", 3)]
    refused = await api.put(f"{POLICIES}/order", json={"ids": ids[:2]})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/ids")


async def test_a_name_is_taken_whatever_its_case_and_days_have_bounds(api, add):
    policy = await add("General", days={"high": 30})
    assert (await api.post(POLICIES, json={"name": "GENERAL"})).status_code == 409
    refused = await api.post(POLICIES, json={"name": "x", "days": {"high": 0}})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/days/high")
    stale = await api.put(f"{POLICIES}/{policy['id']}", json={"name": "General", "version": 7})
    assert stale.status_code == 409


async def test_a_changed_severity_is_due_at_another_time_at_once(api, add, scanned, total):
    await add("General", days={"critical": 7, "high": 3000})
    await scanned(reports.code(1), scanned_at=LONG_AGO)
    (finding,) = (await api.get("/api/v1/findings")).json()["items"]
    change = {"severity": "critical", "severity_reason": "It holds all cards."}
    answer = await api.patch(f"/api/v1/findings/{finding['id']}", json=change)
    assert answer.json()["due_at"] == "2026-01-12T00:00:00.000Z"
    assert await total("is:overdue") == 1


async def test_members_see_them_and_only_administrators_change_them(app, context, api, add, organization):
    await add("General", days={"high": 30})
    member = await new_member(context, organization.organization_id, Role.MEMBER)
    async with browser(app, **member.headers) as theirs:
        assert [each["name"] for each in await listed(theirs)] == ["General"]
        assert (await theirs.post(POLICIES, json={"name": "mine"})).status_code == 403


async def test_the_policy_of_the_guide_is_one_and_its_filters_are_understood(api, add, total):
    text = GUIDE.read_text(encoding="utf-8")
    (policy,) = re.findall(r"-d '(\{.*\})'", text)
    assert (await add(**json.loads(policy)))["known_exploited_days"] == 2
    for query in (*re.findall(r"^is:.*$", text, re.MULTILINE), *re.findall(r"--fail-on (\S+)`", text)):
        assert await total(query) == 0
