"""Whether what stands in front lets through what the application accepts, and a configuration is there to put in front."""

import asyncio
import re
from pathlib import Path
from urllib.parse import urlsplit

from hauberk.api.proxy.limits import Limits
from hauberk.api.proxy.place import Place
from hauberk.api.proxy.rendering import RENDERERS, limits_of
from hauberk.features.readiness.probing import trusting
from hauberk.features.readiness.raw import Head, head
from hauberk.infra.readiness import Answer, Kind, Probe, failed, passed, readiness, skipped
from hauberk.infra.settings import Settings

_MATTERS = re.compile(
    r"(client_max_body_size|client_body_timeout|send_timeout|proxy_(read|send|connect)_timeout|proxy_request_buffering"
    r"|proxy_buffering|proxy_next_upstream|ssl_protocols|timeout (client|server|http-request)|retry-on"
    r"|http-check|option httpchk|acl is_too_large)\b.*"
)
_HEALTH = re.compile(r"server \S+.*(max_fails=[1-9]|\bcheck\b)")


@readiness("INF-5", timeout=20)
async def balancer(probe: Probe) -> Answer:
    settings = probe.inside.settings
    # It assembles the application: seconds, of which others wait for none.
    limits = await asyncio.to_thread(limits_of, settings)
    shown = [f"nginx and HAProxy configurations are rendered from the settings in force ({_told(limits)})"]
    if settings.http.proxy_config is not None:
        wrong = _compared(settings, settings.http.proxy_config, limits)
        if wrong:
            return failed(
                f"{settings.http.proxy_config}: {wrong}.",
                "Make it again with 'hauberk render'.",
                kind=Kind.CONFIG,
            )
        shown.append(f"{settings.http.proxy_config} agrees with them")
    url = urlsplit(probe.site.url)
    try:
        front = await _asked(probe, "/health/live", method="GET")
        accepted = await _accepted(probe, "/api/v1/scans", settings.upload.max_bytes)
        form = await _accepted(probe, "/api/v1/auth/login", limits.body_bytes)
        beyond = await _accepted(probe, "/api/v1/auth/login", limits.body_bytes * 4)
    except (OSError, TimeoutError, ValueError) as error:
        return skipped(
            f"{probe.site.url} cannot be reached from here ({type(error).__name__}).", "Ask from outside."
        )
    for size, answer in ((settings.upload.max_bytes, accepted), (limits.body_bytes, form)):
        if answer.code == 413:
            return failed(
                f"{size:,} bytes, which the application accepts, are refused in front of it with 413.",
                "Render the proxy's configuration again and load it.",
            )
    if beyond.code != 413:
        return failed(
            f"A body of {limits.body_bytes * 4:,} bytes, which the application refuses, was answered {beyond.code}.",
            "Give the proxy in front the application's limits ('hauberk render'); if there is none, report this.",
        )
    server = front.headers.get("server") or "none that names itself"
    shown.append(f"in front of {url.netloc} stands {server}, and what the application accepts comes through")
    return passed(f"{'; '.join(shown)}.")


async def _accepted(probe: Probe, path: str, size: int) -> Head:
    """A body of that size is announced and not sent: whoever would refuse it does so now."""
    kind = "multipart/form-data; boundary=x" if path.endswith("scans") else "application/json"
    more = {
        "Content-Type": kind,
        "Content-Length": str(size),
        "Expect": "100-continue",
        "Origin": probe.site.url,
    }
    return await _asked(probe, path, more, method="POST")


async def _asked(probe: Probe, path: str, more: dict[str, str] | None = None, *, method: str) -> Head:
    url = urlsplit(probe.site.url)
    is_secure = url.scheme == "https"
    context = trusting(probe.inside.settings.tls.ca) if is_secure else None
    port = url.port or (443 if is_secure else 80)
    return await head(url.hostname or "", port, path, context, more, method=method)


def _told(limits: Limits) -> str:
    return (
        f"bodies to {limits.body_bytes:,} bytes, uploads to {limits.upload_bytes:,}, answers within"
        f" {limits.answer_seconds} s, idle {limits.idle_seconds} s"
    )


def _compared(settings: Settings, path: Path, limits: Limits) -> str | None:
    """What differs from a configuration that is made now, of the lines that matter."""
    try:
        found = path.read_text(encoding="utf-8")
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
    proxy = "haproxy" if "frontend" in found else "nginx"
    place = Place("_", 443, 80, Path("-"), Path("-"), ("-",), has_ipv6=False, assets=None, folder=None)
    wanted, given = (_lines(text) for text in (RENDERERS[proxy](place, limits), found))
    if missing := sorted(wanted - given):
        return f"it has no '{missing[0]}'"
    if not _HEALTH.search(found):
        return "its servers are not looked after"
    return (
        None
        if settings.database.statement_timeout <= limits.answer_seconds
        else "the database is more patient"
    )


def _lines(text: str) -> set[str]:
    return {
        match.group(0).rstrip("; ")
        for line in text.splitlines()
        if (match := _MATTERS.match(" ".join(line.partition("#")[0].split())))
    }
