"""`hauberk capacity`: how large an installation must be for so many users, from what was measured here."""

from typing import Annotated, Any

import typer


def capacity(
    users: Annotated[int | None, typer.Option("--users", min=1, help="Concurrent users.")] = None,
    accounts: Annotated[
        int | None, typer.Option("--accounts", min=1000, help="Measure with so many registered accounts.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Compute instances, cores, replicas and connections from the newest load test of this installation.

    With --accounts: make so many accounts on a server of its own, and keep on record what signing in, a permission check
    and a list cost there, compared with a thousand. Exit status 1 when it is more than 1.2 times as much.

    \b
    Examples:
      hauberk capacity --users 100000
      hauberk capacity --accounts 1000000
    """
    import json as json_module
    from dataclasses import asdict
    from importlib import import_module

    from hauberk.cli.user import with_context
    from hauberk.features.readiness.records import StoredRecords
    from hauberk.infra.readiness import RecordKind
    from hauberk.infra.settings import load_settings
    from hauberk.kit.errors import Conflict, Invalid, NotFound

    if accounts is not None:
        measuring = import_module("hauberk.api.load.accounts")
        kept = with_context(lambda context: measuring.measure(context, accounts))
        figures = {"has_passed": kept.has_passed, **kept.figures}
        print(
            json_module.dumps(figures)
            if json
            else f"{'Passed' if kept.has_passed else 'FAILED'}: {kept.evidence}"
        )
        raise typer.Exit(0 if kept.has_passed else 1)
    if users is None:
        raise Invalid([("/users", "Say for how many: --users, or --accounts to measure.")])

    checks = import_module("hauberk.api.load.checks")

    async def newest(context: Any) -> Any:
        """A smaller test since does not take the place of a whole one."""
        kept, whole = StoredRecords(context), checks.as_large(checks.WHOLE)
        return await kept.newest(RecordKind.BENCH, "load", whole) or await kept.newest(
            RecordKind.BENCH, "load"
        )

    record = with_context(newest)
    if record is None:
        raise NotFound("measurement", "yet: run 'hauberk load'")
    if not record.figures:
        raise Conflict(record.evidence)
    sizing = import_module("hauberk.api.load.sizing")
    found = sizing.size(users, record.figures, load_settings())
    measured = (
        f"Extrapolated from {record.figures['users']:,} users at {record.figures['requests_per_second']:g} requests a second"
        f" on {record.figures['cores']} cores ({record.finished_at:%Y-%m-%d}): {record.figures['api_ms_per_request']:g} ms of"
        f" a core in the API and {record.figures['behind_ms_per_request']:g} ms behind it for each request."
    )
    measured += sizing.doubts(record.figures, has_passed=record.has_passed)
    if json:
        print(json_module.dumps({**asdict(found), "measured": measured, "kind": "extrapolated"}))
        return
    for line in sizing.sentences(found):
        print(f"  {line}")
    print(measured)
