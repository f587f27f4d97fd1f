"""Gunicorn with Uvicorn workers; `gunicorn.conf.py` of a checkout takes its settings from here too."""

from typing import Any

from gunicorn import util
from gunicorn.app.base import BaseApplication
from uvicorn_worker import UvicornWorker

from hauberk.infra.settings import Settings
from hauberk.infra.web_server.patience import PatientProtocol
from hauberk.infra.web_server.running import address
from hauberk.infra.web_server.with_uvicorn import KEEP_ALIVE_SECONDS

MIN_TIMEOUT = 60


class PatientWorker(UvicornWorker):  # type: ignore[misc]
    CONFIG_KWARGS = {**UvicornWorker.CONFIG_KWARGS, "http": PatientProtocol}  # noqa: RUF012 — as Uvicorn's own has it


class _Application(BaseApplication):  # type: ignore[misc]
    """Takes nothing from the command line or a file."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in options(self._settings).items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return util.import_app("hauberk.api.app:create_app()")


def serve(settings: Settings) -> None:
    _Application(settings).run()


def options(settings: Settings) -> dict[str, Any]:
    """By the names of Gunicorn's own settings."""
    host = address(settings)
    return {
        "bind": f"{f'[{host}]' if ':' in host else host}:{settings.port}",
        "workers": settings.api_processes,
        "worker_class": "hauberk.infra.web_server.with_gunicorn.PatientWorker",
        "graceful_timeout": round(settings.stop_seconds),
        # A worker that drains sends no more signs of life; only then may it be silent for as long.
        "timeout": max(MIN_TIMEOUT, 2 * round(settings.stop_seconds)),
        "keepalive": KEEP_ALIVE_SECONDS,
        "forwarded_allow_ips": "",  # the application decides whom it believes
        "proc_name": "hauberk",
        "certfile": str(settings.tls.cert) if settings.tls.cert else None,
        "keyfile": str(settings.tls.key) if settings.tls.key else None,
    }
