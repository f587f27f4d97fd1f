"""Service accounts: a secret is exchanged for a token of a quarter of an hour, and rights are those of the moment."""

import base64

import pytest
from sqlalchemy import text

from fixtures.api import browser
from hauberk.domain.permissions import Permission, Role

pytestmark = pytest.mark.anyio

ACCOUNTS = "/api/v1/service-accounts"
TOKEN = "/api/v1/auth/token"


async def _made(api, name="ci", role="member", scopes=("*",)):
    answer = await api.post(ACCOUNTS, json={"name": name, "role": role, "scopes": list(scopes)})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def _exchange(client, made, **changes):
    body = {
        "grant_type": "client_credentials",
        "client_id": made["client_id"],
        "client_secret": made["client_secret"],
        **changes,
    }
    return await client.post(TOKEN, data=body)


@pytest.fixture
async def nobody(app):
    async with browser(app) as client:
        yield client


async def _as(client, token, path="/api/v1/findings"):
    return (await client.get(path, headers={"Authorization": f"Bearer {token}"})).status_code


async def test_credentials_are_exchanged_in_the_body_or_by_basic(api, nobody):
    made = await _made(api)
    answer = await _exchange(nobody, made)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 900)
    assert answer.headers["cache-control"] == "no-store"
    assert await _as(nobody, body["access_token"]) == 200
    basic = base64.b64encode(f"{made['client_id']}:{made['client_secret']}".encode()).decode()
    answer = await nobody.post(
        TOKEN, data={"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"}
    )
    assert answer.status_code == 200
    assert (await nobody.get("/api/v1/auth/keys")).json()["keys"][0]["alg"] == "Ed25519"


async def test_wrong_credentials_are_refused_and_throttled(api, nobody):
    made, other = await _made(api), await _made(api, "other")
    for wrong in ({"client_secret": "hbk_0123456789ab_x"}, {"client_id": other["client_id"]}):
        answer = await _exchange(nobody, made, **wrong)
        assert answer.status_code == 401
        assert answer.json()["type"].endswith(":invalid_client")
    assert (await _exchange(nobody, made, grant_type="password")).status_code == 422
    codes = [(await _exchange(nobody, made, client_secret="wrong")).status_code for _ in range(12)]
    assert codes[-1] == 429
    assert await _as(nobody, made["client_secret"]) == 401, "a client secret opens nothing by itself"


async def test_what_it_may_do_is_read_at_each_request(api, nobody):
    made = await _made(api, scopes=[Permission.FINDINGS_READ])
    token = (await _exchange(nobody, made)).json()["access_token"]
    account = f"{ACCOUNTS}/{made['client_id']}"
    assert (await _as(nobody, token), await _as(nobody, token, "/api/v1/scans")) == (200, 403)
    await api.patch(account, json={"scopes": [Permission.SCANS_READ]})
    assert (await _as(nobody, token), await _as(nobody, token, "/api/v1/scans")) == (403, 200)
    await api.patch(account, json={"is_disabled": True})
    assert await _as(nobody, token, "/api/v1/scans") == 401
    assert (await _exchange(nobody, made)).status_code == 401


async def test_two_secrets_live_at_a_time_and_a_token_ends_with_its_own(api, nobody):
    made = await _made(api)
    account = f"{ACCOUNTS}/{made['client_id']}"
    second = (await api.post(f"{account}/secrets")).json()
    assert (await api.post(f"{account}/secrets")).status_code == 409
    old, new = [(await _exchange(nobody, each)).json()["access_token"] for each in (made, second)]
    assert (await api.delete(f"{account}/secrets/{made['secret']['id']}")).status_code == 204
    assert (await _as(nobody, old), await _as(nobody, new)) == (401, 200)
    assert (await api.delete(account)).status_code == 204
    assert await _as(nobody, new) == 401


@pytest.mark.parametrize("role", list(Role))
async def test_it_may_do_what_its_role_says_like_everybody(api, nobody, role):
    made = await _made(api, role=role)
    token = (await _exchange(nobody, made)).json()["access_token"]
    reads = {"/api/v1/findings": Permission.FINDINGS_READ, "/api/v1/users": Permission.USERS_READ,
             "/api/v1/audit": Permission.AUDIT_READ, "/api/v1/jobs": Permission.JOBS_READ}  # fmt: skip
    for path, permission in reads.items():
        assert (await _as(nobody, token, path) == 200) == (permission in role.permissions), path


