"""`hauberk login`: remembers a server and a token for the commands that talk to one."""

import sys
from typing import Annotated

import typer


def login(
    url: Annotated[str, typer.Argument(help="The server's address.", metavar="URL")],
    token: Annotated[
        bool, typer.Option("--token", help="Ask for a token instead of e-mail address and password.")
    ] = False,
) -> None:
    """Sign in to a server once; 'hauberk upload' and 'hauberk findings' use it from then on.

    With e-mail address and password a token is made for this machine; the password is kept nowhere. In a pipe, the
    token is read from standard input.

    \b
    Examples:
      hauberk login https://hauberk.example.org
      echo "$TOKEN" | hauberk login https://hauberk.example.org
    """
    from hauberk.infra.api_client import ApiClient, keep_token

    url = url.rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise typer.BadParameter("An address begins with http:// or https://.", param_hint="URL")
    text = _asked_token() if token or not sys.stdin.isatty() else _made_token(url)
    with ApiClient(url, text) as client:
        me = client.get("/auth/me")
    path = keep_token(url, text)
    print(
        f"Signed in to {url} as {me['user']['email']} ({me['organization']['name']}). The token is in {path}."
    )


def _asked_token() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Token", hide_input=True)).strip()
    return sys.stdin.readline().strip()


def _made_token(url: str) -> str:
    """Signs in as a browser does, makes a token, and signs out again."""
    import platform

    from hauberk.infra.api_client import ApiClient

    email = typer.prompt("E-mail address")
    password = typer.prompt("Password", hide_input=True)
    with ApiClient(url, None) as client:
        csrf = {
            "X-CSRF-Token": client.post("/auth/login", {"email": email, "password": password})["csrf_token"]
        }
        name = f"hauberk login on {platform.node() or 'this machine'}"[:200]
        made = client.request("POST", "/tokens", json={"name": name, "scopes": ["*"]}, headers=csrf)
        client.request("POST", "/auth/logout", headers=csrf)
    return str(made["token"])
