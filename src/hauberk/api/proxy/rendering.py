"""Chooses the proxy, and tells it where it stands: names, ports, certificate, the processes behind it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from hauberk.api import openapi
from hauberk.api.app import assembled
from hauberk.api.proxy import haproxy, nginx
from hauberk.api.proxy.limits import Limits
from hauberk.api.proxy.place import Place
from hauberk.infra.settings import Settings
from hauberk.infra.web_assets import web_root
from hauberk.kit.errors import Invalid, NotFound

RENDERERS: Final[dict[str, Callable[[Place, Limits], str]]] = {
    "nginx": nginx.render,
    "haproxy": haproxy.render,
}


def render(
    settings: Settings,
    proxy: str,
    *,
    certificate: Path | None = None,
    key: Path | None = None,
    upstreams: Sequence[str] = (),
    folder: Path | None = None,
    with_assets: bool = False,
) -> str:
    """The configuration's text."""
    if proxy not in RENDERERS:
        raise NotFound("proxy", f"{proxy} (there are {', '.join(RENDERERS)})")
    url = urlsplit(settings.base_url)
    if url.scheme == "https" and certificate is None:
        raise Invalid(
            [("/certificate", "HAUBERK_PUBLIC_URL is https: say where its certificate and key are.")]
        )
    port = url.port or (443 if url.scheme == "https" else 80)
    place = Place(
        host=url.hostname or "_",
        port=port,
        plain_port=settings.http.redirect_port or 80,
        certificate=certificate,
        key=key or certificate,
        upstreams=tuple(upstreams) or (f"127.0.0.1:{settings.port}",),
        has_ipv6=Path("/proc/net/if_inet6").exists(),
        assets=web_root() if with_assets else None,
        folder=folder,
    )
    return RENDERERS[proxy](place, limits_of(settings))


def limits_of(settings: Settings) -> Limits:
    return Limits.of(settings, openapi.describe(assembled(settings)))
