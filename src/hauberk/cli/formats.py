"""`hauberk formats`: every report format that can be read."""

import sys
from typing import Annotated

import msgspec
import typer

from hauberk.parsers.registry import parsers


def formats(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List every report format: id, scanner, kinds of findings, documentation."""
    infos = [parser.info for parser in parsers().values()]
    if as_json:
        for info in infos:
            sys.stdout.buffer.write(msgspec.json.encode(info) + b"\n")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("Format", "Scanner", "Kinds", box=None, pad_edge=False)
    table.add_column("Documentation", overflow="fold")
    for info in infos:
        table.add_row(info.id, info.scanner, ", ".join(info.kinds), info.docs)
    Console().print(table)


if __name__ == "__main__":
    typer.run(formats)
