"""Somebody's site: what answers otherwise than the product does is seen to fail, and what says nothing proves nothing."""

import httpx2
import pytest

from fixtures.readiness import answer_of, in_production, installation, pretending
from hauberk.infra.readiness import Probe, ProbeTenant, Result, registered

pytestmark = pytest.mark.anyio


async def somebody():
    return ProbeTenant(1, 1, {})


def _in_its_place(request: httpx2.Request) -> httpx2.Response:
    """A proxy's own page."""
    return httpx2.Response(502, html="<h1>Bad gateway</h1>")


def _bare(request: httpx2.Request) -> httpx2.Response:
    """A site that has nothing of what is asked for."""
    return httpx2.Response(200, json={}, headers={"Access-Control-Allow-Origin": "*"})


def _talkative(request: httpx2.Request) -> httpx2.Response:
    body = {"title": "x", "detail": 'Traceback: File "/srv/app/main.py", line 1, sqlalchemy'}
    return httpx2.Response(500, json=body)


def _careless(request: httpx2.Request) -> httpx2.Response:
    """An API whose list has no bound and whose routes document no refusal."""
    listing = {"$ref": "#/components/schemas/List"}
    return httpx2.Response(
        200,
        json={
            "paths": {
                "/things": {
                    "get": {
                        "security": [{}],
                        "parameters": [{"name": "limit", "schema": {"type": "integer"}}],
                        "responses": {"200": {"content": {"application/json": {"schema": listing}}}},
                    }
                }
            },
            "components": {"schemas": {"List": {"properties": {"next_cursor": {}}}}},
        },
    )


def _lavish(request: httpx2.Request) -> httpx2.Response:
    """An API whose list below one thing, where no one asks for too much, has a bound that is none."""
    document = _careless(request).json()
    (operation,) = document["paths"].pop("/things").values()
    limit = {"name": "limit", "schema": {"type": "integer", "maximum": 1_000_000}}
    operation["parameters"] = [limit, *({"name": name, "schema": {}} for name in ("cursor", "offset"))]
    document["paths"]["/things/{thing_id}/parts"] = {"get": operation}
    return httpx2.Response(200, json=document)


@pytest.mark.parametrize(
    ("row", "handler"),
    [
        ("PERF-3", _lavish),
        ("SEC-4", _bare),
        ("SEC-5", _bare),
        ("SEC-8", _bare),
        ("INF-6", _bare),
        ("PERF-4", _bare),
        ("ERR-1", _bare),
        ("ERR-6", _bare),
        ("OBS-3", _bare),
        ("PERF-3", _careless),
        ("ERR-2", _careless),
        ("ERR-2", _bare),
        ("ERR-2", _in_its_place),
        ("ERR-6", _in_its_place),
        ("WEB-5", _talkative),
        ("ERR-1", _talkative),
    ],
)
@pytest.mark.breaks(
    "SEC-4", "SEC-5", "SEC-8", "INF-6", "PERF-4", "ERR-1", "ERR-6", "OBS-3", "PERF-3", "ERR-2", "WEB-5"
)  # fmt: skip
async def test_a_wrong_site_fails(context, row, handler):
    site = pretending(handler)
    answer = await answer_of(Probe(site, in_production(context)), row)
    await site.http.aclose()
    assert answer.result is Result.FAIL, answer.evidence


def _paged(items, cursor="next"):
    """An API whose document is right, whose list refuses too much, and which gives these items whatever is asked."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        if "/things" not in request.url.path:
            document = _lavish(request).json()
            operation = document["paths"].pop("/things/{thing_id}/parts")
            operation["get"]["parameters"][0]["schema"]["maximum"] = 200
            return httpx2.Response(200, json={**document, "paths": {"/things": operation}})
        if request.url.params["limit"] == "201":
            return httpx2.Response(422, json={})
        return httpx2.Response(200, json={"items": items, "next_cursor": cursor})

    return answer


@pytest.mark.parametrize(
    ("items", "said"), [([1, 2], "gave 2 items when asked for one"), ([1], "gave the first again")]
)
@pytest.mark.breaks("PERF-3")
async def test_a_list_that_does_not_turn_its_pages_as_its_document_says_fails(context, items, said):
    site = pretending(_paged(items))
    answer = await answer_of(Probe(site, installation(context), open_tenant=somebody), "PERF-3")
    await site.http.aclose()
    assert answer.result is Result.FAIL
    assert said in answer.evidence


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (500, "application/problem+json", "answered 500"),
        (200, "application/json", "answered 200"),
        (404, "text/html", "answered 404 text/html"),
        (403, "application/problem+json", "which its document does not tell"),
    ],
)
@pytest.mark.breaks("ERR-2")
async def test_a_route_that_refuses_otherwise_than_its_document_says_fails(context, status, kind, said):
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/things/there-is-none":
            return httpx2.Response(status, content=b"{}", headers={"content-type": kind})
        refused = {"content": {"application/problem+json": {"example": {}}}}
        told = dict.fromkeys(("401", "404", "406", "429", "500", "503", "504"), refused)
        document = {"paths": {"/things/{thing_id}": {"get": {"responses": {"200": {}, **told}}}}}
        return httpx2.Response(200, json=document)

    site = pretending(answer)
    found = await answer_of(Probe(site, installation(context), open_tenant=somebody), "ERR-2")
    await site.http.aclose()
    assert found.result is Result.FAIL
    assert said in found.evidence


@pytest.mark.parametrize("row", ["PERF-3", "WEB-6", "DEL-8"])
async def test_without_the_apis_own_document_nothing_that_it_says_is_proved(context, row):
    site = pretending(_in_its_place)
    answer = await answer_of(Probe(site, installation(context)), row)
    await site.http.aclose()
    assert answer.result is Result.SKIP
    assert answer.evidence == "Instead of the API's own document: 502 text/html; charset=utf-8."


async def test_origins_of_a_site_that_only_fails_are_not_said_to_be_refused():
    site = pretending(_in_its_place)
    answer = await answer_of(Probe(site, None), "SEC-4")
    await site.http.aclose()
    assert (answer.result, answer.evidence) == (Result.SKIP, "/api/v1/auth/options answered 502")


async def test_an_unreachable_site_is_skipped_and_never_passes(context):
    def refuse(request):
        raise httpx2.ConnectError("refused")

    site = pretending(refuse)
    for row, check in registered().items():
        if check.from_outside and row not in ("SEC-3", "LCH-4"):
            assert (await answer_of(Probe(site, None), row)).result is Result.SKIP
    await site.http.aclose()


@pytest.mark.breaks("INF-6")
async def test_a_site_that_cannot_serve_fails_though_it_says_so(context):
    site = pretending(
        lambda request: httpx2.Response(
            *((200,) if request.url.path == "/health/live" else (503,)),
            json={"state": "ok" if request.url.path == "/health/live" else "down", "degraded": ["storage"]},
        )
    )
    answer = await answer_of(Probe(site, installation(context)), "INF-6")
    await site.http.aclose()
    assert "cannot serve: storage" in answer.evidence


@pytest.mark.breaks("INF-6")
@pytest.mark.parametrize("body", ["ok", "[]", "{}"])
async def test_a_proxy_that_answers_for_the_product_fails(context, body):
    site = pretending(lambda _request: httpx2.Response(200, text=body))
    answer = await answer_of(Probe(site, installation(context)), "INF-6")
    await site.http.aclose()
    assert "not in the product's own words" in answer.evidence
