"""Starts the web server that was asked for, with metrics that all its processes share and, where wanted, the redirect."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from hauberk.infra.embedded.process import Process, Program
from hauberk.infra.metrics import folder
from hauberk.infra.settings import Settings


def run(settings: Settings, server: str) -> None:
    """Until SIGTERM. Each server is imported only when it is asked for."""
    if folder.shared() is None:
        folder.share(settings.home, "api")
    with _redirect(settings):
        import_module(f"hauberk.infra.web_server.with_{server}").serve(settings)


@contextmanager
def _redirect(settings: Settings) -> Iterator[None]:
    """Plain HTTP to HTTPS, in a process of its own that ends with this one."""
    if settings.http.redirect_port is None or settings.tls.cert is None:
        yield
        return
    process = Process(
        Program(
            name="redirect",
            command=[
                *(sys.executable, "-m", "hauberk.infra.https_redirect"),
                *(address(settings), str(settings.http.redirect_port), settings.base_url),
            ],
            log=settings.home / "logs" / "redirect.log",
        )
    )
    try:
        yield
    finally:
        process.stop()


def address(settings: Settings) -> str:
    return "127.0.0.1" if settings.host == "localhost" else settings.host
