"""Uvicorn alone: for developing, and where nothing else runs."""

import uvicorn

from hauberk.infra.settings import Settings
from hauberk.infra.web_server.patience import PatientProtocol
from hauberk.infra.web_server.running import address


def serve(settings: Settings) -> None:
    uvicorn.run(
        "hauberk.api.app:create_app",
        factory=True,
        http=PatientProtocol,
        host=address(settings),
        port=settings.port,
        workers=settings.api_processes,
        timeout_graceful_shutdown=settings.http.drain_seconds,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        proxy_headers=False,  # the application decides whom it believes
        server_header=False,
        access_log=False,
        ssl_certfile=settings.tls.cert,
        ssl_keyfile=settings.tls.key,
    )


KEEP_ALIVE_SECONDS = 75
"""Longer than the proxy in front keeps a connection: it must be the one that closes."""
