"""`hauberk token`: API tokens, on the machine that has the database."""

from datetime import timedelta
from typing import Annotated, Any

import typer

app = typer.Typer(help="API tokens.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """API tokens."""


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    scope: Annotated[
        list[str] | None, typer.Option("--scope", help="A permission; again for more.", show_default="*")
    ] = None,
    expires: Annotated[int, typer.Option("--expires", help="Days until it ends.", min=1, max=366)] = 90,
    email: Annotated[
        str, typer.Option("--user", help="Whose it is.", show_default="HAUBERK_ADMIN_EMAIL")
    ] = "",
    organization: Annotated[
        str,
        typer.Option(
            "--organization", help="Needed where the person has several.", show_default="the only one"
        ),
    ] = "",
) -> None:
    """Make a token and print it, once; only its hash is kept.

    \b
    Examples:
      hauberk token create ci --scope scans:write
      export HAUBERK_TOKEN=$(hauberk token create laptop)
    """
    from hauberk.cli.user import with_context
    from hauberk.features.identity import installation

    async def work(context: Any) -> str:
        return await installation.create_token_for(
            context,
            email=email or context.settings.admin.email,
            organization=organization,
            name=name,
            scopes=scope or ["*"],
            lifetime=timedelta(days=expires),
        )

    print(with_context(work))
