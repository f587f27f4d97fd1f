"""`hauberk drill`: breaks one thing on purpose, sees that the product bears it, and keeps a signed record of that."""

import json as json_module
from typing import Annotated, Any

import typer


def drill(
    name: Annotated[str, typer.Argument(help="Which one; without a name they are listed.")] = "",
    i_mean_it: Annotated[bool, typer.Option("--i-mean-it", help="Also in staging and production.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Run a drill, or list them all with their newest records. Exit status 1 when it failed.

    \b
    Examples:
      hauberk drill
      hauberk drill restore
    """
    from hauberk.cli.user import with_context
    from hauberk.features.readiness import drilling

    if not name:
        for each in with_context(drilling.known):
            _print_known(each, as_json=json)
        raise typer.Exit(0)
    record = with_context(lambda context: drilling.run(context, name, is_meant=i_mean_it))
    if json:
        print(json_module.dumps(_shown(record)))
    else:
        print(f"{'Passed' if record.has_passed else 'FAILED'}: {record.evidence}")
        for figure, value in record.figures.items():
            print(f"  {figure}: {value}")
    raise typer.Exit(0 if record.has_passed else 1)


def _print_known(each: Any, *, as_json: bool) -> None:
    newest = each.newest
    if as_json:
        print(json_module.dumps({"drill": each.drill.name, "newest": newest and _shown(newest)}))
        return
    seen = (
        "never run"
        if newest is None
        else f"{'passed' if newest.has_passed else 'FAILED'} {newest.finished_at:%Y-%m-%d %H:%M}, build {newest.build}"
    )
    print(f"{each.drill.name:<20} {seen:<48} {each.drill.breaks}")


def _shown(record: Any) -> dict[str, Any]:
    return {
        "kind": record.kind.value,
        "name": record.name,
        "has_passed": record.has_passed,
        "evidence": record.evidence,
        "started_at": record.started_at.isoformat(),
        "finished_at": record.finished_at.isoformat(),
        "build": record.build,
        "source": record.source,
        "figures": dict(record.figures),
    }
