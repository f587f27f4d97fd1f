"""`hauberk undo`: takes a scan back, after it has shown what that changes."""

import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from hauberk.cli.upload import EXIT_FAILED, EXIT_HELD, follow

SHOWN = 50
MARKS = {"new": "+", "reopened": "+", "closed": "-", "moved": "~", "changed": "~"}

Scan = Annotated[str, typer.Argument(metavar="SCAN", help="The scan's id, e.g. scn_01h455vb4pex5.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line: changes, then the scan.")]


def undo(scan: Scan, dry_run: DryRun = False, yes: Yes = False, as_json: AsJson = False) -> None:
    """Take a scan back, as if it had never been sent. What people decided and wrote stays.

    It shows what would change and asks first. Later scans of the same series are computed again without it. The scan of a
    report about several assets is taken back with all of its parts, or not at all.

    Exit status: 0 done, 1 failed or not wanted, 2 wrong usage.

    \b
    Examples:
      hauberk undo scn_01h455vb4pex5 --dry-run
      hauberk undo scn_01h455vb4pex5 --yes
    """
    carry_out("undo", scan, question="Undo this scan?", dry_run=dry_run, yes=yes, as_json=as_json)


def carry_out(act: str, scan_id: str, *, question: str, dry_run: bool, yes: bool, as_json: bool) -> None:
    """The difference, the question, the deed."""
    from hauberk.infra.api_client import connect

    if not dry_run and not yes and not sys.stdin.isatty():
        raise typer.BadParameter("Nobody can be asked here: say --yes or --dry-run.", param_hint="--yes")
    with connect() as client:
        preview = _ordered(client, scan_id, act, dry_run=True)
        _show_changes(client, preview, as_json=as_json)
        if dry_run:
            _show(preview, as_json=as_json, is_preview=True)
            return
        if not yes and not typer.confirm(question, err=True):
            print("Nothing was changed.", file=sys.stderr)
            raise typer.Exit(EXIT_FAILED)
        done = _ordered(client, scan_id, act, dry_run=False)
        _show(done, as_json=as_json, is_preview=False)
    if done["state"] == "held":
        raise typer.Exit(EXIT_HELD)


def _ordered(client: Any, scan_id: str, act: str, *, dry_run: bool) -> Any:
    """The scan that the answer names, once its job is done. What failed ends the command, and nothing was changed."""
    ordered = client.post(f"/scans/{scan_id}/{act}", {"dry_run": dry_run})
    scan = follow(client, ordered["id"])
    error = scan["error"] or (scan["act"] or {}).get("error")
    if error:
        print(f"{error['message']} Nothing was changed.", file=sys.stderr)
        raise typer.Exit(EXIT_FAILED)
    return scan


def _show_changes(client: Any, preview: Any, *, as_json: bool) -> None:
    if as_json:
        import json

        for change in _changes(client, preview["id"]):
            print(json.dumps(change, ensure_ascii=False))
        return
    found = client.get(f"/scans/{preview['id']}/changes", limit=SHOWN)
    for change in found["items"]:
        place = change["location"] or {}
        at = place.get("path") or place.get("url") or place.get("host") or place.get("resource") or ""
        asset = f"{change['asset']}: " if change["asset"] else ""
        print(
            f"{MARKS.get(change['change'], ' ')} {change['severity']:8} {asset}{change['title']}  {at}".rstrip()
        )
        print(f"           {change['reason']}")
    more = found["total"] - len(found["items"])
    if more > 0:
        print(f"  and {more}{'' if found['total_is_exact'] else ' or'} more")


def _changes(client: Any, scan_id: str) -> Iterator[Any]:
    cursor = None
    while True:
        page = client.get(f"/scans/{scan_id}/changes", limit=200, cursor=cursor)
        yield from page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return


def _show(scan: Any, *, as_json: bool, is_preview: bool) -> None:
    if as_json:
        import json

        print(json.dumps(scan, ensure_ascii=False))
        return
    if is_preview:
        findings = scan["counts"]["findings"]
        print(
            f"It would make {findings['new']} findings new, {findings['reopened']} active again and"
            f" {findings['closed']} inactive. Nothing was changed."
        )
        return
    print(f"{scan['id']}  {'undone' if scan['undone'] else scan['state']}")
