"""Every answer: its headers, its problem document, its page, and nothing of the inside."""

import re

import pytest
from fastapi import APIRouter
from sqlalchemy import text

from fixtures.api import browser, serving, unlimited
from hauberk.api import openapi
from hauberk.api.app import create_app
from hauberk.domain.permissions import Role
from hauberk.features.identity.serving import SessionDep

pytestmark = pytest.mark.anyio

INSIDE = re.compile(r"Traceback|sqlalchemy|psycopg|select |/src/|\.py\b", re.IGNORECASE)

faulty = APIRouter(prefix="/api/v1/faulty")


@faulty.get("/bug")
async def bug() -> None:
    raise RuntimeError("secret of the inside")


@faulty.get("/statement")
async def wrong_statement(session: SessionDep) -> None:
    await session.execute(text("select nothing from nowhere"))


@faulty.get("/commit")
async def fails_at_commit(session: SessionDep) -> dict[str, str]:
    await session.execute(text("set constraints all deferred"))
    await session.execute(text("create temporary table late (n int unique deferrable initially deferred)"))
    await session.execute(text("insert into late values (1), (1)"))
    return {"state": "ok"}


@pytest.fixture
async def client(settings):
    app = create_app(unlimited(settings))
    app.include_router(faulty)
    async with app.router.lifespan_context(app), browser(app) as opened:
        yield opened


@pytest.mark.parametrize("path", ["/api/v1/faulty/bug", "/api/v1/faulty/statement", "/api/v1/faulty/commit"])
async def test_a_failure_says_nothing_of_the_inside(client, path):
    answer = await client.get(path)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["instance"] == path
    assert not INSIDE.search(answer.text)
    assert "secret" not in answer.text


