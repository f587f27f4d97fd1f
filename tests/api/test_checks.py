"""The readiness checks of the web side: a small flaw, as a proxy or a wrong setting makes it, is seen."""

import asyncio
from dataclasses import replace

import httpx2
import pytest

from fixtures.api import BASE_URL, serving, unlimited
from fixtures.readiness import answer_of, site_of
from hauberk.api.checks import limits
from hauberk.features.readiness import probe_key, probing
from hauberk.infra.readiness import Probe, Result, Site
from hauberk.infra.settings import Environment

pytestmark = pytest.mark.anyio


def _behind(app, flaw):
    """The site behind a proxy that does something to its answers."""
    inner = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app, raise_app_exceptions=False), base_url=BASE_URL
    )

    async def proxy(request):
        answer = await inner.send(request, stream=True)
        sent = b"".join([piece async for piece in answer.aiter_raw()])
        headers = answer.headers.multi_items()
        return flaw(request, httpx2.Response(answer.status_code, headers=headers, content=sent))

    return Site(BASE_URL, httpx2.AsyncClient(transport=httpx2.MockTransport(proxy), base_url=BASE_URL))


def without_nosniff(_request, answer):
    del answer.headers["x-content-type-options"]
    return answer


def with_inline_scripts(_request, answer):
    policy = answer.headers["content-security-policy"]
    answer.headers["content-security-policy"] = policy + "; script-src-elem 'unsafe-inline'"
    return answer


def with_scripts_in_addresses(_request, answer):
    policy = answer.headers["content-security-policy"]
    answer.headers["content-security-policy"] = policy.replace("script-src ", "script-src data: ")
    return answer


def with_a_policy_for_pages_only(request, answer):
    if request.url.path.startswith("/api/"):
        del answer.headers["permissions-policy"]
    return answer


def with_headers_for_all_but_uploads(request, answer):
    if request.url.path == "/api/v1/scans":
        del answer.headers["content-security-policy"]
    return answer


def with_headers_for_all_but_files(request, answer):
    if request.url.path.startswith("/assets/"):
        del answer.headers["x-content-type-options"]
    return answer


def with_a_second_opener_policy(_request, answer):
    second = ("cross-origin-opener-policy", "same-origin-allow-popups")
    answer.headers = httpx2.Headers([*answer.headers.multi_items(), second])
    return answer


def with_another_opener_policy(_request, answer):
    answer.headers["cross-origin-opener-policy"] = "unsafe-none"
    return answer


def with_the_camera_for_everybody(_request, answer):
    answer.headers["permissions-policy"] = "camera=*"
    return answer


def with_files_as_plain_text(request, answer):
    if request.url.path.endswith(".css"):
        answer.headers["content-type"] = "text/plain"
    return answer


def with_files_unpacked(request, answer):
    if request.url.path.startswith("/assets/"):
        headers = [each for each in answer.headers.multi_items() if each[0] != "content-encoding"]
        headers = [each for each in headers if each[0] != "content-length"]
        return httpx2.Response(answer.status_code, headers=headers, content=answer.content)
    return answer


def without_the_first_script(request, answer):
    return httpx2.Response(404) if request.url.path.startswith("/assets/index-") else answer


def with_files_that_were_touched(request, answer):
    if request.url.path.startswith("/assets/"):
        headers = [each for each in answer.headers.multi_items() if not each[0].startswith("content-")]
        kind = ("content-type", answer.headers["content-type"])
        return httpx2.Response(200, headers=[*headers, kind], content=answer.content + b" ")
    return answer


def allowing_anybody_to_upload(request, answer):
    if request.url.path == "/api/v1/scans":
        answer.headers["access-control-allow-origin"] = "*"
    return answer


def allowing_similar_names(request, answer):
    origin = request.headers.get("origin", "")
    if origin.startswith(BASE_URL[:16]):
        answer.headers["access-control-allow-origin"] = origin
    return answer


def allowing_null(request, answer):
    if request.headers.get("origin") == "null":
        answer.headers["access-control-allow-origin"] = "null"
    return answer


def allowing_developers(request, answer):
    origin = request.headers.get("origin", "")
    if origin.startswith("http://localhost:"):
        answer.headers["access-control-allow-origin"] = origin
    return answer


def with_pages_for_errors(_request, answer):
    if answer.status_code == 415:
        return httpx2.Response(415, text="<h1>Unsupported</h1>", headers={"Content-Type": "text/html"})
    return answer


def with_the_front_page_for_errors(_request, answer):
    return httpx2.Response(200, text="<h1>Hauberk</h1>", headers={"Content-Type": "text/html"})


def without_variation(_request, answer):
    answer.headers["vary"] = "Origin"
    return answer


@pytest.mark.breaks("SEC-4", "SEC-8", "ERR-1", "ERR-6", "WEB-1", "WEB-5", "WEB-8", "PERF-4")
@pytest.mark.parametrize(
    ("row", "flaw"),
    [
        ("SEC-8", without_nosniff),
        ("SEC-8", with_inline_scripts),
        ("SEC-8", with_scripts_in_addresses),
        ("SEC-8", with_a_policy_for_pages_only),
        ("SEC-8", with_headers_for_all_but_uploads),
        ("SEC-8", with_headers_for_all_but_files),
        ("SEC-8", with_a_second_opener_policy),
        ("SEC-8", with_another_opener_policy),
        ("SEC-8", with_the_camera_for_everybody),
        ("WEB-1", with_files_as_plain_text),
        ("WEB-1", with_files_unpacked),
        ("WEB-1", with_files_that_were_touched),
        ("WEB-1", without_the_first_script),
        ("WEB-8", without_the_first_script),
        ("SEC-4", allowing_anybody_to_upload),
        ("SEC-4", allowing_developers),
        ("SEC-4", allowing_similar_names),
        ("SEC-4", allowing_null),
        ("ERR-1", with_pages_for_errors),
        ("ERR-6", with_the_front_page_for_errors),
        ("WEB-5", with_the_front_page_for_errors),
        ("PERF-4", without_variation),
    ],
)
async def test_a_flaw_of_the_proxy_is_seen(app, context, row, flaw):
    site = _behind(app, flaw)
    async with probing.of(context, site) as made:
        inside = made.inside
        settings = inside.settings.model_copy(update={"environment": Environment.PRODUCTION})
        answer = await answer_of(Probe(site, replace(inside, settings=settings)), row)
    await site.http.aclose()
    assert answer.result is Result.FAIL, answer.evidence


