"""`hauberk load`: a load test of the running installation, kept as a record."""

import asyncio
from typing import Annotated

import typer


def load(
    users: Annotated[
        int | None,
        typer.Option("--users", min=1, help="Concurrent users.", show_default="twice HAUBERK_EXPECTED_USERS"),
    ] = None,
    minutes: Annotated[float, typer.Option("--minutes", min=0.1, help="How long.")] = 10,
    streams: Annotated[
        int | None, typer.Option("--streams", min=0, help="Open event streams.", show_default="one each")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Let so many users work: each has an event stream open, asks every 15 seconds and signs in once in half an hour.

    An open loop: latencies count from the intended start. It works in the probe tenant, which no customer sees. The limits of the
    installation apply: all of it comes from one address, so give HAUBERK_RATE_LIMIT_* room before. Exit status 1 when
    more than 0.1 % fail or the 95th percentile is 300 ms or more.

    Example: hauberk load --users 2000
    """
    import json as json_module
    from importlib import import_module

    from hauberk.infra.settings import load_settings

    settings = load_settings()
    running = import_module("hauberk.api.load.running")
    record = asyncio.run(
        running.run(settings, users=users or 2 * settings.expected_users, minutes=minutes, streams=streams)
    )
    if json:
        print(json_module.dumps({"name": "load", "has_passed": record.has_passed, **record.figures}))
    else:
        print(f"{'Passed' if record.has_passed else 'FAILED'}: {record.evidence}")
        for figure, value in record.figures.items():
            print(f"  {figure}: {value}")
    raise typer.Exit(0 if record.has_passed else 1)
