"""Gunicorn's own settings when it is called by hand in a checkout; `hauberk serve --server gunicorn` does the same.

    gunicorn -k uvicorn.workers.UvicornWorker -w 4 hauberk.api.app:app

What is given on its command line wins over what stands here.
"""

from typing import Any

from hauberk.infra.connections import check_connections
from hauberk.infra.metrics import folder
from hauberk.infra.settings import load_settings
from hauberk.infra.web_server import with_gunicorn

settings = load_settings()
globals().update(with_gunicorn.options(settings))


def on_starting(server: Any) -> None:
    """Once, before the first worker: what `hauberk serve` does too."""
    given = settings.model_copy(update={"workers": server.cfg.workers})
    check_connections(given)
    folder.share(given.home, "api")
