"""Signing in and out over HTTP, as a browser does it."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from fixtures.api import PASSWORD, browser, new_organization, serving, unlimited
from hauberk.domain.permissions import Role
from hauberk.features.identity import installation, signing_in, throttle
from hauberk.features.identity.repository import CredentialRepository
from hauberk.kit.errors import Conflict, RateLimited

pytestmark = pytest.mark.anyio

LOGIN = "/api/v1/auth/login"
ME = "/api/v1/auth/me"


async def sign_in(client, email, password=PASSWORD):
    answer = await client.post(LOGIN, json={"email": email, "password": password})
    if answer.status_code == 200:
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return answer


@pytest.fixture
async def page(app):
    async with browser(app) as client:
        yield client


async def test_the_right_password_opens_a_session(page, organization):
    answer = await sign_in(page, organization.email)
    assert answer.status_code == 200
    assert answer.json()["user"]["email"] == organization.email
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("hauberk=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    me = (await page.get(ME)).json()
    assert me["role"] == "admin"
    assert me["csrf_token"] == answer.json()["csrf_token"]
    assert me["organization"] == {k: me["organizations"][0][k] for k in ("id", "name")}


async def test_the_e_mail_address_is_taken_in_any_case(page, organization):
    assert (await sign_in(page, organization.email.upper())).status_code == 200


async def test_a_wrong_password_and_an_unknown_person_are_told_alike(page, organization):
    wrong = await sign_in(page, organization.email, "something else entirely")
    unknown = await sign_in(page, "nobody@example.org", "something else entirely")
    assert wrong.status_code == unknown.status_code == 401
    same = [{k: v for k, v in a.json().items() if k != "request_id"} for a in (wrong, unknown)]
    assert same[0] == same[1]


async def test_a_write_with_the_cookie_needs_the_csrf_token(page, organization):
    await sign_in(page, organization.email)
    del page.headers["X-CSRF-Token"]
    refused = await page.patch(ME, json={"name": "Eve"})
    assert refused.status_code == 403
    assert refused.json()["type"].endswith(":csrf")
    page.headers["X-CSRF-Token"] = "wrong"
    assert (await page.patch(ME, json={"name": "Eve"})).status_code == 403
    page.headers["X-CSRF-Token"] = (await page.get(ME)).json()["csrf_token"]
    assert (await page.patch(ME, json={"name": "Ada"})).json()["user"]["name"] == "Ada"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_site_cannot_write_even_with_the_csrf_token(page, organization, headers):
    await sign_in(page, organization.email)
    answer = await page.patch(ME, json={"name": "Eve"}, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["type"].endswith(":cross_site")


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
async def test_every_name_of_this_machine_is_our_own_origin(page, organization, host):
    answer = await page.post(
        LOGIN,
        json={"email": organization.email, "password": PASSWORD},
        headers={"Host": host, "Origin": f"http://{host}"},
    )
    assert answer.status_code == 200


async def test_a_bearer_token_alone_is_the_caller(page, organization, context):
    other = await new_organization(context)
    await sign_in(page, organization.email)
    answer = await page.get(ME, headers=other.headers)
    assert answer.json()["user"]["email"] == other.email
    invented = await page.get(ME, headers={"Authorization": "Bearer hbk_000000000000_nothing"})
    assert invented.status_code == 401


async def test_signing_out_ends_the_session(page, organization):
    await sign_in(page, organization.email)
    kept = page.cookies["hauberk"]
    assert (await page.post("/api/v1/auth/logout")).status_code == 204
    page.cookies.set("hauberk", kept)
    assert (await page.get(ME)).status_code == 401


async def test_signing_in_again_ends_the_session_before(page, organization):
    await sign_in(page, organization.email)
    old = page.cookies["hauberk"]
    await sign_in(page, organization.email)
    assert page.cookies["hauberk"] != old
    assert (await page.get(ME, headers={"Cookie": f"hauberk={old}"})).status_code == 401


async def test_a_sign_in_link_works_once(page, organization, context):
    url = await signing_in.make_link(context, organization.email)
    assert url is not None
    token = url.partition("#token=")[2]
    assert (await page.post("/api/v1/auth/link", json={"token": token})).status_code == 200
    assert (await page.get(ME)).json()["user"]["email"] == organization.email
    assert (await page.post("/api/v1/auth/link", json={"token": token})).status_code == 401


async def test_a_sign_in_link_ends_after_its_minutes(page, organization, context, monkeypatch):
    monkeypatch.setattr(signing_in, "LINK_LIFETIME", timedelta(seconds=-1))
    url = await signing_in.make_link(context, organization.email)
    token = url.partition("#token=")[2]
    assert (await page.post("/api/v1/auth/link", json={"token": token})).status_code == 401


@pytest.mark.long
async def test_ten_wrong_passwords_from_one_address_close_it_for_that_account(page, organization):
    for _ in range(10):
        assert (await sign_in(page, organization.email, "wrong wrong wrong")).status_code == 401
    refused = await sign_in(page, organization.email)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 900


@pytest.mark.long
async def test_nobody_can_lock_somebody_else_out(app, organization):
    async with browser(app, address="10.0.0.66") as attacker:
        for _ in range(11):
            await sign_in(attacker, organization.email, "wrong wrong wrong")
    async with browser(app, address="10.0.0.7") as owner:
        assert (await sign_in(owner, organization.email)).status_code == 200


@pytest.mark.long
async def test_a_new_password_ends_every_other_session(app, page, organization):
    await sign_in(page, organization.email)
    async with browser(app) as elsewhere:
        await sign_in(elsewhere, organization.email)
        change = {"current_password": PASSWORD, "new_password": "another quiet harbour"}
        assert (await page.post("/api/v1/auth/password", json=change)).status_code == 204
        assert (await elsewhere.get(ME)).status_code == 401
        assert (await page.get(ME)).status_code == 200
        assert (await sign_in(elsewhere, organization.email)).status_code == 401
        assert (await sign_in(elsewhere, organization.email, "another quiet harbour")).status_code == 200


async def test_a_wrong_current_password_changes_nothing(page, organization):
    await sign_in(page, organization.email)
    change = {"current_password": "not this one at all", "new_password": "another quiet harbour"}
    assert (await page.post("/api/v1/auth/password", json=change)).status_code == 403


@pytest.mark.parametrize("password", ["short", "x" * 129, "passwordpassword", "abababababababab"])
async def test_passwords_that_are_guessed_first_are_refused(page, organization, password):
    await sign_in(page, organization.email)
    answer = await page.post(
        "/api/v1/auth/password", json={"current_password": PASSWORD, "new_password": password}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/new_password"


async def test_sessions_are_listed_and_can_be_ended_one_by_one(app, page, organization):
    await sign_in(page, organization.email)
    async with browser(app, **{"User-Agent": "elsewhere"}) as elsewhere:
        await sign_in(elsewhere, organization.email)
        listed = (await page.get("/api/v1/auth/sessions")).json()["items"]
        other = next(each for each in listed if each["user_agent"] == "elsewhere")
        assert [each["is_current"] for each in listed].count(True) == 1
        assert (await page.delete(f"/api/v1/auth/sessions/{other['id']}")).status_code == 204
        assert (await elsewhere.get(ME)).status_code == 401


async def test_an_idle_session_ends(app, context, page, organization, owner_url):
    await sign_in(page, organization.email)
    async with context.sessions.transaction(organization.organization_id) as session:
        await session.execute(text("update session set last_seen_at = now() - interval '13 hours'"))
    assert (await page.get(ME)).status_code == 401


async def test_sign_up_is_by_invitation_unless_it_is_open(page):
    body = {"email": "new@example.org", "name": "New", "password": "another quiet harbour"}
    assert (await page.post("/api/v1/auth/signup", json=body)).status_code == 403


async def test_open_sign_up_makes_an_organization_of_its_own(settings):
    opened = unlimited(settings).model_copy(update={"signup": "open"})
    async with serving(opened) as app, browser(app) as page:
        assert (await page.get("/api/v1/auth/options")).json() == {"signup": "open", "environment": "test"}
        body = {"email": "open@example.org", "name": "Olga", "password": "another quiet harbour"}
        answer = await page.post("/api/v1/auth/signup", json=body)
        assert answer.status_code == 200
        me = (await page.get(ME)).json()
        assert (me["role"], me["organization"]["name"]) == ("admin", "Olga's organization")
        assert (await page.post("/api/v1/auth/signup", json=body)).status_code == 409


async def test_an_invitation_brings_a_new_person_in(app, api, page):
    made = (await api.post("/api/v1/invitations", json={"email": "Ida@Example.org", "role": "member"})).json()
    token = made["url"].partition("#token=")[2]
    shown = (await page.post("/api/v1/auth/invitation", json={"token": token})).json()
    assert (shown["email"], shown["role"]) == ("ida@example.org", "member")
    body = {
        "email": "ida@example.org",
        "name": "Ida",
        "password": "another quiet harbour",
        "invitation": token,
    }
    assert (await page.post("/api/v1/auth/signup", json=body)).status_code == 200
    assert (await page.get(ME)).json()["role"] == "member"
    assert (await page.post("/api/v1/auth/invitation", json={"token": token})).status_code == 404


@pytest.mark.long
async def test_an_invitation_does_not_open_an_account_that_exists(app, context, organization, page):
    stranger = await new_organization(context)
    async with browser(app, **stranger.headers) as theirs:
        made = await theirs.post("/api/v1/invitations", json={"email": organization.email, "role": "viewer"})
    token = made.json()["url"].partition("#token=")[2]
    body = {"email": organization.email, "name": "Eve", "password": "a password of mine", "invitation": token}
    assert (await page.post("/api/v1/auth/signup", json=body)).status_code == 401
    joined = await page.post("/api/v1/auth/signup", json={**body, "password": PASSWORD})
    assert joined.status_code == 200
    assert len((await page.get(ME)).json()["organizations"]) == 2


async def test_the_organization_can_be_switched_only_to_ones_own(app, context, page):
    first = await new_organization(context)
    second = await new_organization(context)
    async with context.sessions.transaction() as session:
        await CredentialRepository(session).add_member(
            organization_id=second.organization_id,
            email=first.email,
            name="",
            password_hash=None,
            role=Role.VIEWER,
        )
    await sign_in(page, first.email)
    me = (await page.get(ME)).json()
    other = next(each for each in me["organizations"] if each["id"] != me["organization"]["id"])
    switched = await page.put("/api/v1/auth/organization", json={"organization": other["id"]})
    assert switched.status_code == 200
    page.headers["X-CSRF-Token"] = switched.json()["csrf_token"]
    me = (await page.get(ME)).json()
    assert (me["organization"]["id"], me["role"]) == (other["id"], "viewer")
    stranger = await new_organization(context)
    foreign = context.public_ids.encode("org", stranger.organization_id)
    assert (await page.put("/api/v1/auth/organization", json={"organization": foreign})).status_code == 404


async def test_many_attempts_at_the_same_moment_gain_nothing(app, context, organization):
    """Counted one after the other, so that no two see the same number."""
    attempts = [throttle.count(context, email=organization.email, address="10.0.0.9") for _ in range(30)]
    ended = await asyncio.gather(*attempts, return_exceptions=True)
    assert sum(each is None for each in ended) == throttle.PER_ACCOUNT_AND_ADDRESS
    assert all(isinstance(each, RateLimited) for each in ended if each is not None)


async def test_nobody_is_let_in_with_the_address_of_the_probe(api, settings):
    reserved = {"email": "probe@hauberk.invalid", "role": "viewer"}
    assert (await api.post("/api/v1/invitations", json=reserved)).status_code == 422
    opened = unlimited(settings).model_copy(update={"signup": "open"})
    async with serving(opened) as app, browser(app) as page:
        body = {"email": "probe@hauberk.invalid", "name": "Eve", "password": PASSWORD}
        assert (await page.post("/api/v1/auth/signup", json=body)).status_code == 422


async def test_with_open_sign_up_an_account_that_somebody_made_is_not_taken_for_its_owners(
    settings, organization
):
    opened = unlimited(settings).model_copy(update={"signup": "open"})
    async with serving(opened) as app:
        context = app.state.context
        async with context.sessions.transaction() as db:
            *_, other = await CredentialRepository(db).organizations()
        with pytest.raises(Conflict, match="Invite it instead"):
            await installation.add_member(
                context, email=organization.email, name="", role="admin", organization=other.name
            )


async def test_a_token_without_the_right_to_tokens_ends_itself_only(api):
    made = [
        (await api.post("/api/v1/tokens", json={"name": name, "scopes": ["findings:read"]})).json()
        for name in ("leaked", "deploys")
    ]
    paths = [f"/api/v1/tokens/{each['id']}" for each in made]
    leaked = {"Authorization": f"Bearer {made[0]['token']}"}
    refused = await api.delete(paths[1], headers=leaked)
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (403, "other_token")
    assert (await api.delete(paths[0], headers=leaked)).status_code == 204
    assert (await api.delete(paths[1])).status_code == 204
