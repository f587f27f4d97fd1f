"""`hauberk serve`: API and user interface alone."""

from typing import Annotated, Literal

import typer


def serve(
    server: Annotated[
        Literal["granian", "gunicorn", "uvicorn"] | None,
        typer.Option(
            "--server", help="The web server; gunicorn runs Uvicorn workers.", show_default="granian"
        ),
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", help="Instead of HAUBERK_PORT.", min=1, max=65535)
    ] = None,
) -> None:
    """Serve API and user interface until SIGTERM.

    HAUBERK_WORKERS processes share one socket; one that crashes is replaced. With HAUBERK_TLS_CERT and HAUBERK_TLS_KEY
    it speaks HTTPS itself, and HAUBERK_HTTP_REDIRECT_PORT sends plain HTTP there.

    \b
    Examples:
      hauberk serve
      hauberk serve --server gunicorn --port 8080
    """
    from importlib import import_module

    from hauberk.infra import web_server
    from hauberk.infra.metrics import folder
    from hauberk.infra.settings import load_settings

    settings = load_settings(port=port)
    folder.share(settings.home, "api")
    import_module("hauberk.features.readiness.starting").refuse_unready(settings)
    web_server.run(settings, server or settings.http.server)
