"""Settings and files: secrets, pools as they are configured, and what a checkout holds."""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from dotenv import dotenv_values

import hauberk
from hauberk.db import rotation
from hauberk.db.session import Sessions
from hauberk.infra.readiness import Answer, Kind, Probe, failed, passed, readiness, skipped
from hauberk.infra.readiness.in_force import agreed, everywhere, weak_keys
from hauberk.infra.settings import secret_keys
from hauberk.infra.settings.home import Home
from hauberk.infra.settings.loading import ALIASES, EXIT_WRONG_SETTINGS, variable_names

_BROKEN = {
    "HAUBERK_PORT": "not a port",
    "HAUBERK_DATABASE_URL": "mysql://localhost/hauberk",
    "HAUBERK_RATE_LIMIT_DEFAULT": "often",
}

_START = (sys.executable, "-m", "hauberk", "serve")
_START_SECONDS = 10.0
_NEEDED_TO_RUN = frozenset({"PATH", "PYTHONPATH", "LD_LIBRARY_PATH"})
_FAULT = "Report this; it is a fault of the product."

_ENV_FILES = (".env", "web/.env", "deploy/compose/.env")


@readiness("SEC-1")
async def signing_secrets(probe: Probe) -> Answer:
    weak = []
    for entry in probe.inside.settings.secret_keys:
        parsed = secret_keys.parse(entry.get_secret_value())
        if found := secret_keys.weakness(parsed.material.decode()):
            weak.append(f"{parsed.kid} {found}")
    kids = probe.inside.settings.key_ring.kids
    if exposed := await asyncio.to_thread(_readable_by_others, probe.inside.settings.home):
        return failed(
            f"Other users of this machine may read {', '.join(map(str, exposed))}.",
            f"Run 'chmod 600 {' '.join(map(str, exposed))}'; make new secrets if others have been there.",
        )
    if weak:
        return failed(
            "; ".join(weak), "Make one with 'hauberk secret new' and put it first.", kind=Kind.CONFIG
        )
    if (
        probe.inside.is_starting
    ):  # without a key that is lost it must run all the same: to be told, and mended
        return passed("Each secret key looks random and is long enough.", kind=Kind.CONFIG)
    async with Sessions(probe.inside.engine).transaction() as db:
        stored = await (await db.connection()).run_sync(rotation.stored)
    if missing := sorted({each.kid for each in stored} - set(kids)):
        return failed(
            f"Encrypted values that need a secret key which is not in HAUBERK_SECRET_KEYS ({', '.join(missing)}):"
            f" {sum(each.values for each in stored if each.kid in missing)}.",
            "Put them back behind the newest one, start again, and run 'hauberk secret rotate'.",
        )
    older = sum(each.values for each in stored if each.kid != kids[0])
    rotated = f" {older} encrypted values wait for 'hauberk secret rotate'." if older else ""
    running = await everywhere(probe, "HAUBERK_SECRET_KEYS")
    if guessed := weak_keys(running):
        return failed(
            f"Running with a secret key that can be guessed: {'; '.join(guessed)}.",
            "Make one with 'hauberk secret new', put it first, and restart them.",
        )
    seen = passed(f"Keys in use: {', '.join(kids)}. Each looks random and is long enough.{rotated}")
    return agreed(seen, running)


def _readable_by_others(home: Path) -> list[Path]:
    """Of the files that hold secrets. A group is none of it: where volumes belong to one, a cluster opens files to it."""
    kept = [Home(home).secrets_file]
    given = dotenv_values(".env")
    if any(given.get(name) for pair in ALIASES.items() for name in pair):
        kept.append(Path(".env"))
    return [path for path in kept if path.is_file() and path.stat().st_mode & 0o007]


