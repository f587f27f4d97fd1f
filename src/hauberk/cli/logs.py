"""`hauberk logs`: shows what the processes of 'hauberk up' write."""

import time
from pathlib import Path
from typing import Annotated

import typer

LOOK_SECONDS = 0.3


def logs(
    role: Annotated[
        str | None, typer.Argument(help="serve, worker, scheduler, postgres, queue or cache; unset: all.")
    ] = None,
    lines: Annotated[int, typer.Option("--lines", "-n", help="Of each log, from its end.", min=0)] = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
) -> None:
    """Show the logs in the home, the newest lines last.

    \b
    Examples:
      hauberk logs
      hauberk logs worker --follow
    """
    from hauberk.infra.settings import load_settings
    from hauberk.kit.errors import NotFound

    folder = load_settings(servers=False).home / "logs"
    found = sorted(
        path for path in folder.glob("*.log") if role in (None, path.stem) and "." not in path.stem
    )
    if not found:
        raise NotFound("log of", role or str(folder))
    places = {path: _show(path, _start_of_end(path, lines)) for path in found}
    while follow:
        try:
            time.sleep(LOOK_SECONDS)
        except KeyboardInterrupt:
            return
        places = {path: _show(path, start) for path, start in places.items()}


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
