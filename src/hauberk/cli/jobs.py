"""`hauberk jobs`: background jobs and events, those that failed for good, and sending them on their way again."""

import json
from typing import Annotated, Any

import typer

app = typer.Typer(help="Background jobs.", no_args_is_help=True)
PAGE = 200


@app.callback()
def _group() -> None:
    """Background jobs."""


@app.command("list")
def list_jobs(
    state: Annotated[
        str, typer.Option(help="accepted, running, held, done, failed, cancelled; all.")
    ] = "failed",
    kind: Annotated[str | None, typer.Option(help="Only jobs of this kind, e.g. ingest.import_scan.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=PAGE, metavar="N", help="At most that many.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """List jobs, those that failed for good unless you ask for others.

    \b
    Examples:
      hauberk jobs list
      hauberk jobs list --state running --json
    """
    from hauberk.infra.api_client import connect

    with connect() as client:
        found = client.get("/jobs", state=None if state == "all" else state, kind=kind, limit=limit)
    for job in found["items"]:
        print(json.dumps(job, ensure_ascii=False) if as_json else _line(job))
    if not found["items"] and not as_json:
        print("There are none.")


@app.command("retry")
def retry(
    job_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[JOB]...", help="Jobs by their ids.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every job that failed for good.")] = False,
    kind: Annotated[str | None, typer.Option(help="With --all: only jobs of this kind.")] = None,
) -> None:
    """Send failed jobs on their way again, each with all its attempts.

    \b
    Examples:
      hauberk jobs retry job_01h455vb4pex5
      hauberk jobs retry --all --kind ingest.import_scan
    """
    from hauberk.infra.api_client import connect

    if bool(job_ids) == every:
        raise typer.BadParameter("Name jobs, or all of them with --all.", param_hint="JOB")
    with connect() as client:
        if every:
            done = client.post("/jobs/retry", {"kind": kind})
            print(f"{done['retried']} on their way again, {done['left']} left.")
            return
        for job_id in job_ids or ():
            print(_line(client.post(f"/jobs/{job_id}/retry")))


@app.command("events")
def list_events(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """List events that no retry is left for: what happened, and who was never told."""
    from hauberk.infra.api_client import connect

    with connect() as client:
        found = client.get("/undelivered-events", limit=PAGE)["items"]
    for event in found:
        missed = ", ".join(event["missed_by"])
        shown = f"{event['id']}  {event['topic']}  missed by {missed}  {event['error'] or ''}"
        print(json.dumps(event, ensure_ascii=False) if as_json else shown)
    if not found and not as_json:
        print("There are none.")


@app.command("replay")
def replay(
    event_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[EVENT]...", help="Events by their ids.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every event that no retry is left for.")] = False,
    topic: Annotated[str | None, typer.Option(help="With --all: only events of this topic.")] = None,
) -> None:
    """Hand events out again, to those who missed them.

    \b
    Examples:
      hauberk jobs replay --all
      hauberk jobs replay --all --topic FindingsChanged
    """
    from hauberk.infra.api_client import connect

    if bool(event_ids) == every:
        raise typer.BadParameter("Name events, or all of them with --all.", param_hint="EVENT")
    with connect() as client:
        if every:
            done = [client.post("/undelivered-events/replay", {"topic": topic})]
        else:
            done = [client.post(f"/undelivered-events/{each}/replay") for each in event_ids or ()]
    print(f"{sum(each['replayed'] for each in done)} on their way again, {done[-1]['left']} left.")


def _line(job: Any) -> str:
    error = job["error"] or {"code": "", "message": ""}
    said = f"  {error['code']}: {error['message']}" if error["code"] else ""
    return f"{job['id']}  {job['kind']}  {job['state']}  {job['attempts']}/{job['max_attempts']}{said}"
