"""Other sites: no write of theirs is taken on any route, none of our data is loaded into their pages, and CORS is a list."""

import pytest

from fixtures.api import BASE_URL, PASSWORD, browser, serving, unlimited
from hauberk.api import openapi

pytestmark = pytest.mark.anyio

PARTNER = "https://partner.example"
FOREIGN = ("https://evil.example", "null", f"{PARTNER}.evil.example", "https://evil-partner.example", "http://partner.example",
           f"{PARTNER}:444", f"{BASE_URL}.evil.example")  # fmt: skip
UNSAFE = ("post", "put", "patch", "delete")
PRETENCES = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    *({"Origin": origin} for origin in FOREIGN),
]


@pytest.fixture
async def site(settings):
    cors = settings.cors.model_copy(update={"origins": (PARTNER,)})
    async with serving(unlimited(settings).model_copy(update={"cors": cors})) as app:
        yield app


def _unsafe_routes(app):
    return [
        (method, path.replace("{", "").replace("}", ""))
        for path, operations in openapi.describe(app)["paths"].items()
        for method in operations
        if method in UNSAFE
    ]


@pytest.mark.long
async def test_a_write_of_another_site_is_refused_on_every_route_signed_in_or_not(site, organization):
    async with browser(site) as client:
        body = {"email": organization.email, "password": PASSWORD}
        csrf = (await client.post("/api/v1/auth/login", json=body)).json()["csrf_token"]
        routes = _unsafe_routes(site)
        assert len(routes) > 20
        for method, path in routes:
            for pretence in PRETENCES:
                headers = {**pretence, "X-CSRF-Token": csrf, "Content-Type": "text/plain"}
                answer = await client.request(method, path, headers=headers, content=b'{"a":"')
                assert answer.status_code == 403, f"{method} {path} {pretence}"
                assert answer.json()["type"] == "urn:hauberk:problem:cross_site", f"{method} {path}"


@pytest.mark.long
async def test_a_write_of_our_own_page_needs_the_sessions_token(site, organization):
    async with browser(site, Origin=BASE_URL) as client:
        body = {"email": organization.email, "password": PASSWORD}
        csrf = (await client.post("/api/v1/auth/login", json=body)).json()["csrf_token"]
        for method, path in _unsafe_routes(site):
            # They act by what is in their body, for nobody who is signed in.
            if path.startswith(("/api/v1/auth/", "/api/v1/alerts/link")) or path == "/api/v1/reports":
                continue
            kind = "multipart/form-data" if path == "/api/v1/scans" else "application/json"
            answer = await client.request(method, path, content=b"{}", headers={"Content-Type": kind})
            assert answer.status_code == 403, f"{method} {path}: {answer.text}"
            assert answer.json()["type"] == "urn:hauberk:problem:csrf"
        named = await client.patch("/api/v1/auth/me", json={"name": "Ada"}, headers={"X-CSRF-Token": csrf})
        assert named.status_code == 200


@pytest.mark.parametrize("site_said", ["cross-site", "same-site"])
async def test_another_site_cannot_load_data_but_anybody_can_follow_a_link_to_a_page(site, site_said):
    headers = {"Sec-Fetch-Site": site_said, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    async with browser(site) as client:
        refused = await client.get("/api/v1/auth/options", headers=headers)
        assert refused.status_code == 403
        link = {"Sec-Fetch-Site": site_said, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        assert (await client.get("/findings", headers=link)).status_code != 403
        assert (await client.get("/api/v1/docs", headers=link)).status_code == 200
        typed = await client.get("/api/v1/auth/options", headers={"Sec-Fetch-Site": "none"})
        assert typed.status_code == 200


@pytest.mark.parametrize("origin", FOREIGN)
async def test_a_foreign_origin_is_allowed_nothing(site, origin):
    async with browser(site) as client:
        asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
        preflight = await client.options("/api/v1/auth/options", headers=asked)
        assert preflight.status_code == 403
        assert preflight.headers["content-type"] == "application/problem+json"
        called = await client.get(
            "/api/v1/auth/options", headers={"Origin": origin, "Authorization": "Bearer x"}
        )
        for answer in (preflight, called):
            assert "access-control-allow-origin" not in answer.headers
            assert "Origin" in answer.headers["vary"]


async def test_a_listed_origin_is_allowed_what_the_api_needs_and_no_more(site):
    async with browser(site, Origin=PARTNER) as client:
        asked = {
            "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": "authorization, content-type",
        }
        preflight = await client.options("/api/v1/auth/me", headers=asked)
        assert preflight.status_code == 204
        assert preflight.headers["access-control-allow-origin"] == PARTNER
        answer = await client.get("/api/v1/auth/options", headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.headers["access-control-allow-origin"] == PARTNER
        assert "RateLimit-Remaining" in answer.headers["access-control-expose-headers"]
        for wrong in (
            {"Access-Control-Request-Headers": "x-evil"},
            {"Access-Control-Request-Method": "TRACE"},
        ):
            assert (await client.options("/api/v1/auth/me", headers=asked | wrong)).status_code == 403
