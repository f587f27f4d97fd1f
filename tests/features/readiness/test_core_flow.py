"""The core flow through sites that are half broken, or are no Hauberk: what it says, and that nothing stays behind."""

import httpx2
import pytest

from features.readiness.test_live_rows import worker_at_work
from fixtures.api import serving, unlimited
from fixtures.readiness import site_of
from hauberk.features.readiness import core_flow, tenant
from hauberk.features.readiness.core_flow import BrokenFlowError, Flow
from hauberk.infra.readiness import Site

pytestmark = pytest.mark.anyio


def somebody(answer):
    """A site that gives this answer to everything."""
    transport = httpx2.MockTransport(lambda request: answer)
    return httpx2.AsyncClient(transport=transport, base_url="http://somebody.example")


def client_of(site: Site):
    """The site, with something between it and who calls: `cut` says of a request whether it is lost."""

    class Between(httpx2.AsyncBaseTransport):
        def __init__(self):
            self.cut = lambda request: False
            self.inner = site.http._transport

        async def handle_async_request(self, request):
            if self.cut(request):
                raise httpx2.ConnectError("Connection refused")
            return await self.inner.handle_async_request(request)

    between = Between()
    return between, httpx2.AsyncClient(transport=between, base_url=site.url)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            httpx2.Response(
                401,
                json={"detail": "E-mail address or password is wrong.", "request_id": "abc", "status": 401},
                headers={"Content-Type": "application/problem+json"},
            ),
            "sign in: POST /auth/login answered 401: E-mail address or password is wrong. (request abc)",
        ),
        (
            httpx2.Response(502, html="<html><title>Bad gateway</title>" + "<p>" * 500),
            "sign in: POST /auth/login answered 502 with text/html: not Hauberk, but something in front of it or in its place",
        ),
        (
            httpx2.Response(301, headers={"Location": "https://somebody.example/api/v1/auth/login"}),
            "sign in: POST /auth/login answered 301, to https://somebody.example/api/v1/auth/login: give that address",
        ),
        (
            httpx2.Response(200, html="<p>Welcome"),
            "sign in: what was answered is not what Hauberk answers: is it at http://somebody.example?",
        ),
        (
            httpx2.Response(200, json={}),
            "sign in: what was answered is not what Hauberk answers: is it at http://somebody.example?",
        ),
    ],
    ids=["wrong password", "proxy's page", "redirect", "another site", "another API"],
)
async def test_what_came_instead_is_said_in_a_sentence(answer, told):
    async with somebody(answer) as http:
        with pytest.raises(BrokenFlowError) as broken:
            await Flow(http, "http://somebody.example").go("a@example.org", "a password")
    assert str(broken.value) == told


async def test_a_site_that_is_not_there_is_named_with_the_reason():
    async with httpx2.AsyncClient(base_url="http://127.0.0.1:9") as http:
        with pytest.raises(BrokenFlowError, match=r"^sign in: http://127\.0\.0\.1:9 cannot be reached: \w+"):
            await Flow(http, "http://127.0.0.1:9").go("a@example.org", "a password")


@pytest.mark.long
async def test_a_report_that_nobody_read_in_time_leaves_nothing_when_somebody_reads_it_later(
    fresh_settings, monkeypatch
):
    monkeypatch.setattr(core_flow, "SCAN_SECONDS", 0.5)
    async with serving(unlimited(fresh_settings)) as app:
        site = site_of(app)
        async with tenant.offered(app.state.context) as open_tenant:
            site.http.headers.update((await open_tenant()).headers)
            with pytest.raises(BrokenFlowError, match="no worker had read the report"):
                await Flow(site.http, site.url).upload_and_see()
            async with worker_at_work(fresh_settings):
                for _ in range(200):
                    jobs = (await site.http.get("/api/v1/jobs")).json()["items"]
                    if jobs and not any(job["state"] in ("accepted", "running") for job in jobs):
                        break
            left = [
                (await site.http.get(f"/api/v1/{path}")).json()["items"]
                for path in ("assets", "findings", "scans")
            ]
        await site.http.aclose()
    assert left == [[], [], []]


async def test_what_broke_first_is_said_before_what_could_not_be_cleaned_up(fresh_settings):
    async with serving(unlimited(fresh_settings)) as app:
        site = site_of(app)
        between, http = client_of(site)
        async with tenant.offered(app.state.context) as open_tenant, http:
            http.headers.update((await open_tenant()).headers)
            between.cut = lambda request: "/scans/" in request.url.path or request.method == "DELETE"
            flow = Flow(http, site.url)
            with pytest.raises(BrokenFlowError) as broken:
                await flow.upload_and_see()
        await site.http.aclose()
    said = str(broken.value)
    assert said.startswith(f"read it: {site.url} cannot be reached: ")
    assert f"; then clean up: {site.url} cannot be reached" in said
    assert f"asset {flow.asset} is still there" in said