@readiness("CFG-2")
async def every_variable_is_documented(probe: Probe) -> Answer:  # noqa: ARG001
    path = _in_checkout(".env.example")
    if path is None:
        return _not_a_checkout()
    documented = set(re.findall(r"^#?(HAUBERK_\w+)=", path.read_text(encoding="utf-8"), re.MULTILINE))
    missing, stale = sorted(set(variable_names()) - documented), sorted(documented - set(variable_names()))
    if missing or stale:
        return failed(
            f"Undocumented: {', '.join(missing) or 'none'}; gone: {', '.join(stale) or 'none'}.",
            "Run tools/generate_env_example.py.",
            kind=Kind.CONFIG,
        )
    generator = path.parent / "tools" / "generate_env_example.py"
    if not generator.is_file():
        return skipped(
            f"All {len(documented)} variables are in .env.example; its defaults cannot be compared without {generator.name}.",
            "Ask a whole checkout.",
            kind=Kind.CONFIG,
        )
    if not await asyncio.to_thread(_is_fresh, generator):
        return failed(
            f"All {len(documented)} variables are in .env.example, and what it says of some is not what the settings are.",
            "Run tools/generate_env_example.py.",
            kind=Kind.CONFIG,
        )
    return passed(
        f"All {len(documented)} variables are in .env.example, as the settings model has them.",
        kind=Kind.CONFIG,
    )


def _is_fresh(generator: Path) -> bool:
    command = [sys.executable, str(generator), "--check"]
    return subprocess.run(command, capture_output=True, check=False, timeout=30).returncode == 0  # noqa: S603


@readiness("CFG-3")
async def env_file_is_ignored(probe: Probe) -> Answer:  # noqa: ARG001
    path = _in_checkout(".gitignore")
    if path is None:
        return _not_a_checkout()
    if ".env" not in path.read_text(encoding="utf-8").split():
        return failed(".gitignore does not list .env.", "Add it.", kind=Kind.CONFIG)
    if taken := await asyncio.to_thread(_taken_all_the_same, path.parent):
        return failed(
            f".gitignore lists .env, and git would take {', '.join(taken)} all the same.",
            "Take the line that makes an exception of it (!…) out of .gitignore.",
            kind=Kind.CONFIG,
        )
    tracked = await asyncio.to_thread(_tracked_env_files, path.parent)
    if tracked is None:
        return skipped(
            ".gitignore lists .env; what git holds could not be seen.",
            "Run it where git can read the checkout.",
        )
    if tracked:
        return failed(f"In git: {', '.join(tracked)}.", "Remove it there, and replace its secrets.")
    return passed(".gitignore lists .env, and git holds none.", kind=Kind.CONFIG)


def _taken_all_the_same(root: Path) -> list[str]:
    """By a later line, or one of a folder's own. Where git says nothing, it says nothing of what it holds either."""
    try:
        answer = subprocess.run(  # noqa: S603 - our own words
            ["git", "check-ignore", "--no-index", *_ENV_FILES],  # noqa: S607 - as developers have it
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return []
    is_answer = answer.returncode in (0, 1)
    return [name for name in _ENV_FILES if name not in answer.stdout.split()] if is_answer else []


def _tracked_env_files(root: Path) -> list[str] | None:
    """None where git did not say."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--", ".env", ".env.*", "**/.env"],  # noqa: S607 - as developers have it
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        return None
    return [name for name in listed if not name.endswith(".example")]


def _in_checkout(name: str) -> Path | None:
    root = Path(hauberk.__file__).parents[2]
    return root / name if (root / "pyproject.toml").is_file() and (root / name).is_file() else None


def _not_a_checkout() -> Answer:
    return skipped("This is an installed copy without a checkout.", "Ask the checkout it was built from.")


@readiness("CFG-4")
async def wrong_settings_are_all_told_at_once(probe: Probe) -> Answer:  # noqa: ARG001
    """As whoever starts it would see it: a process of its own that must not come to its start."""
    with tempfile.TemporaryDirectory() as empty:
        process = await asyncio.create_subprocess_exec(
            *_START,
            cwd=empty,
            env={
                **{name: value for name, value in os.environ.items() if name in _NEEDED_TO_RUN},
                "HAUBERK_HOME": empty,
                **_BROKEN,
            },
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _, said = await asyncio.wait_for(process.communicate(), _START_SECONDS)
        except TimeoutError:
            return failed("With wrong settings it started.", _FAULT)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    lines = said.decode(errors="replace").splitlines()
    untold = [name for name in _BROKEN if not any(name in line for line in lines)]
    if process.returncode != EXIT_WRONG_SETTINGS:
        return failed(f"With wrong settings it ended with {process.returncode}, not as refused.", _FAULT)
    if untold:
        return failed(f"Of {len(_BROKEN)} wrong values it did not tell of {', '.join(untold)}.", _FAULT)
    return passed(f"A start with {len(_BROKEN)} wrong values was refused and told of each by its name.")
