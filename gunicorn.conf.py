"""Gunicorn's own settings when it is called by hand in a checkout; `hauberk serve --server gunicorn` does the same.

    gunicorn -k uvicorn.workers.UvicornWorker -w 4 hauberk.api.app:app

What is given on its command line wins over what stands here.
"""

import sys
from importlib import import_module
from typing import Any

from hauberk.cli.serve import refuse_unready
from hauberk.infra.metrics import folder
from hauberk.infra.settings import load_settings
from hauberk.infra.web_server import with_gunicorn
from hauberk.infra.web_server.patience import PatientProtocol
from hauberk.kit.errors import Refusal

settings = load_settings()
globals().update(with_gunicorn.options(settings))


def on_starting(server: Any) -> None:
    """Once, before the first worker: what `hauberk serve` does too."""
    given = settings.model_copy(update={"workers": server.cfg.workers})
    folder.share(given.home, "api")  # first: whoever looks at the servers counts what it does
    try:
        refuse_unready(given)
    except Refusal as refusal:
        sys.stderr.write(f"hauberk: {refusal.message}\n")
        raise SystemExit(1) from refusal
    # Workers are forked: at a reload the new ones find what takes each of them seconds to import, and nobody waits for it.
    import_module("hauberk.api.app").mounted()


def post_worker_init(worker: Any) -> None:
    """A worker of Uvicorn's own, as the command line names it, is as patient as ours: it is configured by now, not yet running."""
    worker.config.http = PatientProtocol
