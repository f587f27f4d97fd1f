"""`hauberk formats`: every report format that can be read."""

import json
import sys
from typing import Annotated, Any

import msgspec
import typer

from hauberk.parsers.registry import left_out, parsers


def formats(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    is_server: Annotated[
        bool, typer.Option("--server", help="Ask the server: also the organization's own mappings.")
    ] = False,
) -> None:
    """List every report format: id, scanner, kinds of findings, documentation.

    With --server, server and token come from HAUBERK_URL and HAUBERK_TOKEN, or from `hauberk login`.
    """
    infos = _of_server() if is_server else [msgspec.to_builtins(each.info) for each in parsers().values()]
    if not is_server:
        for each in left_out():
            print(each, file=sys.stderr)
    if as_json:
        for info in infos:
            sys.stdout.write(json.dumps(info, ensure_ascii=False) + "\n")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("Format", "Scanner", "Kinds", box=None, pad_edge=False)
    table.add_column("Documentation", overflow="fold")
    for info in infos:
        table.add_row(info["id"], info["scanner"], ", ".join(info["kinds"]), info["docs"])
    Console().print(table)


def _of_server() -> list[dict[str, Any]]:
    from hauberk.infra.api_client import connect

    with connect() as client:
        found: list[dict[str, Any]] = client.get("/formats")["items"]
    return found


if __name__ == "__main__":
    typer.run(formats)
