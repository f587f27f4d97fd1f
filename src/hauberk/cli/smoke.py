"""`hauberk smoke`: goes through the core flow of a running site: sign in, upload a report, view what it found, clean up."""

import json as json_module
import os
from typing import Annotated, Any

import typer


def smoke(
    url: Annotated[
        str, typer.Option("--url", help="The site.", show_default="this installation's address")
    ] = "",
    email: Annotated[
        str,
        typer.Option(
            "--email",
            help="An account of its own there, with its password in HAUBERK_SMOKE_PASSWORD.",
            show_default="the probe tenant's, where the database is at hand",
        ),
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Run the core flow; whatever it made, it deletes. Exit status 1 when a step fails.

    On the installation itself it works in the probe tenant, which no customer sees, and keeps a signed record.

    \b
    Examples:
      hauberk smoke
      HAUBERK_SMOKE_PASSWORD=… hauberk smoke --url https://hauberk.example.org --email smoke@example.org
    """
    from hauberk.features.readiness.core_flow import BrokenFlowError

    if url and not url.startswith(("http://", "https://")):
        raise typer.BadParameter("An address begins with http:// or https://.", param_hint="--url")
    try:
        steps = _elsewhere(url, email) if email else _here(url)
    except BrokenFlowError as error:
        print(json_module.dumps({"has_passed": False, "error": str(error)}) if json else f"FAILED: {error}")
        raise typer.Exit(1) from error
    for step in steps:
        line = {"step": step.name, "milliseconds": step.milliseconds}
        print(json_module.dumps(line) if json else f"ok  {step.name} ({step.milliseconds} ms)")
    if json:
        print(
            json_module.dumps({"has_passed": True, "milliseconds": sum(each.milliseconds for each in steps)})
        )


def _here(url: str) -> Any:
    from hauberk.cli.user import with_context
    from hauberk.features.readiness import smoke as flow

    return with_context(lambda context: flow.go_here(context, url.rstrip("/")))


def _elsewhere(url: str, email: str) -> Any:
    import asyncio

    from hauberk.features.readiness import smoke as flow
    from hauberk.kit.errors import Invalid

    password = os.environ.get("HAUBERK_SMOKE_PASSWORD", "")
    if not url or not password:
        raise Invalid(
            [("/email", "With --email it needs --url, and the account's password in HAUBERK_SMOKE_PASSWORD.")]
        )
    return asyncio.run(flow.go(url.rstrip("/"), email, password))
