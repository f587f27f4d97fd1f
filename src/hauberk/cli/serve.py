"""`hauberk serve`: API and user interface alone."""

from typing import Annotated, Any, Literal

import typer

_PATIENCE_SECONDS = 5.0
_HANDED_OVER = {"GUNICORN_FD", "LISTEN_FDS"}
"""Where whoever starts it hands the open socket over, the port is taken as it should be."""


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
    refuse_unready(settings)
    _refuse_taken(settings)
    chosen = server or settings.http.server
    if (
        chosen != "uvicorn"
    ):  # the others' processes are forked: they find what takes each of them seconds to import
        import_module("hauberk.api.app").mounted()
    web_server.run(settings, chosen)


def _refuse_taken(settings: Any) -> None:
    """Granian would share the port with whoever has it: two installations, and each answers half of the requests."""
    import os

    from hauberk.infra.embedded.port import check_port
    from hauberk.infra.settings.home import Home

    if _HANDED_OVER & set(os.environ):
        return
    is_ours = Home(settings.home).running().port == settings.port
    owner = f"what 'hauberk up' runs on {settings.home}" if is_ours else "another program"
    check_port(settings.host, settings.port, command="hauberk serve", owner=owner, patience=_PATIENCE_SECONDS)


def refuse_unready(settings: Any) -> None:
    """Before anything serves or works; on a laptop only when the database could not bear it, for to look takes a second."""
    from importlib import import_module

    from hauberk.cli.user import log_to_stderr
    from hauberk.infra.connections import check_connections

    log_to_stderr()  # until whoever starts writes its log
    if settings.environment.is_exposed:
        import_module("hauberk.features.readiness.starting").refuse_unready(settings)
    else:
        check_connections(settings)
