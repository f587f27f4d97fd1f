"""Where the processes of one role count together: a folder of files that a scrape adds up, whoever answers it.

This module knows nothing of the metrics library, which looks for the folder once, when it is first imported.
"""

import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
DEFAULT_ROLE: Final = "api"
FORGOTTEN_SECONDS: Final = 7 * 24 * 3600
LIBRARY: Final = "prometheus_client"


class TooLateError(Exception):
    """A fault of the product: something that counts was imported before its place was chosen."""


class RoleFolder(NamedTuple):
    """The counts of one supervising process and all its children."""

    role: str
    pid: int
    path: Path


def share(home: Path, role: str) -> Path:
    """From now on this process, and every one that it starts, counts into a folder of its own; those of the dead go.

    It comes before whatever counts is imported: later, everybody would count for himself, and nobody would notice.
    """
    if LIBRARY in sys.modules:
        raise TooLateError(f"{LIBRARY} is imported already, and counts into this process alone.")
    for dead in _all(home):
        if not is_alive(dead.pid):
            shutil.rmtree(dead.path, ignore_errors=True)
    _forget_machines(home)
    folder = _of_this_machine(home) / f"{role}-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    os.environ[VARIABLE] = str(folder)
    return folder


def shared() -> Path | None:
    """The folder of this process; None where it counts for itself alone."""
    found = os.environ.get(VARIABLE)
    return Path(found) if found else None


def role() -> str:
    """What this process is: a label of what each process has of its own."""
    found = shared()
    return found.name.rpartition("-")[0] if found else DEFAULT_ROLE


def beside(folder: Path) -> list[RoleFolder]:
    """All living ones of this machine's home, this process's own among them."""
    return [each for each in _read(folder.parent) if is_alive(each.pid)]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _forget_machines(home: Path) -> None:
    """Of a home that containers share: those whose last process began long ago, and which left nothing newer."""
    for machine in _of_this_machine(home).parent.glob("*"):
        with suppress(
            FileNotFoundError
        ):  # another node of this home, starting too, clears up in this very moment
            newest = max((path.stat().st_mtime for path in (machine, *machine.rglob("*"))), default=0.0)
            if time.time() - newest > FORGOTTEN_SECONDS:
                shutil.rmtree(machine, ignore_errors=True)


def _all(home: Path) -> list[RoleFolder]:
    return list(_read(_of_this_machine(home)))


def _read(parent: Path) -> Iterator[RoleFolder]:
    for path in sorted(parent.glob("*-*")):
        name, _, pid = path.name.rpartition("-")
        if pid.isdecimal():
            yield RoleFolder(name, int(pid), path)


def _of_this_machine(home: Path) -> Path:
    """By machine, because a home may be shared, and numbers of processes are not."""
    return home.resolve() / "run" / "metrics" / socket.gethostname()
