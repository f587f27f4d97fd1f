"""`hauberk up`: everything in one, on this machine."""

from typing import Annotated

import typer


def up(
    port: Annotated[
        int | None, typer.Option("--port", help="Instead of HAUBERK_PORT (8000).", min=1, max=65535)
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Fill an empty installation with believable data.")
    ] = False,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the address in a browser, on a desktop.")
    ] = True,
) -> None:
    """Start Hauberk on this machine and keep it running; Ctrl-C stops all of it.

    The first start makes the home (.hauberk in this folder, or HAUBERK_HOME): database, secrets, first administrator.
    Each of HAUBERK_DATABASE_URL, HAUBERK_QUEUE_URL and HAUBERK_CACHE_URL replaces an embedded server.

    \b
    Examples:
      hauberk up
      hauberk up --demo
      hauberk up --port 9000 --no-browser
    """
    from hauberk.infra.embedded.everything import Everything
    from hauberk.infra.settings import load_settings

    settings = load_settings(servers=False, port=port)
    Everything(settings, say=lambda line: print(line, flush=True)).run(demo=demo, browser=browser)
