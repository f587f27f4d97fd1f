"""`hauberk capacity`: how large an installation must be for so many users, from what was measured here."""

from typing import Annotated, Any

import typer


def capacity(
    users: Annotated[int, typer.Option("--users", min=1, help="Concurrent users.")],
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Compute instances, cores, replicas and connections from the newest load test of this installation.

    Example: hauberk capacity --users 100000
    """
    import json as json_module
    from dataclasses import asdict
    from importlib import import_module

    from hauberk.cli.user import with_context
    from hauberk.features.readiness.records import StoredRecords
    from hauberk.infra.readiness import RecordKind
    from hauberk.infra.settings import load_settings
    from hauberk.kit.errors import NotFound

    async def newest(context: Any) -> Any:
        return await StoredRecords(context).newest(RecordKind.BENCH, "load")

    record = with_context(newest)
    if record is None:
        raise NotFound("measurement", "yet: run 'hauberk load'")
    sizing = import_module("hauberk.api.load.sizing")
    found = sizing.size(users, record.figures, load_settings())
    measured = (
        f"Extrapolated from {record.figures['users']:,} users at {record.figures['requests_per_second']:g} requests a second"
        f" on {record.figures['cores']} cores ({record.finished_at:%Y-%m-%d}): {record.figures['api_ms_per_request']:g} ms of"
        f" a core in the API and {record.figures['behind_ms_per_request']:g} ms behind it for each request."
    )
    if json:
        print(json_module.dumps({**asdict(found), "measured": measured, "kind": "extrapolated"}))
        return
    for line in sizing.sentences(found):
        print(f"  {line}")
    print(measured)
