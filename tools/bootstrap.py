"""Sets up a checkout: Python packages in .venv, the front end in web/dist; does nothing when nothing changed.

Needs Python 3.11 and Node 20 with npm, and the standard library only. What it installs is locked by hash. An older
Python can still read this file, so that it says what is missing.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterable, Iterator  # noqa: UP035 - older Pythons

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "setup.json"
REQUIREMENTS = ("requirements-dev.txt", "requirements-build.txt")
MIN_PYTHON = (3, 11)
MIN_NODE = (20, 0)
WEB = Path("web")
NOT_SOURCES = ("__pycache__", "node_modules", "dist", "test-results", ".tanstack")


class Missing(Exception):
    """Something that this machine needs first; the message says what."""


def main() -> None:
    os.chdir(ROOT)
    use_new_enough_python()
    with Path("Makefile").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # `make up` and `make test` may be typed at the same time
        node = node_version()
        python_packages()
        bytecode()
        if (WEB / "package.json").exists():
            front_end(node)
        else:
            say("There is no front end in web/ yet: only the API will be served.")


def use_new_enough_python() -> None:
    if sys.version_info >= MIN_PYTHON:
        return
    for minor in range(14, MIN_PYTHON[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            os.execv(newer, [newer, *sys.argv])  # noqa: S606
    found = ".".join(map(str, sys.version_info[:2]))
    raise Missing(
        f"Hauberk needs Python 3.11 or newer; python3 here is {found}. Install it from python.org, by your system's"
        " packages, or with 'uv python install 3.13'."
    )


def node_version() -> str:
    node = shutil.which("node")
    if node is None:
        raise Missing("Hauberk needs Node 20 or newer to build its front end; there is no 'node' here.")
    told = subprocess.check_output([node, "--version"], text=True).strip()
    if tuple(int(part) for part in re.findall(r"\d+", told)[:2]) < MIN_NODE:
        raise Missing(f"Hauberk needs Node 20 or newer to build its front end; node here is {told}.")
    if shutil.which("npm") is None:
        raise Missing("Hauberk needs npm, which comes with Node; there is no 'npm' here.")
    return told


def python_packages() -> None:
    state = digest([Path(name) for name in (*REQUIREMENTS, "pyproject.toml")], str(ROOT), sys.version)
    if unchanged("python", state, VENV / "bin" / "hauberk"):
        return
    uv = environment()
    with step("Python packages"):
        run(
            uv,
            "pip",
            "sync",
            "--quiet",
            "--compile-bytecode",
            "--require-hashes",
            "--python",
            PYTHON,
            *REQUIREMENTS,
        )
        editable = ("--no-build-isolation", "--no-deps", "--editable", ".")
        run(uv, "pip", "install", "--quiet", "--python", PYTHON, *editable)
    remember("python", state)


def bytecode() -> None:
    """Compiled ahead: a machine that is told not to write bytecode would compile it anew in each process."""
    state = digest(sources(Path("src")))
    if not unchanged("bytecode", state, PYTHON):
        run(PYTHON, "-m", "compileall", "-q", "src")
        remember("bytecode", state)


def environment() -> str:
    """A virtual environment of this Python; the path of uv."""
    uv = shutil.which("uv")
    if not works():
        shutil.rmtree(VENV, ignore_errors=True)
        with step("Virtual environment"):
            if uv:
                run(uv, "venv", "--quiet", "--python", sys.executable, VENV)
            else:
                make_environment()
    own = VENV / "bin" / "uv"
    if uv is None and not own.exists():
        with step("uv"):
            pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes")
            run(PYTHON, *pip, "-r", "requirements-build.txt")
    return uv or str(own)


def make_environment() -> None:
    asked = subprocess.run([sys.executable, "-m", "ensurepip", "--version"], capture_output=True, check=False)
    if asked.returncode != 0:
        raise Missing(
            "This Python cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv."
        )
    run(sys.executable, "-m", "venv", VENV)


def works() -> bool:
    """Whether .venv has a Python that runs, of this version: a moved checkout or a Python that was removed breaks it."""
    ask = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]!r})"
    try:
        return subprocess.run([PYTHON, "-c", ask], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def front_end(node: str) -> None:
    lock = [WEB / "package.json", WEB / "package-lock.json"]
    state = digest(lock, node)
    if not unchanged("node_modules", state, WEB / "node_modules" / ".package-lock.json"):
        with step("Front-end packages"):
            run("npm", "ci", "--prefix", WEB, "--no-audit", "--no-fund", "--loglevel=error")
        remember("node_modules", state)
    if not unchanged("web", digest(sources(WEB), state), WEB / "dist" / "index.html"):
        with step("Front end"):
            run("npm", "run", "build", "--prefix", WEB, "--silent", "--", "--logLevel", "warn")
        remember("web", digest(sources(WEB), state))  # the build writes its list of routes into the sources


def sources(folder: Path) -> list[Path]:
    found = []
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in NOT_SOURCES)
        found += [Path(path) / name for name in sorted(files)]
    return found


def digest(paths: Iterable[Path], *more: str) -> str:
    total = hashlib.sha256("\0".join(more).encode())
    for path in paths:
        total.update(hashlib.sha256(str(path).encode() + b"\0" + path.read_bytes()).digest())
    return total.hexdigest()


def unchanged(name: str, state: str, result: Path) -> bool:
    return result.exists() and stamps().get(name) == state


def stamps() -> dict[str, str]:
    try:
        return json.loads(STAMPS.read_text())
    except (OSError, ValueError):
        return {}


def remember(name: str, state: str) -> None:
    STAMPS.write_text(json.dumps({**stamps(), name: state}))


@contextmanager
def step(title: str) -> Iterator[None]:
    """Says what takes a while, and how long it took."""
    began = time.time()
    say(f"  {title} ...")
    yield
    say(f"  {title} ready ({time.time() - began:.0f} s)")


def run(*command: str | Path) -> None:
    settings = dict(os.environ)
    settings.pop("VIRTUAL_ENV", None)
    if "SSL_CERT_FILE" not in settings:
        settings["UV_SYSTEM_CERTS"] = "1"  # uv alone does not know the certificates of a company's proxy
    ended = subprocess.run(command, env=settings, check=False)
    if ended.returncode != 0:
        shown = " ".join(map(str, command))
        raise Missing(f"'{shown}' failed (exit status {ended.returncode}); what it said is above.")


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    try:
        main()
    except Missing as missing:
        sys.exit(f"\n{missing}")
    except KeyboardInterrupt:
        sys.exit(130)
