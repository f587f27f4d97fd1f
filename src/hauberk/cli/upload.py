"""`hauberk upload`: sends a report to the server, and with --wait says what it changed."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

EXIT_FAILED, EXIT_GATE, EXIT_HELD = 1, 3, 4
PATIENCE_SECONDS = 60
IN_PIECES_FROM = 8 * 1024 * 1024
PASSING = (429, 502, 503, 504)
ASSETS_AT_ONCE = 20
"""A query has its length."""


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
        str | None,
        typer.Option(
            "--format", metavar="ID", help="Skip recognition: an id of `hauberk formats`, or a scanner."
        ),
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

    if dry_run and fail_on:
        raise typer.BadParameter("A dry run makes no findings that could match.", param_hint="--fail-on")
    if fail_on:
        _check_query(fail_on)
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
            scan = follow(client, scan["id"])
        _show(scan, as_json=as_json)
        matching = _matching(client, scan, fail_on) if fail_on and scan["state"] in ("done", "held") else 0
    if scan["state"] in ("failed", "cancelled"):
        raise typer.Exit(EXIT_FAILED)
    if matching:
        findings = "1 finding" if matching == 1 else f"{matching} findings"
        print(f"Gate failed: {fail_on} matches {findings}.", file=sys.stderr)
        raise typer.Exit(EXIT_GATE)
    if scan["state"] == "held":
        raise typer.Exit(EXIT_HELD)


def _check_query(query: str) -> None:
    """Before anything is sent, not after."""
    from hauberk.domain.query import parse
    from hauberk.kit.errors import Invalid

    try:
        parse(query)
    except Invalid as error:
        raise typer.BadParameter(error.message, param_hint="--fail-on") from error


def _send(client: Any, file: Path, fields: dict[str, str | None]) -> Any:
    """Streams the file with a progress bar where somebody can see it."""
    from rich.console import Console
    from rich.progress import Progress

    from hauberk.infra.api_client import UPLOAD_TIMEOUT

    data = {name: value for name, value in fields.items() if value is not None}
    bars = Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True)
    if file.stat().st_size > IN_PIECES_FROM:
        return _send_in_pieces(client, file, data, bars)
    with bars, bars.open(file, "rb", description=f"Sending {file.name}") as body:
        return client.request(
            "POST",
            "/scans",
            data=data,
            files={"file": (file.name, body, "application/octet-stream")},
            timeout=UPLOAD_TIMEOUT,
        )


def _send_in_pieces(client: Any, file: Path, data: dict[str, str], bars: Any) -> Any:
    """Continues where it stood, also that of an earlier call, after whatever interrupted it."""
    from hauberk.infra.resumable_upload import ResumableUpload

    size = file.stat().st_size
    with bars:
        bar = bars.add_task(f"Sending {file.name}", total=size)
        sending = ResumableUpload(client, file, lambda at: bars.update(bar, completed=at))
        upload_id = sending.send()
        scan = _patiently(lambda: client.post("/scans", {"upload": upload_id, **data}))
        sending.forget()
    return scan


def follow(client: Any, scan_id: str) -> Any:
    """The scan once nothing is done to it any more, its progress shown meanwhile."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[read]} findings read"))
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not sys.stderr.isatty(), transient=True) as bars:
        bar = bars.add_task("Waiting", total=None, read=0)
        pause = 0.1
        while True:
            scan = _get(client, f"/scans/{scan_id}")
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
            pause = min(pause * 1.5, 2.0)


def _get(client: Any, path: str, **query: Any) -> Any:
    return _patiently(lambda: client.get(path, **query))


def _patiently(ask: Callable[[], Any]) -> Any:
    """A server that is busy or restarts does not fail a pipeline that only waits."""
    from hauberk.infra.api_client import ProblemError
    from hauberk.kit.errors import Unavailable

    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return ask()
        except (ProblemError, Unavailable) as error:
            will_pass = isinstance(error, Unavailable) or error.status in PASSING
            if not will_pass or time.monotonic() > until:
                raise
            time.sleep(1)


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
        if stated := counts.get("statements"):
            print(
                f"  {stated['reported']} statements: {stated['new']} new, {stated['withdrawn']} withdrawn;"
                f" {stated['decided']} findings decided"
            )
    if held := scan["held"]:
        if scan["dry_run"]:
            print(f"  It would be held: {held['reason']}")
        else:
            print(f"  Held: {held['reason']} Release or discard it in the browser.")
    for problem in scan["problems"][:5]:
        at = problem["position"]
        print(f"  Not read: {problem['reason']} ({at})" if at else f"  {problem['reason']}", file=sys.stderr)


def _matching(client: Any, scan: Any, query: str) -> int:
    """How many findings of the report's assets the gate catches; `is:new` are those that no scan before had."""
    gate = _new_by(scan["id"], query)
    assets, matching = _assets(client, scan), 0
    for start in range(0, len(assets), ASSETS_AT_ONCE):
        those = ",".join(assets[start : start + ASSETS_AT_ONCE])
        found = _get(client, "/findings", q=f"({gate}) and asset:{those}", limit=1)
        matching += found["total"]
    return matching


def _assets(client: Any, scan: Any) -> list[str]:
    """The ids of those that the report is about: of one that was divided, each part's."""
    scans, cursor = [scan], None
    while scan["parts"] is not None:
        page = _get(client, "/scans", part_of=scan["id"], limit=200, cursor=cursor)
        scans, cursor = [*scans, *page["items"]], page["next_cursor"]
        if cursor is None:
            break
    return list(dict.fromkeys(each["asset"]["id"] for each in scans if each["asset"]))


def _new_by(scan_id: str, query: str) -> str:
    """The query with each `is:new` as `introduced:` by this scan; text in quotation marks stays."""
    import re

    def spelled(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        states = [state for state in match[1].lower().split(",") if state != "new"]
        if len(states) == match[1].count(",") + 1:
            return match[0]
        own = f"introduced:{scan_id}"
        return f"({own} or is:{','.join(states)})" if states else own

    return re.sub(r'"(?:[^"\\]|\\.)*"|(?<![\w.:])is[:=]([a-z,]+)', spelled, query, flags=re.IGNORECASE)
