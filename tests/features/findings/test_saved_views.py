"""Saved views: a person's own filters of the list, and what is shared with the organization."""

import pytest

from fixtures.api import browser, new_organization
from hauberk.domain.permissions import Role
from hauberk.features.findings import view_service
from hauberk.features.findings.shape import ORDERS
from hauberk.features.findings.view_schemas import ViewPayload

pytestmark = pytest.mark.anyio

VIEWS = "/api/v1/findings/views"
LATE = {"name": "Late in payments", "q": "is:overdue asset.tag:payments", "sort": "first_seen_at"}


async def _saved(client, **change):
    made = await client.post(VIEWS, json={**LATE, **change})
    assert made.status_code == 201, made.text
    return made.json()


async def _names(client):
    return [each["name"] for each in (await client.get(VIEWS)).json()["items"]]


async def test_a_view_is_saved_renamed_and_deleted_and_the_trail_tells(api):
    made = await _saved(api)
    assert (made["q"], made["sort"], made["is_shared"], made["is_own"]) == (
        LATE["q"],
        LATE["sort"],
        False,
        True,
    )
    await _saved(api, name="All of it", q="")
    assert await _names(api) == ["All of it", "Late in payments"]
    changed = (await api.patch(f"{VIEWS}/{made['id']}", json={"name": "Late", "q": "is:overdue"})).json()
    assert (changed["name"], changed["q"], changed["sort"]) == ("Late", "is:overdue", LATE["sort"])
    assert (await api.delete(f"{VIEWS}/{made['id']}")).status_code == 204
    assert await _names(api) == ["All of it"]
    told = (await api.get("/api/v1/audit", params={"subject": made["id"]})).json()["items"]
    assert [each["action"] for each in told] == [
        "saved_view.deleted",
        "saved_view.changed",
        "saved_view.created",
    ]
    assert told[1]["detail"]["name"] == ["Late in payments", "Late"]


async def test_others_see_a_view_when_it_is_shared_and_change_nothing_of_it(client_as):
    owner, other = await client_as(Role.MEMBER), await client_as(Role.MEMBER)
    made = await _saved(owner)
    assert await _names(other) == []
    assert (await other.patch(f"{VIEWS}/{made['id']}", json={"name": "Mine"})).status_code == 404
    await owner.patch(f"{VIEWS}/{made['id']}", json={"is_shared": True})
    (seen,) = (await other.get(VIEWS)).json()["items"]
    assert (seen["is_own"], seen["owner"]["name"]) == (False, made["owner"]["name"])
    assert (await other.patch(f"{VIEWS}/{made['id']}", json={"name": "Mine"})).status_code == 403
    assert (await other.delete(f"{VIEWS}/{made['id']}")).status_code == 403
    admin = await client_as(Role.ADMIN)
    assert (await admin.delete(f"{VIEWS}/{made['id']}")).status_code == 204


async def test_who_only_reads_has_views_but_shares_none(client_as):
    viewer = await client_as(Role.VIEWER)
    made = await _saved(viewer)
    assert (await viewer.patch(f"{VIEWS}/{made['id']}", json={"is_shared": True})).status_code == 403
    assert (await viewer.post(VIEWS, json={**LATE, "name": "For all", "is_shared": True})).status_code == 403
    assert (await viewer.patch(f"{VIEWS}/{made['id']}", json={"name": "Still mine"})).status_code == 200


async def test_another_organization_sees_nothing_of_it(app, context, api):
    made = await _saved(api, is_shared=True)
    stranger = await new_organization(context)
    async with browser(app, **stranger.headers) as client:
        assert await _names(client) == []
        assert (await client.delete(f"{VIEWS}/{made['id']}")).status_code == 404


async def test_a_query_that_the_list_would_refuse_is_not_kept(api):
    for query in ("severity:", "nothing:7", "x" * 2_001):
        refused = await api.post(VIEWS, json={**LATE, "q": query})
        assert refused.status_code == 422, query
        assert refused.json()["errors"][0]["pointer"] == "/q"


async def test_a_name_is_ones_own_but_once_in_whatever_case(client_as):
    one, two = await client_as(Role.MEMBER), await client_as(Role.MEMBER)
    await _saved(one)
    assert (await one.post(VIEWS, json={**LATE, "name": "late IN payments"})).status_code == 409
    await _saved(two)
    made = await _saved(one, name="Other")
    assert (await one.patch(f"{VIEWS}/{made['id']}", json={"name": LATE["name"]})).status_code == 409
    assert (await one.patch(f"{VIEWS}/{made['id']}", json={"name": "OTHER"})).json()["name"] == "OTHER"


async def test_a_person_has_so_many_and_no_more(api, monkeypatch):
    monkeypatch.setattr(view_service, "MAX_VIEWS", 2)
    for number in range(2):
        await _saved(api, name=f"view {number}")
    refused = await api.post(VIEWS, json=LATE)
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (409, "too_many")


def test_every_order_of_the_list_can_be_kept():
    assert set(ViewPayload.model_json_schema()["properties"]["sort"]["enum"]) == set(ORDERS)