async def test_nobody_makes_one_that_may_do_more_than_he(app, api):
    narrow = {"name": "n", "scopes": ["users:write", "users:read"]}
    made = (await api.post("/api/v1/tokens", json=narrow)).json()
    whole = await _made(api, role="admin")
    async with browser(app, Authorization=f"Bearer {made['token']}") as client:
        body = {"name": "wide", "role": "admin", "scopes": ["*"]}
        assert (await client.post(ACCOUNTS, json=body)).status_code == 403
        account = f"{ACCOUNTS}/{whole['client_id']}"
        assert (await client.post(f"{account}/secrets")).status_code == 403
        assert (await client.patch(account, json={"name": "mine"})).status_code == 403


async def test_what_it_does_is_in_the_trail_under_its_name_and_no_secret_is(
    api, nobody, context, organization
):
    made = await _made(api, "deployer", role="admin")
    token = (await _exchange(nobody, made)).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    made_by_it = await nobody.post(
        ACCOUNTS, json={"name": "second", "role": "viewer", "scopes": ["*"]}, headers=headers
    )
    assert made_by_it.status_code == 201
    events = (await api.get("/api/v1/audit")).json()["items"]
    actor = next(each["actor"] for each in events if each["actor"]["type"] == "service_account")
    assert (actor["name"], actor["id"]) == ("deployer", made["client_id"])
    secret = made["client_secret"][-20:]  # the random part may hold any sign of its alphabet
    assert secret not in str(events)
    listed = (await api.get(ACCOUNTS)).json()["items"]
    assert secret not in str(listed)
    assert [each["name"] for each in listed] == ["deployer", "second"]
    async with context.sessions.transaction(organization.organization_id) as session:
        rows = (await session.execute(text("select * from client_secret"))).all()
    assert secret not in str(rows)


async def test_a_name_is_had_once_and_a_person_is_asked_for_where_one_is_needed(api, nobody):
    made = await _made(api, "once")
    body = {"name": "ONCE", "role": "viewer", "scopes": ["*"]}
    assert (await api.post(ACCOUNTS, json=body)).status_code == 409
    token = (await _exchange(nobody, made)).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    for method, path, sent in (
        ("GET", "/api/v1/auth/me", None),
        ("POST", "/api/v1/tokens", {"name": "t", "scopes": ["*"]}),
    ):
        answer = await nobody.request(method, path, json=sent, headers=headers)
        assert answer.status_code == 403
        assert answer.json()["type"].endswith(":person_needed")


async def test_a_client_id_that_is_none_locks_nobody_else_out(api, app):
    made = await _made(api)
    async with browser(app, address="198.51.100.61") as foreign:
        for _ in range(10):
            await _exchange(foreign, made, client_id=f"{made['client_id']}:198.51.100.62")
    async with browser(app, address="198.51.100.62") as own:
        assert (await _exchange(own, made)).status_code == 200


async def test_an_ipv6_network_is_throttled_as_one_address(api, app):
    made = await _made(api)
    codes = []
    for n in range(12):
        async with browser(app, address=f"2001:db8:9:9::{n + 1}") as client:
            codes.append((await _exchange(client, made, client_secret="wrong")).status_code)
    assert codes == [401] * 10 + [429] * 2


async def test_a_narrow_token_can_neither_invite_nor_promote_anybody_to_more_than_it_may(
    api, nobody, client_as
):
    scopes = [Permission.USERS_READ, Permission.USERS_WRITE]
    made = await _made(api, role="admin", scopes=scopes)
    await client_as(Role.VIEWER)
    token = (await _exchange(nobody, made)).json()["access_token"]
    nobody.headers["Authorization"] = f"Bearer {token}"
    people = (await nobody.get("/api/v1/users")).json()["items"]
    viewer = next(each["id"] for each in people if each["role"] == "viewer")
    for answer in (
        await nobody.post("/api/v1/invitations", json={"email": "eve@example.org", "role": "admin"}),
        await nobody.patch(f"/api/v1/users/{viewer}", json={"role": "admin"}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:hauberk:problem:wider_role")
    assert (await nobody.patch(f"/api/v1/users/{viewer}", json={"is_disabled": True})).status_code == 200
