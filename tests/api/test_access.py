"""Who may call what: every route of the OpenAPI document, as nobody, as each role, and as another tenant."""

import re

import pytest

from fixtures.api import browser, new_organization
from hauberk.api import openapi
from hauberk.domain.permissions import Permission, Role
from hauberk.features.identity.access import Needs

pytestmark = pytest.mark.anyio

PUBLIC = {
    ("get", "/health"),
    ("get", "/health/live"),
    ("get", "/health/ready"),
    ("post", "/api/v1/auth/login"),
    ("post", "/api/v1/auth/link"),
    ("post", "/api/v1/auth/signup"),
    ("post", "/api/v1/auth/invitation"),
    ("get", "/api/v1/auth/options"),
    ("get", "/api/v1/auth/keys"),
    ("post", "/api/v1/auth/token"),
    ("post", "/api/v1/alerts/link"),
    ("post", "/api/v1/alerts/link/acknowledge"),
    ("post", "/api/v1/reports"),
}
PREFIXES = {
    "account_id": "svc",
    "secret_id": "sec",
    "alert_id": "alr",
    "asset_id": "ast",
    "channel_id": "chn",
    "comment_id": "cmt",
    "delivery_id": "dlv",
    "event_id": "out",
    "file_id": "qtn",
    "finding_id": "fnd",
    "invitation_id": "inv",
    "job_id": "job",
    "mapping_id": "map",
    "override_id": "ovr",
    "due_policy_id": "pol",
    "policy_id": "esc",
    "other_id": "fnd",
    "regrouping_id": "rgp",
    "scan_id": "scn",
    "schedule_id": "sch",
    "session_id": "ses",
    "token_id": "tok",
    "upload_id": "upl",
    "user_id": "usr",
    "view_id": "viw",
    "component_id": "cmp",
    "vulnerability_id": "vul",
}


def _routes(app):
    return [
        (method, path, operation)
        for path, operations in openapi.describe(app)["paths"].items()
        for method, operation in operations.items()
    ]


def _needs(app):
    """The permission that each route asks for, read from its dependencies, not from its documentation."""
    found = {}

    def walk(routes, prefix):
        for route in routes:
            inner = getattr(route, "original_router", None)
            if inner is not None:
                walk(inner.routes, prefix + (route.include_context.prefix or ""))
            elif hasattr(route, "dependant"):
                needs = list(_needs_of(route.dependant))
                for method in route.methods:
                    found[method.lower(), prefix + route.path_format] = needs[0] if needs else None

    walk(app.router.routes, "")
    return found


def _needs_of(dependant):
    for each in dependant.dependencies:
        if isinstance(each.call, Needs) and each.call.permission is not None:
            yield each.call.permission
        yield from _needs_of(each)


def _address(path, ids, number=1):
    def fill(match):
        if not match[1].endswith("_id"):
            return "main"
        assert match[1] in PREFIXES, f"say in PREFIXES what {match[1]} of {path} is"
        return ids.encode(PREFIXES[match[1]], number)

    return re.sub(r"\{(\w+)\}", fill, path)


@pytest.mark.long
async def test_whoever_is_not_signed_in_is_told_so_everywhere(app, context):
    async with browser(app) as nobody:
        for method, path, _ in _routes(app):
            if (method, path) in PUBLIC:
                continue
            answer = await nobody.request(method, _address(path, context.public_ids))
            assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"
            assert answer.headers["content-type"] == "application/problem+json"


async def test_public_routes_are_those_on_the_list(app):
    open_routes = {(method, path) for method, path, operation in _routes(app) if "security" not in operation}
    assert open_routes == PUBLIC


async def _service_account(app, api, role):
    """A client with the access token of a new service account that may do all that the role may."""
    body = {"name": f"a {role.value}", "role": role.value, "scopes": ["*"]}
    made = (await api.post("/api/v1/service-accounts", json=body)).json()
    given = {"grant_type": "client_credentials", "client_id": made["client_id"]}
    async with browser(app) as nobody:
        exchanged = await nobody.post(
            "/api/v1/auth/token", data={**given, "client_secret": made["client_secret"]}
        )
    return browser(app, Authorization=f"Bearer {exchanged.json()['access_token']}")


@pytest.mark.long
@pytest.mark.parametrize("principal", ["person", "service account"])
@pytest.mark.parametrize("role", list(Role))
async def test_each_role_may_do_what_its_permissions_say(app, context, api, client_as, role, principal):
    """A body that is nonsense, an id that does not exist: whoever may is told that, whoever may not is told nothing."""
    is_person = principal == "person"
    client = await client_as(role) if is_person else await _service_account(app, api, role)
    needed = _needs(app)
    checked = 0
    for method, path, _ in _routes(app):
        permission = needed[method, path]
        if permission is None or "events" in path:
            continue
        answer = await client.request(method, _address(path, context.public_ids, 2**40))
        allowed = permission in role.permissions
        told = f"{method} {path} as {role} of a {principal}: {answer.status_code}"
        is_refused = answer.status_code == 403
        if (
            is_refused and allowed and not is_person
        ):  # what is a person's own is no program's, whatever its role
            assert answer.json()["type"].endswith(":person_needed"), told
            continue
        assert is_refused != allowed, told
        assert answer.status_code < 500, f"{told} {answer.text}"
        checked += 1
    assert checked > 20
    await client.aclose()


