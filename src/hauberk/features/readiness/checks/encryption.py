"""HTTPS as a browser meets it: the chain, the protocol, what plain HTTP gets, HSTS, and how cookies are marked."""

import asyncio
import http.client
import re
import ssl
import time
import warnings
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from hauberk.features.readiness import probe_key
from hauberk.features.readiness.probing import trusting
from hauberk.features.readiness.raw import Head, head
from hauberk.infra.readiness import Answer, Probe, failed, passed, readiness, skipped, warned

CERTIFICATE_DAYS = 14
HSTS_SECONDS = 15_768_000
SECONDS = 5.0
_MAX_AGE = re.compile(r"""(?:^|;)\s*max-age\s*=\s*"?(\d+)""", re.IGNORECASE)
_CALL = "/api/v1/auth/options"
_REDIRECTS = (301, 302, 303, 307, 308)
_OLD = "ALL:@SECLEVEL=0"


@dataclass(frozen=True)
class Handshake:
    protocol: str
    days: int
    issuer: str


@readiness("SEC-3", timeout=20, from_outside=True)
async def https(probe: Probe) -> Answer:
    return await probe.once("https", lambda: _look(probe))


@readiness("LCH-4", timeout=20, from_outside=True)
async def tls_is_verified(probe: Probe) -> Answer:
    return await probe.once("https", lambda: _look(probe))


async def _look(probe: Probe) -> Answer:
    url = urlsplit(probe.site.url)
    if url.scheme != "https":
        return failed(
            f"{probe.site.url} is plain HTTP.",
            "Set HAUBERK_PUBLIC_URL to https://…, with HAUBERK_TLS_CERT and HAUBERK_TLS_KEY or a proxy.",
        )
    host, port = url.hostname or "", url.port or 443
    context = trusting(probe.installation.settings.tls.ca if probe.installation else None)
    try:
        handshake = await _handshake(host, port, context)
    except ssl.SSLCertVerificationError as error:
        return failed(
            f"The certificate is not accepted: {error.verify_message}.",
            "Install a valid certificate with its chain.",
        )
    except ssl.SSLError as error:
        return failed(f"No TLS 1.2 or newer: {error.reason}.", "Offer TLS 1.2 and 1.3.")
    except (OSError, TimeoutError) as error:
        return skipped(
            f"{probe.site.url} cannot be reached from here ({type(error).__name__}).", "Ask from outside."
        )
    return await _graded(probe, host, port, context, handshake)


async def _graded(
    probe: Probe, host: str, port: int, context: ssl.SSLContext, handshake: Handshake
) -> Answer:
    seen, wrong = _policy(handshake, await head(host, port, "/", context))
    if await _accepts_old(host, port):
        wrong.append(("TLS 1.1 or older is accepted", "Offer TLS 1.2 and 1.3 only."))
    plain, refused = await _plain(probe, host, port)
    if refused:
        wrong.append(refused)
    marks, unmarked = await _cookie(probe, host, port, context)
    if unmarked:
        wrong.append(unmarked)
    if wrong:
        return failed("; ".join((seen, *(each for each, _ in wrong))) + ".", wrong[0][1])
    if plain is None:
        return warned(
            f"{seen}; {marks}. No port was found where plain HTTP could be tried.",
            "Redirect port 80 to HTTPS, or name the port: HAUBERK_HTTP_REDIRECT_PORT.",
        )
    return passed(f"{seen}; {marks}; plain HTTP at port {plain} is sent to HTTPS.")


def _policy(handshake: Handshake, secure: Head) -> tuple[str, list[tuple[str, str]]]:
    policy = secure.headers.get("strict-transport-security", "")
    told = _MAX_AGE.search(policy)
    age = int(told[1]) if told else 0
    seen = (
        f"{handshake.protocol}, a chain verified up to {handshake.issuer}, certificate for {handshake.days} more days,"
        f" HSTS '{policy or 'absent'}'"
    )
    wrong = []
    if handshake.days < CERTIFICATE_DAYS:
        wrong.append((f"the certificate ends in {handshake.days} days", "Renew it."))
    if age < HSTS_SECONDS:
        wrong.append((f"HSTS of {age} seconds", "Look whether the proxy drops Strict-Transport-Security."))
    return seen, wrong


async def _handshake(host: str, port: int, context: ssl.SSLContext) -> Handshake:
    """Protocol, and days until the certificate ends; verifies the chain and the name."""
    async with asyncio.timeout(SECONDS):
        _, writer = await asyncio.open_connection(host, port, ssl=context)
    try:
        tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
        certificate = tls.getpeercert() or {}
        ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
        parts: Any = certificate.get("issuer", ())
        issuer = dict(pair for part in parts for pair in part)
        named = issuer.get("organizationName") or issuer.get("commonName") or "its issuer"
        return Handshake(tls.version() or "", int((ends - time.time()) // 86_400), named)
    finally:
        writer.close()


async def _accepts_old(host: str, port: int) -> bool:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # what is asked is only whether it speaks such a protocol
    context.set_ciphers(_OLD)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # they are: that is what is asked
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    try:
        async with asyncio.timeout(SECONDS):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def _plain(probe: Probe, host: str, port: int) -> tuple[int | None, tuple[str, str] | None]:
    """Where plain HTTP answered, and what was wrong with that."""
    settings = probe.installation.settings if probe.installation else None
    ports = [settings.http.redirect_port if settings else None, 80 if port == 443 else None, port]
    for each in dict.fromkeys(found for found in ports if found):
        try:
            answer = await head(host, each, "/", None)
        except (OSError, TimeoutError, ValueError, http.client.HTTPException):
            continue
        if each == port and answer.code == 400:
            continue  # it is told that this is a port for HTTPS, and nothing else
        return each, await _plain_flaw(host, each, answer)
    return None, None


async def _plain_flaw(host: str, port: int, page: Head) -> tuple[str, str] | None:
    """A page must be sent to HTTPS here; a call may be refused as well, and is never answered."""
    target = urlsplit(page.headers.get("location", ""))
    if page.code not in _REDIRECTS or target.scheme != "https":
        return f"plain HTTP at port {port} answers {page.code}", "Redirect it to HTTPS."
    if target.hostname != host:
        return f"plain HTTP at port {port} is sent to {target.hostname}", f"Redirect it to https://{host}."
    call = await head(host, port, _CALL, None)
    if call.code not in _REDIRECTS and call.code < 400:
        return (
            f"plain HTTP at port {port} answers {call.code} to {_CALL}",
            "Redirect every path to HTTPS, not only the first page.",
        )
    return None


async def _cookie(
    probe: Probe, host: str, port: int, context: ssl.SSLContext
) -> tuple[str, tuple[str, str] | None]:
    """The session's cookie as it comes through to here."""
    if probe.installation is None:
        return "cookies not seen from outside", None
    key = {probe_key.HEADER: probe_key.make(probe.inside.settings.key_ring)}
    answer = await head(host, port, f"{probe_key.PATH}/cookie", context, key)
    given = answer.headers.get("set-cookie", "")
    marks = dict(part.strip().lower().partition("=")[::2] for part in given.split(";")[1:])
    if marks.get("samesite") == "none":
        del marks["samesite"]  # which is to say: other sites may send it along
    if missing := sorted({"secure", "httponly", "samesite"} - set(marks)):
        return "", (
            f"the session's cookie lacks {', '.join(missing)}",
            "Look what the proxy does to Set-Cookie.",
        )
    return "the session's cookie is Secure, HttpOnly, SameSite", None
