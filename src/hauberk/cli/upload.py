"""`hauberk upload`: sends a report to the server, and with --wait says what it changed."""

import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

EXIT_FAILED, EXIT_GATE, EXIT_HELD = 1, 3, 4


def upload(
    file: Annotated[Path, typer.Argument(help="The report.", exists=True, dir_okay=False, readable=True)],
    asset: Annotated[
        str | None, typer.Option(help="What was scanned: a name or id; unset: from the report.")
    ] = None,
    kind: Annotated[str | None, typer.Option(help="What a new asset is: repository, image, host …")] = None,
    ref: Annotated[
        str | None, typer.Option(help="Branch, tag or environment; unset: the asset's default.")
    ] = None,
    format: Annotated[  # noqa: A002 — the option's name
        str | None, typer.Option("--format", metavar="ID", help="Skip recognition; see `hauberk formats`.")
    ] = None,
    scope: Annotated[str | None, typer.Option(help="Tells several series of one scanner apart.")] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="The report covers only its own targets.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Stay until the report is read.")] = False,
    fail_on: Annotated[
        str | None,
        typer.Option(metavar="QUERY", help="Exit 3 when findings match, e.g. 'severity>=high and is:new'."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scan as JSON.")] = False,
) -> None:
    """Send a report to the server.

    Server and token come from HAUBERK_URL and HAUBERK_TOKEN, or from `hauberk login`. `is:new` in --fail-on means:
    made by this scan.

    Exit status: 0 done, 1 failed, 2 wrong usage, 3 the gate failed, 4 held (a person has to decide).

    Examples: hauberk upload trivy.json --asset shop --wait · hauberk upload zap.xml --asset shop.example --dry-run
    """
    from hauberk.infra.api_client import connect

    with connect() as client:
        scan = _send(
            client,
            file,
            {
                "asset": asset,
                "asset_kind": kind,
                "ref": ref,
                "format": format,
                "scope": scope,
                "partial": "true" if partial else None,
                "dry_run": "true" if dry_run else None,
            },
        )
        if wait or dry_run or fail_on:
            scan = _follow(client, scan["id"])
        _show(scan, as_json=as_json)
        matching = _matching(client, scan, fail_on) if fail_on and scan["state"] in ("done", "held") else 0
    if scan["state"] in ("failed", "cancelled"):
        raise typer.Exit(EXIT_FAILED)
    if matching:
        print(f"Gate failed: {matching} findings match {fail_on}", file=sys.stderr)
        raise typer.Exit(EXIT_GATE)
    if scan["state"] == "held":
        raise typer.Exit(EXIT_HELD)


def _send(client: Any, file: Path, fields: dict[str, str | None]) -> Any:
    """Streams the file with a progress bar where somebody can see it."""
    from rich.console import Console
    from rich.progress import Progress

    from hauberk.infra.api_client import UPLOAD_TIMEOUT

    data = {name: value for name, value in fields.items() if value is not None}
    bars = Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True)
    with bars, bars.open(file, "rb", description=f"Sending {file.name}") as body:
        return client.request(
            "POST",
            "/scans",
            data=data,
            files={"file": (file.name, body, "application/octet-stream")},
            timeout=UPLOAD_TIMEOUT,
        )


def _follow(client: Any, scan_id: str) -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[read]} findings read"))
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not sys.stderr.isatty(), transient=True) as bars:
        bar = bars.add_task("Waiting", total=None, read=0)
        pause = 0.1
        while True:
            scan = client.get(f"/scans/{scan_id}")
            if scan["state"] not in ("accepted", "running"):
                return scan
            told = scan["progress"] or {}
            bars.update(
                bar,
                description=told.get("phase", "waiting").capitalize(),
                completed=told.get("bytes_read", 0),
                total=told.get("bytes_total") or None,
                read=told.get("findings_read", 0),
            )
            time.sleep(pause)
            pause = min(pause * 1.5, 1.0)


def _show(scan: Any, *, as_json: bool) -> None:
    if as_json:
        import json

        print(json.dumps(scan, ensure_ascii=False))
        return
    print(f"{scan['id']}  {scan['state']}" + ("  (dry run: nothing was written)" if scan["dry_run"] else ""))
    if scan["error"]:
        where = f" ({scan['error']['position']})" if scan["error"]["position"] else ""
        print(f"  {scan['error']['message']}{where} No finding was changed.", file=sys.stderr)
    if counts := scan["counts"]:
        print(
            f"  {counts['reported']} results: {counts['new']} new, {counts['unchanged']} unchanged,"
            f" {counts['moved']} moved, {counts['changed']} changed, {counts['reopened']} reopened,"
            f" {counts['suppressed']} suppressed, {counts['folded']} folded; {counts['closed']} closed"
        )
    if held := scan["held"]:
        print(f"  Held: {held['reason']} Release or discard it in the browser.")
    for problem in scan["problems"][:5]:
        print(f"  Not read: {problem['reason']} ({problem['position']})", file=sys.stderr)


def _matching(client: Any, scan: Any, query: str) -> int:
    """How many findings the gate catches: of this asset, and, with `is:new`, only those this scan made."""
    made = "is:new" in query
    if made and not scan["counts"]["findings"]["new"]:
        return 0
    own = f"scan:{scan['id']}" if made else f"asset:{scan['asset']['id']}"
    found = client.get("/findings", q=f"({query}) and {own}", limit=1)
    total: int = found["total"]
    return total
