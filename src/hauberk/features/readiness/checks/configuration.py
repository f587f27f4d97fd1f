"""Settings and files: secrets, separation of environments, pools as they are configured, and what a checkout holds."""

import re
from pathlib import Path

import hauberk
from hauberk.infra import telemetry
from hauberk.infra.readiness import Answer, Kind, Probe, failed, passed, readiness, skipped, warned
from hauberk.infra.settings import secret_keys
from hauberk.infra.settings.loading import SettingsError, read_settings, variable_names

_BROKEN = {
    "HAUBERK_PORT": "not a port",
    "HAUBERK_DATABASE_URL": "mysql://localhost/hauberk",
    "HAUBERK_RATE_LIMIT_DEFAULT": "often",
}
MAX_LOG_LINES = 10_000


@readiness("SEC-1")
async def signing_secrets(probe: Probe) -> Answer:
    weak = []
    for entry in probe.inside.settings.secret_keys:
        parsed = secret_keys.parse(entry.get_secret_value())
        if found := secret_keys.weakness(parsed.material.decode()):
            weak.append(f"{parsed.kid} {found}")
    kids = ", ".join(probe.inside.settings.key_ring.kids)
    if weak:
        return failed(
            "; ".join(weak), "Make one with 'hauberk secret new' and put it first.", kind=Kind.CONFIG
        )
    return passed(f"Keys in use: {kids}. Each looks random and is long enough.", kind=Kind.CONFIG)


@readiness("SEC-2", timeout=20)
async def no_secret_lies_about(probe: Probe) -> Answer:
    places = [*_installed_files(), *_log_lines(probe.inside.settings.home / "logs")]
    found = sorted({name for name, text in places if telemetry.has_secret(text)})
    if found:
        return failed(
            f"The shape of a secret is in {', '.join(found[:5])}.", "Remove it there, and replace the secret."
        )
    return warned(
        f"Nothing with the shape of a secret in {len(places):,} files and log lines; history and image not looked at.",
        "Build with release evidence, which scans git history and the image.",
    )


def _installed_files() -> list[tuple[str, str]]:
    root = Path(hauberk.__file__).parent
    kinds = {".py", ".html", ".js", ".sql", ".json", ".yaml", ".toml"}
    return [
        (path.relative_to(root).as_posix(), path.read_text(encoding="utf-8", errors="replace"))
        for path in sorted(root.rglob("*"))
        if path.suffix in kinds and path.is_file() and "__pycache__" not in path.parts
    ]


def _log_lines(folder: Path) -> list[tuple[str, str]]:
    lines = []
    for path in sorted(folder.glob("*.log")) if folder.is_dir() else []:
        text = path.read_text(encoding="utf-8", errors="replace")
        lines += [(f"{path.name}:{n}", line) for n, line in enumerate(text.splitlines(), start=1)]
    return lines[-MAX_LOG_LINES:]


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
    return passed(f"All {len(documented)} variables are in .env.example.", kind=Kind.CONFIG)


@readiness("CFG-3")
async def env_file_is_ignored(probe: Probe) -> Answer:  # noqa: ARG001
    path = _in_checkout(".gitignore")
    if path is None:
        return _not_a_checkout()
    if ".env" in path.read_text(encoding="utf-8").split():
        return passed(".gitignore lists .env.", kind=Kind.CONFIG)
    return failed(".gitignore does not list .env.", "Add it.", kind=Kind.CONFIG)


def _in_checkout(name: str) -> Path | None:
    root = Path(hauberk.__file__).parents[2]
    return root / name if (root / "pyproject.toml").is_file() and (root / name).is_file() else None


def _not_a_checkout() -> Answer:
    return skipped("This is an installed copy without a checkout.", "Ask the checkout it was built from.")


@readiness("CFG-4")
async def wrong_settings_are_all_told_at_once(probe: Probe) -> Answer:  # noqa: ARG001
    try:
        read_settings(_BROKEN, servers=False)
    except SettingsError as error:
        told = [name for name in _BROKEN if any(name in problem for problem in error.problems)]
        if len(told) == len(_BROKEN):
            return passed(f"{len(_BROKEN)} wrong values were refused in one message, each by its name.")
        return failed(f"Only {', '.join(told)} were told of.", "Report this; it is a fault of the product.")
    return failed("Wrong settings were accepted.", "Report this; it is a fault of the product.")