FEW = {"default": "8/minute", "uploads": "4/minute", "sign_in": "2/minute"}
# Judged with what other processes of the database have in force: those of other tests are none of these.


async def _limits_of(settings, **rates):
    rates = settings.rate_limit.model_copy(update={**FEW, **rates})
    async with serving(settings.model_copy(update={"rate_limit": rates})) as app:
        site = site_of(app)
        async with probing.of(app.state.context, site) as probe:
            answer = await answer_of(probe, "SEC-5")
        await site.http.aclose()
    return answer


@pytest.mark.breaks("SEC-5")
async def test_counting_without_the_cache_server_is_seen(fresh_settings):
    gone = fresh_settings.cache.model_copy(update={"url": "redis://127.0.0.1:1/0"})
    answer = await _limits_of(fresh_settings.model_copy(update={"cache": gone}))
    assert answer.result is Result.FAIL
    assert "not counted in the cache server" in answer.evidence


@pytest.mark.breaks("SEC-5")
async def test_believing_everybodys_forwarded_address_is_seen(fresh_settings):
    http = fresh_settings.http.model_copy(update={"trusted_proxies": ("0.0.0.0/0",)})
    answer = await _limits_of(fresh_settings.model_copy(update={"http": http}))
    assert answer.result is Result.FAIL
    assert "HAUBERK_HTTP_TRUSTED_PROXIES" in answer.advice


@pytest.mark.breaks("SEC-5")
@pytest.mark.parametrize(
    ("rates", "words"),
    [
        ({"default": "200000/minute"}, "As good as no limit, in requests of a minute: default 200,000."),
        ({"default": "500/second"}, "default 30,000"),
        ({"uploads": "100000/minute"}, "uploads 100,000"),
        ({"sign_in": "1000/second"}, "sign_in 60,000"),
        ({"sign_in": "8/minute"}, "Signing in may be tried 8 times a minute"),
    ],
)
async def test_limits_that_keep_nobody_from_anything_are_seen(fresh_settings, rates, words):
    answer = await _limits_of(fresh_settings, **rates)
    assert answer.result is Result.FAIL
    assert words in answer.evidence


async def test_sound_limits_pass_and_use_up_nobodys(fresh_settings):
    rates = fresh_settings.rate_limit.model_copy(update=FEW)
    async with serving(fresh_settings.model_copy(update={"rate_limit": rates})) as app:
        site, cache = site_of(app), app.state.context.cache
        before = await cache.hgetall("rate:address:127.0.0.1")
        async with probing.of(app.state.context, site) as probe:
            answer = await answer_of(probe, "SEC-5")
        assert answer.result is Result.PASS, answer.evidence
        assert await cache.hgetall("rate:address:127.0.0.1") == before
        await site.http.aclose()


@pytest.mark.long
async def test_a_burst_on_a_slow_machine_meets_the_limit_too(fresh_settings):
    """The window slides on meanwhile, and allows more."""

    async def later(_request):
        await asyncio.sleep(0.15)

    rates = fresh_settings.rate_limit.model_copy(update=FEW | {"default": "8/second"})
    async with serving(fresh_settings.model_copy(update={"rate_limit": rates})) as app:
        site = site_of(app)
        site.http.event_hooks["request"].append(later)
        async with probing.of(app.state.context, site) as probe:
            answer = await answer_of(probe, "SEC-5")
        await site.http.aclose()
    assert answer.result is Result.PASS, answer.evidence


@pytest.mark.long
async def test_a_count_that_was_lost_once_is_no_missing_limit(fresh_settings, monkeypatch):
    """As of a machine so busy that the cache server answered too late, so that the process counted for itself."""
    monkeypatch.setattr(limits, "WITHOUT_CACHE_SECONDS", 1.1)  # the next key is of another second
    lost = []

    async def lose(request):
        key = probe_key.digest(request.headers.get(probe_key.HEADER, ""))
        if key in lost or not lost:
            lost.append(key)
            await cache.delete(f"rate:probe:{key}:127.0.0.1")

    rates = fresh_settings.rate_limit.model_copy(update=FEW)
    async with serving(fresh_settings.model_copy(update={"rate_limit": rates})) as app:
        site, cache = site_of(app), app.state.context.cache
        site.http.event_hooks["request"].append(lose)
        async with probing.of(app.state.context, site) as probe:
            answer = await answer_of(probe, "SEC-5")
        await site.http.aclose()
    assert len(lost) > 8
    assert answer.result is Result.PASS, answer.evidence


@pytest.mark.breaks("PERF-10")
async def test_statements_that_outlive_their_requests_are_seen(app, context):
    database = context.settings.database.model_copy(update={"statement_timeout": 60})
    site = site_of(app)
    async with probing.of(context, site) as made:
        installation = type(made.inside)(
            unlimited(context.settings).model_copy(update={"database": database}),
            context.sessions.engine,
            cache=context.cache,
            queue=context.queue,
        )
        answer = await answer_of(Probe(site, installation), "PERF-10")
    await site.http.aclose()
    assert answer.result is Result.FAIL
