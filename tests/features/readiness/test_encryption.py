"""HTTPS seen from outside: whatever is wrong with it fails, by name."""

import asyncio
import contextlib
import ssl
from contextlib import asynccontextmanager

import httpx2
import pytest

from fixtures.certificates import make_certificate
from fixtures.readiness import answer_of
from hauberk.infra.readiness import Installation, Probe, Result, Site
from hauberk.infra.settings import Environment

pytestmark = pytest.mark.anyio
GOOD = {
    "Strict-Transport-Security": "max-age=63072000",
    "Set-Cookie": "__Host-hauberk=probe; Path=/; Secure; HttpOnly; SameSite=lax",
}


@asynccontextmanager
async def site(
    tmp_path,
    context,
    *,
    plain_code=308,
    plain_to="https://127.0.0.1/",
    plain_calls=308,
    oldest=ssl.TLSVersion.TLSv1_2,
    trusted=True,
    headers=GOOD,
    **dates,
):
    """One that speaks HTTPS at one port and plain HTTP at another, as it is told."""
    certificate = make_certificate(tmp_path, **dates)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.set_ciphers("ALL:@SECLEVEL=0")
    if oldest < ssl.TLSVersion.TLSv1_2:
        with pytest.warns(DeprecationWarning, match="TLSv1"):
            tls.minimum_version = oldest
    tls.load_cert_chain(certificate.chain, certificate.key)

    def answering(code, given, calls=None):
        async def answer(reader, writer):
            asked = b""
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):  # who only shook hands
                asked = await reader.readuntil(b"\r\n\r\n")
            head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
            answered = calls if calls and asked.startswith(b"GET /api/") else code
            writer.write(f"HTTP/1.1 {answered} -\r\n{head}Content-Length: 0\r\n\r\n".encode())
            writer.close()

        return answer

    secure = await asyncio.start_server(answering(200, headers), "127.0.0.1", 0, ssl=tls)
    plain = await asyncio.start_server(
        answering(plain_code, {"Location": plain_to}, plain_calls), "127.0.0.1", 0
    )
    port, plain_port = (each.sockets[0].getsockname()[1] for each in (secure, plain))
    old = context.settings
    settings = old.model_copy(
        update={
            "environment": Environment.PRODUCTION,
            "tls": old.tls.model_copy(update={"ca": certificate.chain if trusted else None}),
            "http": old.http.model_copy(update={"redirect_port": plain_port}),
        }
    )
    url = f"https://127.0.0.1:{port}"
    inside = Installation(settings, context.sessions.engine, cache=context.cache, queue=context.queue)
    async with httpx2.AsyncClient(base_url=url) as http, secure, plain:
        yield Probe(Site(url, http), inside)


async def test_what_is_in_order_passes(tmp_path, context):
    async with site(tmp_path, context) as probe:
        answer = await answer_of(probe, "SEC-3")
    assert answer.result is Result.PASS, answer.evidence
    assert "certificate for 89 more days" in answer.evidence


@pytest.mark.parametrize(
    "policy", ['Max-Age="63072000"; includeSubDomains', "includeSubDomains; max-age = 63072000"]
)
async def test_hsts_is_read_as_browsers_read_it(tmp_path, context, policy):
    async with site(tmp_path, context, headers={**GOOD, "Strict-Transport-Security": policy}) as probe:
        answer = await answer_of(probe, "SEC-3")
    assert answer.result is Result.PASS, answer.evidence


async def test_plain_http_may_refuse_calls(tmp_path, context):
    async with site(tmp_path, context, plain_calls=403) as probe:
        assert (await answer_of(probe, "SEC-3")).result is Result.PASS


@pytest.mark.breaks("SEC-3", "LCH-4")
@pytest.mark.parametrize("row", ["SEC-3", "LCH-4"])
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"ends_hours": -0.5}, "expired"),
        ({"ends_hours": 24 * 10}, "ends in 9 days"),
        ({"trusted": False}, "self-signed"),
        ({"plain_code": 200}, "answers 200"),
        ({"plain_to": "https://elsewhere.example/"}, "is sent to elsewhere.example"),
        ({"plain_calls": 200}, "answers 200 to /api/v1/auth/options"),
        ({"headers": {**GOOD, "Strict-Transport-Security": "max-age=60"}}, "HSTS of 60 seconds"),
        ({"headers": {**GOOD, "Set-Cookie": "hauberk=probe; Path=/"}}, "lacks httponly, samesite, secure"),
        ({"headers": {**GOOD, "Set-Cookie": GOOD["Set-Cookie"].replace("lax", "None")}}, "lacks samesite"),
        ({"oldest": ssl.TLSVersion.TLSv1_1}, "TLS 1.1 or older"),
    ],
)
async def test_what_is_wrong_with_it_fails(tmp_path, context, row, wrong, words):
    async with site(tmp_path, context, **wrong) as probe:
        answer = await answer_of(probe, row)
    assert answer.result is Result.FAIL, answer.evidence
    assert words in answer.evidence