async def test_wrong_values_are_named_all_at_once(client):
    answer = await client.post("/api/v1/auth/login", json={"email": "no address", "extra": 1})
    assert answer.status_code == 422
    body = answer.json()
    assert {each["pointer"] for each in body["errors"]} == {"/email", "/password", "/extra"}
    assert all(each["message"].endswith(".") for each in body["errors"])
    assert "no address" not in answer.text


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{", {"Content-Type": "application/json"}, 422),
        (b"email=a", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        (b"email", {"Content-Type": "text/plain"}, 415),
        (b"email", {}, 415),
        (b'{"email":"' + b"a" * 2_000_000 + b'"}', {"Content-Type": "application/json"}, 413),
    ],
)
async def test_bodies_that_cannot_be_read_are_refused_in_words(client, content, headers, status):
    answer = await client.post("/api/v1/auth/login", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


async def test_a_wrong_method_is_405_with_what_is_allowed(client):
    answer = await client.delete("/api/v1/auth/options")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"


async def test_a_request_id_is_kept_when_it_is_one(client):
    kept = await client.get("/health", headers={"X-Request-ID": "from-the-proxy-0001"})
    assert kept.headers["x-request-id"] == "from-the-proxy-0001"
    forged = await client.get("/health", headers={"X-Request-ID": "a\tb c"})
    assert re.fullmatch(r"[0-9a-f]{32}", forged.headers["x-request-id"])


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": 0}, "/limit"),
        ({"limit": 201}, "/limit"),
        ({"offset": 10_001}, "/offset"),
        ({"offset": -1}, "/offset"),
        ({"offset": 1, "cursor": "x"}, "/offset"),
        ({"cursor": "x"}, "/cursor"),
        ({"sort": "password_hash"}, "/sort"),
    ],
)
async def test_a_page_has_bounds(api, query, pointer):
    answer = await api.get("/api/v1/users", params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_cursor_and_offset_walk_the_same_list(api, client_as):
    for _ in range(4):
        await client_as(Role.MEMBER)
    whole = (await api.get("/api/v1/users")).json()
    assert (whole["total"], whole["total_is_exact"], whole["next_cursor"]) == (5, True, None)
    walked, cursor = [], None
    while True:
        page = (
            await api.get("/api/v1/users", params={"limit": 2, **({"cursor": cursor} if cursor else {})})
        ).json()
        walked += page["items"]
        assert page["total"] == 5
        if (cursor := page["next_cursor"]) is None:
            break
    by_offset = [
        (await api.get("/api/v1/users", params={"limit": 1, "offset": n})).json()["items"][0]
        for n in range(5)
    ]
    assert walked == by_offset == whole["items"]


@pytest.mark.long
async def test_a_large_answer_is_compressed(client):
    for encoding in ("gzip", "br", "zstd"):
        answer = await client.get("/api/v1/openapi.json", headers={"Accept-Encoding": encoding})
        assert answer.headers["content-encoding"] == encoding
        assert "Accept-Encoding" in answer.headers["vary"]


async def test_every_list_is_paged_and_bounded(app):
    lists = 0
    for path, operations in openapi.describe(app)["paths"].items():
        operation = operations.get("get")
        if operation is None or not operation["responses"].get("200"):
            continue
        schema = (
            operation["responses"]["200"].get("content", {}).get("application/json", {}).get("schema", {})
        )
        name = schema.get("$ref", "").rpartition("/")[2]
        found = openapi.describe(app)["components"]["schemas"].get(name, {})
        if "next_cursor" not in found.get("properties", {}) or path == "/api/v1/formats":
            continue
        parameters = {each["name"]: each["schema"] for each in operation.get("parameters", ())}
        assert {"limit", "cursor", "offset", "sort"} <= set(parameters), path
        assert parameters["limit"]["maximum"] == 200, path
        lists += 1
    assert lists >= 5


async def test_over_https_browsers_are_told_to_stay_there(settings):
    safe = unlimited(settings).model_copy(update={"public_url": "https://hauberk.example.org"})
    async with serving(safe) as app:
        async with browser(app, Host="hauberk.example.org") as client:
            plain = await client.get("/sign-in?next=%2Fx")
            assert plain.status_code == 308
            assert plain.headers["location"] == "https://hauberk.example.org/sign-in?next=%2Fx"
            assert (await client.get("/health")).status_code == 200
        proxied = safe.model_copy(
            update={"http": safe.http.model_copy(update={"trusted_proxies": ("10.0.0.0/8",)})}
        )
    async with serving(proxied) as app:
        headers = {
            "Host": "hauberk.example.org",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "203.0.113.9",
        }
        async with browser(app, address="10.0.0.2", **headers) as client:
            answer = await client.get("/api/v1/auth/options")
            assert answer.status_code == 200
            assert answer.headers["strict-transport-security"].startswith("max-age=63072000")
            assert (await client.get("/", headers={"Host": "evil.example"})).status_code == 421
        async with browser(app, address="203.0.113.7", **headers) as client:
            assert (await client.get("/api/v1/auth/options")).json()["type"].endswith(":untrusted_proxy")


async def test_the_metrics_tell_what_is_not_as_it_must_be_and_what_waits(client, context, organization):
    name = "scope_counts_its_open_occurrences"
    before = (await client.get("/metrics")).text
    assert f'invariant_violations{{rule="{name}"}} 0.0' in before
    assert 'job_queue_depth{kind="ingest.import_scan",queue="import",state="accepted"}' in before
    number = organization.organization_id
    async with context.sessions.transaction(number) as session:
        await session.execute(
            text(
                "insert into invariant_violation (organization_id, invariant, subject, n, detail)"
                " values (:number, :name, 1, 7, 'it counts others')"
            ),
            {"number": number, "name": name},
        )
    after = (await client.get("/metrics")).text
    assert f'invariant_violations{{rule="{name}"}} 7.0' in after
    async with context.sessions.transaction(number) as session:
        await session.execute(text("delete from invariant_violation"))


async def test_the_log_and_the_metrics_know_a_route_by_its_template(client, api):
    await api.get("/api/v1/jobs/job_0000000000000")
    await client.get("/api/v1/no/such/place")
    text = (await client.get("/metrics")).text
    assert 'route="/api/v1/jobs/{job_id}"' in text
    assert 'route="/api/{unknown}"' in text
    assert "job_0000000000000" not in text
