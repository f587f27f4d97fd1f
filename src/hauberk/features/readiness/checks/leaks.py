"""Secrets that lie about: passwords that everybody knows, shapes of secrets in files and logs, what the build says of history."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from hauberk.features.identity import passwords
from hauberk.infra import telemetry
from hauberk.infra.readiness import Answer, Kind, Probe, build, failed, passed, readiness, warned
from hauberk.infra.readiness.evidence import ReleaseEvidence, released
from hauberk.infra.settings import Settings
from hauberk.infra.settings.sections import Section
from hauberk.infra.telemetry.lines import Logs
from hauberk.infra.telemetry.redaction import leaks

_KINDS: Final = {".py", ".html", ".js", ".sql", ".json", ".yaml", ".toml", ".env", ".typ"}
_KNOWN_PASSWORDS: Final = frozenset(
    [
        "password",
        "postgres",
        "hauberk",
        "admin",
        "administrator",
        "changeme",
        "change-me",
        "secret",
        "default",
        "example",
        "root",
        "guest",
        "redis",
        "test",
        "123456",
        "12345678",
        "123456789",
        "1234567890",
        "qwerty",
        "password1",
        "password123",
        "passw0rd",
        "admin123",
        "letmein",
        "welcome",
        "changeit",
        "pass",
        "token",
        "metrics",
        "your-super-secure-randomly-generated-key-here",
    ]
)

_EVERYBODYS: Final = _KNOWN_PASSWORDS | passwords.COMMON


@readiness("SEC-2", timeout=30)
async def no_secret_lies_about(probe: Probe) -> Answer:
    settings = probe.inside.settings
    if known := sorted(_known_passwords(settings)):
        names = ", ".join(known)
        return failed(
            f"A password that everybody knows: {names}.", "Give it one of its own.", kind=Kind.CONFIG
        )
    files = await asyncio.to_thread(_installed_files, build.package())
    lines = await Logs(probe).all()
    found = await asyncio.to_thread(
        lambda: (
            {name for name, text in files if telemetry.has_secret(text)}
            | {name for name, line in lines if leaks(line)}
        )
    )
    if found:
        shown = ", ".join(sorted(found)[:5])
        return failed(f"The shape of a secret is in {shown}.", "Remove it there, and replace the secret.")
    seen = f"No known password; nothing with the shape of a secret in {len(files):,} files and {len(lines):,} log lines"
    return _of_the_build(await released(probe), seen)


def _of_the_build(evidence: ReleaseEvidence, seen: str) -> Answer:
    """Git history and image, which are not here."""
    history, image = evidence.parts.get("history"), evidence.parts.get("image")
    if history is None:
        why = evidence.flaw or "the release evidence says nothing of it"
        return warned(f"{seen}. Git history and image: {why}.", "Build with release evidence.")
    for name, of in (("git history", history), ("the image", image)):
        if of is not None and of["secrets"]:
            return failed(f"{of['secrets']} secrets are in {name}.", "Replace them, and build again.")
    told = f"{seen}; none in {history['commits']} commits ({history['at'][:10]})"
    return passed(f"{told}; {'none in the image' if image else 'no image was built from this'}.")


def _known_passwords(settings: Settings) -> Iterator[str]:
    """Names of settings whose secret is one of those that examples and defaults have, or the name that it goes with."""
    for name, value in settings:
        fields = value if isinstance(value, Section) else [("", value)]
        for field, each in fields:
            if any(word.lower() in _EVERYBODYS or word == user for user, word in _secrets_of(each)):
                yield f"HAUBERK_{name}_{field}".upper().rstrip("_")


def _secrets_of(value: Any) -> Iterator[tuple[str | None, str]]:
    """Each with the user that it goes with, where an address says so."""
    for each in value if isinstance(value, tuple) else (value,):
        if isinstance(each, SecretStr):
            yield None, each.get_secret_value().rpartition(":")[2]
        elif isinstance(each, str) and "://" in each:
            url = urlsplit(each)
            yield unquote(url.username or ""), unquote(url.password or "-")


def _installed_files(root: Path) -> list[tuple[str, str]]:
    return [
        (path.relative_to(root).as_posix(), path.read_text(encoding="utf-8", errors="replace"))
        for path in sorted(root.rglob("*"))
        if path.suffix in _KINDS and path.is_file() and "__pycache__" not in path.parts
    ]
