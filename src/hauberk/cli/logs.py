"""`hauberk logs`: shows what the processes write."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from hauberk.infra.settings import Settings

LOOK_SECONDS = 0.3


def logs(
    role: Annotated[
        str | None, typer.Argument(help="serve, worker, scheduler, postgres, queue or cache; unset: all.")
    ] = None,
    lines: Annotated[int, typer.Option("--lines", "-n", help="Of each log, from its end.", min=0)] = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
) -> None:
    """Show the logs in the home, the newest lines last.

    Where processes write to stdout instead (containers, services), it shows the newest records of all of them, which
    the cache's server keeps; their roles are api, worker and scheduler.

    \b
    Examples:
      hauberk logs
      hauberk logs worker --follow
    """
    from hauberk.infra.settings import load_settings
    from hauberk.kit.errors import NotFound

    settings = load_settings(servers=False)
    folder = settings.home / "logs"
    found = sorted(
        path for path in folder.glob("*.log") if role in (None, path.stem) and "." not in path.stem
    )
    if not found:
        if not settings.cache.url:
            raise NotFound("log of", role or str(folder))
        _show_recent(settings, role, lines, follow=follow)
        return
    places = {path: _show(path, _start_of_end(path, lines)) for path in found}
    while follow:
        try:
            time.sleep(LOOK_SECONDS)
        except KeyboardInterrupt:
            return
        places = {path: _show(path, start) for path, start in places.items()}


def _show_recent(settings: "Settings", role: str | None, lines: int, *, follow: bool) -> None:
    from hauberk.infra.redis import sync_cache_client
    from hauberk.infra.telemetry import recent

    client: Any = sync_cache_client(settings)
    found = client.xrevrange(recent.KEY, count=max(1, lines))[::-1][-lines or recent.KEPT :]
    place = "0-0"
    try:
        while True:
            for place, kept in found:  # noqa: B007 - the last one is where to go on
                if role in (None, kept["role"]):
                    print(f"{kept['role']:<9} {kept['line']}", flush=True)
            if not follow:
                return
            time.sleep(LOOK_SECONDS)
            found = client.xrange(recent.KEY, f"({place}", "+")
    except KeyboardInterrupt:
        return


def _show(path: Path, start: int) -> int:
    """What was written since; where to go on."""
    size = path.stat().st_size
    if size < start:  # it had grown large and was begun anew
        start = 0
    with path.open("rb") as log:
        log.seek(start)
        for line in log.read(size - start).decode("utf-8", "replace").splitlines():
            print(f"{path.stem:<9} {line}", flush=True)
    return size


def _start_of_end(path: Path, lines: int) -> int:
    content = path.read_bytes()
    every = content.splitlines(keepends=True)
    return sum(map(len, every[: max(0, len(every) - lines)]))