async def test_a_service_account_has_nothing_that_is_a_persons_own(app, context, api):
    """Routes without a permission are about the caller himself: sessions, password, name."""
    async with await _service_account(app, api, Role.ADMIN) as client:
        refused = [
            (method, path)
            for method, path, _ in _routes(app)
            if _needs(app)[method, path] is None
            and (method, path) not in PUBLIC
            and "events" not in path
            and (await client.request(method, _address(path, context.public_ids, 2**40))).status_code == 403
        ]
    assert {("get", "/api/v1/auth/sessions"), ("post", "/api/v1/auth/password")} <= set(refused)


@pytest.mark.long
async def test_a_token_may_do_what_its_scopes_say_and_no_more(app, context, api):
    needed = _needs(app)
    for scope in (Permission.FINDINGS_READ, Permission.SCANS_READ):
        made = (await api.post("/api/v1/tokens", json={"name": "narrow", "scopes": [scope]})).json()
        async with browser(app, Authorization=f"Bearer {made['token']}") as client:
            for method, path, _ in _routes(app):
                permission = needed[method, path]
                if permission is None or "events" in path or method != "get":
                    continue
                answer = await client.get(_address(path, context.public_ids, 2**40))
                assert (answer.status_code != 403) == (permission is scope), f"{path} with {scope}"


async def test_what_another_tenant_has_is_not_found(app, context, api, organization):
    """Every id that one organization can see is 404 for another one's administrator."""
    stranger = await new_organization(context)
    made = [
        ("/api/v1/tokens/{}", (await api.post("/api/v1/tokens", json={"name": "x", "scopes": ["*"]})).json()),
        (
            "/api/v1/invitations/{}",
            (await api.post("/api/v1/invitations", json={"email": "x@example.org", "role": "viewer"})).json(),
        ),
        ("/api/v1/users/{}", (await api.get("/api/v1/users")).json()["items"][0]),
    ]
    async with browser(app, **stranger.headers) as client:
        for path, thing in made:
            method, body = ("PATCH", {"is_disabled": True}) if "users" in path else ("DELETE", None)
            answer = await client.request(method, path.format(thing["id"]), json=body)
            assert answer.status_code == 404, path
        for path in ("/api/v1/tokens", "/api/v1/users", "/api/v1/invitations", "/api/v1/audit"):
            theirs = {each["id"] for each in (await client.get(path)).json()["items"]}
            ours = {each["id"] for each in (await api.get(path)).json()["items"]}
            assert not theirs & ours, path


async def test_disabling_a_person_and_changing_a_role_work_at_once(
    api, client_as, app, context, organization
):
    member = await client_as(Role.MEMBER)
    me = (await member.get("/api/v1/auth/me")).json()["user"]
    assert (await member.get("/api/v1/users")).status_code == 200
    await api.patch(f"/api/v1/users/{me['id']}", json={"role": "viewer"})
    assert (await member.get("/api/v1/users")).status_code == 403
    await api.patch(f"/api/v1/users/{me['id']}", json={"is_disabled": True})
    assert (await member.get("/api/v1/auth/me")).status_code == 401
    await api.patch(f"/api/v1/users/{me['id']}", json={"is_disabled": False})
    assert (await member.get("/api/v1/auth/me")).status_code == 200


async def test_the_last_administrator_cannot_be_removed(api):
    me = (await api.get("/api/v1/auth/me")).json()["user"]
    for change in ({"role": "member"}, {"is_disabled": True}):
        answer = await api.patch(f"/api/v1/users/{me['id']}", json=change)
        assert answer.status_code == 409
        assert answer.json()["type"].endswith(":last_administrator")


async def test_a_narrow_token_cannot_make_a_wide_one(app, api):
    made = (await api.post("/api/v1/tokens", json={"name": "n", "scopes": ["tokens:write"]})).json()
    async with browser(app, Authorization=f"Bearer {made['token']}") as client:
        assert (await client.post("/api/v1/tokens", json={"name": "w", "scopes": ["*"]})).status_code == 403
        same = await client.post("/api/v1/tokens", json={"name": "s", "scopes": ["tokens:write"]})
        assert same.status_code == 201


async def test_a_token_cannot_act_as_a_browser(api):
    assert (await api.get("/api/v1/auth/sessions")).status_code == 403
    assert (await api.post("/api/v1/auth/password", json={"new_password": "x" * 20})).status_code == 403


async def test_a_revoked_token_opens_nothing(app, api):
    made = (await api.post("/api/v1/tokens", json={"name": "t", "scopes": ["*"]})).json()
    async with browser(app, Authorization=f"Bearer {made['token']}") as client:
        assert (await client.get("/api/v1/auth/me")).status_code == 200
        assert (await api.delete(f"/api/v1/tokens/{made['id']}")).status_code == 204
        assert (await client.get("/api/v1/auth/me")).status_code == 401


async def test_a_token_ends_within_a_year(api):
    for wrong in ("2001-01-01T00:00:00Z", "2099-01-01T00:00:00Z"):
        body = {"name": "t", "scopes": ["*"], "expires_at": wrong}
        answer = await api.post("/api/v1/tokens", json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/expires_at"
