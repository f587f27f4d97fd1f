"""`hauberk findings`: asks the server for findings in the query language, worst first."""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer

PAGE = 200


def findings(
    query: Annotated[str, typer.Argument(help="As in the filter bar; without it, all findings.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="At most that many.")] = 50,
    as_of: Annotated[
        str | None, typer.Option(metavar="WHEN", help="As it was: 2026-01-31, or an instant with its zone.")
    ] = None,
) -> None:
    """Ask for findings, the most urgent first.

    Server and token come from HAUBERK_URL and HAUBERK_TOKEN, or from `hauberk login`.

    Examples: hauberk findings 'severity>=high is:open' · hauberk findings 'asset:shop is:open' --as-of 2026-01-31 --json
    """
    from hauberk.infra.api_client import connect

    _check(query)
    with connect() as client:
        found = _walk(client, query, limit, as_of)
        first = next(found, None)
        shown = iter(()) if first is None else _and(first["items"], (page["items"] for page in found))
        if as_json:
            for each in shown:
                print(json.dumps(each, ensure_ascii=False))
            return
        count = _print(list(shown))
        if first is not None and count < first["total"]:
            more = "" if first["total_is_exact"] else "more than "
            print(f"{count} of {more}{first['total']:,}; --limit shows more.", file=sys.stderr)


def _check(query: str) -> None:
    """A wrong query is wrong usage, and is known without a server."""
    from hauberk.domain.query import parse
    from hauberk.kit.errors import Invalid

    try:
        parse(query)
    except Invalid as error:
        raise typer.BadParameter(error.message, param_hint="QUERY") from error


def _walk(client: Any, query: str, limit: int, as_of: str | None) -> Iterator[dict[str, Any]]:
    cursor = None
    while limit > 0:
        page = client.get("/findings", q=query, limit=min(limit, PAGE), cursor=cursor, as_of=as_of)
        yield page
        limit -= len(page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            return


def _and(first: list[Any], rest: Iterable[list[Any]]) -> Iterator[Any]:
    yield from first
    for items in rest:
        yield from items


def _print(shown: list[dict[str, Any]]) -> int:
    if not shown:
        print("No findings.", file=sys.stderr)
    elif sys.stdout.isatty():
        _table(shown)
    else:
        for each in shown:
            print("\t".join(_cells(each)))
    return len(shown)


def _table(shown: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    colours = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("severity", "asset", "title", "place", "triage", "id"):
        table.add_column(heading, no_wrap=heading in ("severity", "triage", "id"), overflow="fold")
    for each in shown:
        first, *rest = _cells(each)
        table.add_row(Text(first, colours.get(first, "")), *(Text(cell) for cell in rest))
    Console().print(table)


def _cells(finding: dict[str, Any]) -> list[str]:
    triage = finding["triage"] if finding["presence"] == "active" else f"{finding['triage']}, gone"
    cells = [
        finding["severity"],
        finding["asset"]["name"],
        finding["title"],
        _place(finding),
        triage,
        finding["id"],
    ]
    return [_printable(cell) for cell in cells]


def _place(finding: dict[str, Any]) -> str:
    for component in finding["components"]:
        return " ".join(filter(None, (component.get("name"), component.get("version"))))
    for location in finding["locations"]:
        for name, number in (("path", "line"), ("url", None), ("host", "port"), ("resource", None)):
            if location.get(name):
                suffix = location.get(number) if number else None
                return str(location[name]) + (f":{suffix}" if suffix else "")
    return ""


def _printable(text: str) -> str:
    """A scanner's words never steer the terminal."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)
