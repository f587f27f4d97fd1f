"""`hauberk render`: prints the configuration of a proxy in front, made from the settings in force."""

from pathlib import Path
from typing import Annotated, Literal

import typer


def render(
    proxy: Annotated[Literal["nginx", "haproxy"], typer.Argument(help="Which one stands in front.")],
    certificate: Annotated[
        Path | None,
        typer.Option(
            "--certificate", readable=False, help="PEM file with the chain; for haproxy with the key, too."
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option("--key", readable=False, help="PEM file with the private key, for nginx to read."),
    ] = None,
    upstream: Annotated[
        list[str] | None,
        typer.Option(
            "--upstream", help="host:port of a 'hauberk serve', once for each; default this machine's."
        ),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--whole", help="A whole nginx.conf, with its pid and temporary files there."),
    ] = None,
    assets: Annotated[
        bool, typer.Option("--assets", help="nginx serves the built front end itself.")
    ] = False,
) -> None:
    """Print a configuration whose names, limits and routes are this installation's.

    \b
    Examples:
      hauberk render nginx --certificate /etc/ssl/chain.pem --key /etc/ssl/key.pem --upstream 10.0.0.1:8000
      hauberk render haproxy --certificate /etc/ssl/both.pem > /etc/haproxy/haproxy.cfg
    """
    from importlib import import_module

    from hauberk.infra.settings import load_settings

    text = import_module("hauberk.api.proxy").render(
        load_settings(),
        proxy,
        certificate=certificate,
        key=key,
        upstreams=upstream or [],
        folder=folder,
        with_assets=assets,
    )
    print(text, end="")
