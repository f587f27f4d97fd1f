"""The headers of every answer, by the arithmetic of Mozilla's HTTP Observatory, and what browsers report."""

import re

import httpx2
import pytest
from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from fixtures.api import PASSWORD, browser, serving, unlimited
from hauberk.api.app import create_app
from hauberk.api.csp_reports import REPORTS
from hauberk.features.readiness.observatory import Seen, grade
from hauberk.infra.security_headers import DATA_POLICY, PAGE_POLICY, REPORTS_PATH

pytestmark = pytest.mark.anyio

HOST = "hauberk.example.org"
A_PAGE = (
    "<!doctype html><title>Hauberk</title>"
    '<script src="/theme.js" integrity="sha384-x"></script><script src="/app.js" integrity="sha384-y"></script>'
)
REQUIRED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "server": "",
}

odd = APIRouter(prefix="/api/v1/odd")


@odd.get("/bug")
async def bug() -> None:
    raise RuntimeError


@odd.get("/stream")
async def stream() -> StreamingResponse:
    async def pieces():
        yield "data: 1\n\n"
        yield "data: 2\n\n"

    headers = {
        "Server": "softened",
        "X-Frame-Options": "ALLOWALL",
        "Content-Security-Policy": "default-src *",
    }
    return StreamingResponse(pieces(), media_type="text/event-stream", headers=headers)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A front end, so that pages and files are served whether or not the real one was built."""
    folder = tmp_path_factory.mktemp("web")
    (folder / "index.html").write_text(A_PAGE)
    (folder / "assets").mkdir()
    (folder / "assets" / "app-1a2b3c.js").write_text("'use strict';\n" * 200)
    return folder


@pytest.fixture
async def client(settings, built, monkeypatch):
    monkeypatch.setattr("hauberk.api.app.web_root", lambda: built)
    http = settings.http.model_copy(update={"trusted_proxies": ("10.0.0.0/8",)})
    app = create_app(unlimited(settings).model_copy(update={"public_url": f"https://{HOST}", "http": http}))
    app.include_router(odd)
    headers = {"Host": HOST, "X-Forwarded-Proto": "https"}
    async with app.router.lifespan_context(app), browser(app, address="10.0.0.2", **headers) as opened:
        yield opened


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/findings?q=is:open", 200),
        ("/assets/app-1a2b3c.js", 200),
        ("/assets/gone-000000.js", 404),
        ("/api/v1/docs", 200),
        ("/api/v1/auth/options", 200),
        ("/api/v1/auth/me", 401),
        ("/api/v1/nothing", 404),
        ("/api/v1/odd/bug", 500),
        ("/api/v1/odd/stream", 200),
        ("/health", 200),
        ("/health?" + "x" * 9000, 414),
    ],
)
async def test_every_answer_has_the_headers_and_at_least_155_points(client, path, status):
    answer = await client.get(path, headers={"Accept-Encoding": "identity"})
    assert answer.status_code == status
    for name, value in REQUIRED.items():
        assert answer.headers.get_list(name) == [value]
    (policy,) = answer.headers.get_list("content-security-policy")
    assert "unsafe" not in policy
    is_page = answer.headers["content-type"].startswith(("text/html", "text/javascript"))
    assert policy == (
        f"{PAGE_POLICY}; upgrade-insecure-requests"
        if is_page or (status == 404 and "assets" in path)
        else DATA_POLICY
    )
    assert answer.headers["cache-control"]
    assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains; preload"
    found = grade(Seen(answer, is_https=True))
    assert not found.lost
    assert found.score >= (155 if answer.headers["content-type"].startswith("text/html") else 150)


async def test_what_the_outermost_layers_refuse_has_them_too(client):
    refused = [
        await client.get("/", headers={"Host": "evil.example"}),
        await client.get("/", headers={"X-Forwarded-Proto": "http"}),
        await client.get("/", headers={f"X-{n}": "1" for n in range(120)}),
        await client.get("/", headers={"X-Large": "x" * 40_000}),
        await client.post("/api/v1/auth/login", json={}, headers={"Origin": "https://evil.example"}),
        await client.options(
            "/api/v1/auth/login",
            headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
        ),
    ]
    assert [each.status_code for each in refused] == [421, 308, 431, 431, 403, 403]
    for answer in refused:
        assert not grade(Seen(answer, is_https=True)).lost
        if answer.status_code != 308:
            assert answer.headers["content-type"] == "application/problem+json"


def _page(**changes):
    headers = {
        "Content-Type": "text/html",
        "Content-Security-Policy": PAGE_POLICY,
        "Strict-Transport-Security": "max-age=63072000",
        **{name: value for name, value in REQUIRED.items() if value},
        **changes,
    }
    content = headers.pop("content", A_PAGE)
    return httpx2.Response(200, headers={k: v for k, v in headers.items() if v is not None}, text=content)


@pytest.mark.parametrize(
    ("changes", "score"),
    [
        ({}, 155),
        ({"Set-Cookie": "sid=1; Secure; HttpOnly; SameSite=Lax"}, 160),
        ({"Content-Security-Policy": None}, 75),
        (
            {
                "Content-Security-Policy": PAGE_POLICY.replace(
                    "script-src 'self'", "script-src 'self' 'unsafe-inline'"
                )
            },
            80,
        ),
        ({"Content-Security-Policy": PAGE_POLICY.replace("default-src 'none'", "default-src 'self'")}, 150),
        ({"Strict-Transport-Security": None}, 80),
        ({"Strict-Transport-Security": "max-age=3600"}, 140 + 5),
        ({"x-content-type-options": None}, 150),
        ({"Set-Cookie": "sid=1"}, 30),
        ({"Access-Control-Allow-Origin": "*"}, 50),
        ({"cross-origin-opener-policy": None}, 145),
        ({"content": '<script src="https://cdn.example/x.js"></script>'}, 145),
    ],
)
def test_the_arithmetic_is_the_observatorys(changes, score):
    assert grade(Seen(_page(**changes), is_https=True)).score == score


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (
            "application/reports+json",
            [
                {
                    "type": "csp-violation",
                    "body": {
                        "effectiveDirective": "img-src",
                        "blockedURL": "https://evil.example/p?q=secret",
                    },
                }
            ],
        ),
        (
            "application/csp-report",
            {"csp-report": {"effective-directive": "img-src", "blocked-uri": "https://evil.example/p"}},
        ),
    ],
)
async def test_a_report_of_the_browser_is_counted_by_few_words(client, kind, body):
    counter = REPORTS.labels("img-src", "https")
    before = counter._value.get()
    # What a browser sends by itself has no origin, because our pages send no referrer.
    headers = {"Content-Type": kind, "Origin": "null", "Sec-Fetch-Site": "same-origin"}
    answer = await client.post(REPORTS_PATH, json=body, headers=headers)
    assert answer.status_code == 204
    assert counter._value.get() == before + 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[" * 5000,
        b"[1, null]",
        b'{"csp-report": 7}',
        b'{"csp-report": {"document-uri": "http://["}}',
        b"\xff",
    ],
)
async def test_a_report_that_is_none_is_let_pass(client, body):
    answer = await client.post(
        REPORTS_PATH, content=body, headers={"Content-Type": "application/reports+json"}
    )
    assert answer.status_code == 204


async def test_over_plain_http_nothing_promises_https(settings):
    async with serving(unlimited(settings)) as app, browser(app) as client:
        answer = await client.get("/api/v1/docs")
    assert "strict-transport-security" not in answer.headers
    assert "upgrade-insecure-requests" not in answer.headers["content-security-policy"]
    assert re.search(r"<script defer integrity=\"sha384-[\w+/=]{64}\"", answer.text)


async def test_signing_out_leaves_nothing_in_the_browser(app, organization):
    async with browser(app) as client:
        body = {"email": organization.email, "password": PASSWORD}
        csrf = (await client.post("/api/v1/auth/login", json=body)).json()["csrf_token"]
        answer = await client.post("/api/v1/auth/logout", headers={"X-CSRF-Token": csrf})
    assert answer.status_code == 204
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
