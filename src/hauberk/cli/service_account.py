"""`hauberk service-account`: accounts of programs, over the API of a server."""

import json
from typing import Annotated

import typer

app = typer.Typer(help="Service accounts: accounts of programs.", no_args_is_help=True)
_PATH = "/service-accounts"


@app.command("list")
def show() -> None:
    """Print the service accounts, one JSON object a line."""
    from hauberk.infra.api_client import connect

    with connect() as client:
        cursor = None
        while True:
            page = client.get(_PATH, limit=200, cursor=cursor)
            for each in page["items"]:
                print(json.dumps(each))
            if (cursor := page["next_cursor"]) is None:
                return


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    role: Annotated[str, typer.Option("--role", help="admin, member or viewer.")] = "member",
    scope: Annotated[
        list[str] | None, typer.Option("--scope", help="A permission; again for more.", show_default="*")
    ] = None,
) -> None:
    """Make one and print its client id and, only here, its client secret.

    \b
    Example:
      hauberk service-account create nightly --scope scans:write --scope scans:read
    """
    from hauberk.infra.api_client import connect

    with connect() as client:
        made = client.post(_PATH, {"name": name, "role": role, "scopes": scope or ["*"]})
    _print(made)


@app.command("add-secret")
def add_secret(client_id: Annotated[str, typer.Argument(help="Whose secret.")]) -> None:
    """Make its second client secret and print it; revoke the first one once this is in place."""
    from hauberk.infra.api_client import connect

    with connect() as client:
        _print(client.post(f"{_PATH}/{client_id}/secrets"))


@app.command("revoke-secret")
def revoke_secret(
    client_id: Annotated[str, typer.Argument(help="Whose secret.")],
    secret_id: Annotated[str, typer.Argument(help="Its id, as `list` shows it.")],
) -> None:
    """End a client secret and every access token that it was exchanged for."""
    from hauberk.infra.api_client import connect

    with connect() as client:
        client.request("DELETE", f"{_PATH}/{client_id}/secrets/{secret_id}")


@app.command("remove")
def remove(client_id: Annotated[str, typer.Argument(help="Which one.")]) -> None:
    """Remove a service account with all its secrets."""
    from hauberk.infra.api_client import connect

    with connect() as client:
        client.request("DELETE", f"{_PATH}/{client_id}")


def _print(made: dict[str, str]) -> None:
    print(f"client_id={made['client_id']}\nclient_secret={made['client_secret']}")
