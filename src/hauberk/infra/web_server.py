"""The web server around the API: Granian by default, Gunicorn with Uvicorn workers, or Uvicorn alone."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hauberk.infra.embedded.process import Process, Program
from hauberk.infra.settings import Settings

APPLICATION = "hauberk.api.app:create_app"
RESPAWN_SECONDS = 1.0


def run(settings: Settings, server: str) -> None:
    _share_metrics(settings)
    with _redirect(settings):
        {"granian": _granian, "gunicorn": _gunicorn, "uvicorn": _uvicorn}[server](settings)


def _share_metrics(settings: Settings) -> None:
    """Several processes count into files of one folder, so that /metrics shows their sum whoever answers."""
    if settings.api_processes == 1:
        return
    folder = settings.home.resolve() / "run" / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _granian(settings: Settings) -> None:
    from granian.constants import Interfaces, SSLProtocols  # noqa: PLC0415 - each server is imported only when asked for
    from granian.server import Server  # noqa: PLC0415

    Server(
        APPLICATION,
        factory=True,
        address=_address(settings),
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.api_processes,
        respawn_failed_workers=True,
        respawn_interval=RESPAWN_SECONDS,
        workers_kill_timeout=settings.http.drain_seconds,
        websockets=False,
        ssl_cert=settings.tls.cert,
        ssl_key=settings.tls.key,
        ssl_protocol_min=SSLProtocols.tls12,
    ).serve()


def _uvicorn(settings: Settings) -> None:
    import uvicorn  # noqa: PLC0415

    uvicorn.run(
        APPLICATION,
        factory=True,
        host=_address(settings),
        port=settings.port,
        workers=settings.api_processes,
        timeout_graceful_shutdown=settings.http.drain_seconds,
        proxy_headers=False,  # the application decides whom it believes
        server_header=False,
        access_log=False,
        ssl_certfile=settings.tls.cert,
        ssl_keyfile=settings.tls.key,
    )


def _gunicorn(settings: Settings) -> None:
    from gunicorn.app.wsgiapp import WSGIApplication  # noqa: PLC0415

    options: dict[str, Any] = {
        "bind": f"{_bracketed(_address(settings))}:{settings.port}",
        "workers": settings.api_processes,
        "worker_class": "uvicorn_worker.UvicornWorker",
        "graceful_timeout": settings.http.drain_seconds,
        "forwarded_allow_ips": "",
        "name": "hauberk",
        "certfile": settings.tls.cert,
        "keyfile": settings.tls.key,
    }
    arguments = [
        f"--{name.replace('_', '-')}={value}" for name, value in options.items() if value is not None
    ]
    sys.argv = ["gunicorn", *arguments, f"{APPLICATION}()"]
    WSGIApplication("%(prog)s").run()


@contextmanager
def _redirect(settings: Settings) -> Iterator[None]:
    """Plain HTTP to HTTPS, in a process of its own that ends with this one."""
    if settings.http.redirect_port is None:
        yield
        return
    process = Process(
        Program(
            name="redirect",
            command=[
                *(sys.executable, "-m", "hauberk.infra.https_redirect"),
                *(_address(settings), str(settings.http.redirect_port), settings.base_url),
            ],
            log=settings.home / "logs" / "redirect.log",
        )
    )
    try:
        yield
    finally:
        process.stop()


def _address(settings: Settings) -> str:
    return "127.0.0.1" if settings.host == "localhost" else settings.host


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address
