"""What running processes have in force of the settings that rows are judged by; each tells it with its heartbeat.

Whoever asks reads the settings anew. A process read them when it began, and in its own environment: what is judged is
what it tells, and where the two differ somebody has changed a setting and restarted nothing. Of a secret it tells the
name and a fingerprint alone.
"""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from hauberk.infra.readiness.answer import Answer, Result, warned
from hauberk.infra.readiness.probe import Probe
from hauberk.infra.readiness.processes import Process, alive
from hauberk.infra.settings import Settings, secret_keys
from hauberk.infra.settings.loading import variable_names

DETAIL: Final = "settings"
WEAK: Final = " (weak)"
FINGERPRINT_DIGITS: Final = 8
_NAMES_OF_SECRETS: Final = ("HAUBERK_SECRET_KEYS", "HAUBERK_SENTRY_DSN")
_TOLD: Final[Mapping[str, tuple[str, ...]]] = {
    "api": (
        "HAUBERK_WORKERS",
        "HAUBERK_DATABASE_POOL_MIN", "HAUBERK_DATABASE_POOL_SIZE", "HAUBERK_DATABASE_MAX_OVERFLOW",
        "HAUBERK_DATABASE_POOL_TIMEOUT", "HAUBERK_DATABASE_POOL_PRE_PING", "HAUBERK_DATABASE_POOLER",
        "HAUBERK_DATABASE_STATEMENT_TIMEOUT",
        "HAUBERK_CACHE_MIN_CONNECTIONS", "HAUBERK_CACHE_MAX_CONNECTIONS",
        "HAUBERK_QUEUE_MIN_CONNECTIONS", "HAUBERK_QUEUE_MAX_CONNECTIONS",
        "HAUBERK_RATE_LIMIT_DEFAULT", "HAUBERK_RATE_LIMIT_BROWSER", "HAUBERK_RATE_LIMIT_USER",
        "HAUBERK_RATE_LIMIT_UPLOADS", "HAUBERK_RATE_LIMIT_SIGN_IN",
        "HAUBERK_CORS_ORIGINS", *_NAMES_OF_SECRETS,
    ),
    "worker": (
        "HAUBERK_WORKER_PROCESSES", "HAUBERK_WORKER_THREADS", "HAUBERK_PARSER_MEMORY",
        "HAUBERK_DATABASE_POOL_TIMEOUT", "HAUBERK_DATABASE_POOL_PRE_PING", *_NAMES_OF_SECRETS,
    ),
    "scheduler": (
        "HAUBERK_DATABASE_POOL_PRE_PING",
        *(name for name in variable_names() if name.startswith("HAUBERK_ALERT_") and not name.endswith("_URL")),
        *_NAMES_OF_SECRETS,
    ),
}  # fmt: skip
_OF_MACHINE: Final = frozenset(
    {"HAUBERK_WORKERS", "HAUBERK_WORKER_PROCESSES", "HAUBERK_WORKER_THREADS", "HAUBERK_PARSER_MEMORY"}
)
"""Machines differ in cores and memory, so these may differ between them."""


@dataclass(frozen=True)
class Running:
    """A living process, and the settings that were asked about as it has them."""

    process: Process
    settings: Settings
    differs: str
    """In words, what it has otherwise than whoever asks; empty where nothing."""

    @property
    def where(self) -> str:
        return str(self.process.detail.get("host"))

    @property
    def is_here(self) -> bool:
        return self.where == platform.node()


def told(settings: Settings, role: str) -> dict[str, Any]:
    """What a process of this role says of its settings: the values in force, also where it chose them itself."""
    return {name: _value(settings, name) for name in _TOLD[role]}


async def running(probe: Probe, role: str, *prefixes: str) -> list[Running]:
    """All of this role; compared is what begins with one of the prefixes."""
    return [_seen(each, role, probe.inside.settings, prefixes) for each in await alive(probe, role)]


async def everywhere(probe: Probe, *prefixes: str) -> list[Running]:
    """The same of every role."""
    return [each for role in _TOLD for each in await running(probe, role, *prefixes)]


def agreed(answer: Answer, found: Sequence[Running]) -> Answer:
    """The answer, if what it was judged by is what runs; else who has other settings, which is never a PASS."""
    others = _who_differs(found)
    if not others:
        return answer
    evidence = (
        f"{answer.evidence} Not in force everywhere: {'; '.join(others[:4])}{'; …' if others[4:] else ''}."
    )
    advice = (
        "Restart it: settings are read at start. If the settings here are the wrong ones, ask with its own."
    )
    if answer.result in (Result.PASS, Result.WARN):
        return warned(evidence, advice, kind=answer.kind)
    return replace(answer, evidence=evidence)


def weak_keys(found: Sequence[Running]) -> list[str]:
    """Who runs with a secret key that protects nothing, whatever the settings say that are read here."""
    told_ = {
        f"{each.process.role} on {each.where}: {name.partition('/')[0]}"
        for each in found
        for name in each.process.detail.get(DETAIL, {}).get("HAUBERK_SECRET_KEYS", ())
        if name.endswith(WEAK)
    }
    return sorted(told_)


def _who_differs(found: Sequence[Running]) -> list[str]:
    """All processes of one start have the same, and are named together."""
    numbers: dict[tuple[str, str, str], list[str]] = {}
    for each in found:
        if each.differs:
            known = numbers.setdefault((each.process.role, each.where, each.differs), [])
            known.append(str(each.process.detail.get("pid")))
    return [
        f"{role} process {', '.join(pids[:8])} on {where} {differs}"
        for (role, where, differs), pids in numbers.items()
    ]


def _seen(process: Process, role: str, settings: Settings, prefixes: tuple[str, ...]) -> Running:
    said = process.detail.get(DETAIL)
    if not isinstance(said, dict):
        return Running(process, settings, "tells no settings, it is of an earlier build")
    known = {name: said[name] for name in _TOLD[role] if name in said}
    is_here = process.detail.get("host") == platform.node()
    other = [
        f"{name}={_shown(value)} (here {_shown(_value(settings, name))})"
        for name, value in known.items()
        if name.startswith(prefixes)
        and (is_here or name not in _OF_MACHINE)
        and value != _value(settings, name)
    ]
    return Running(process, _with(settings, known), f"has {', '.join(other)}" if other else "")


def _value(settings: Settings, name: str) -> Any:
    """As in force, not as given."""
    if name == "HAUBERK_WORKERS":
        return settings.api_processes
    if name == "HAUBERK_WORKER_PROCESSES":
        return settings.worker_processes
    if name == "HAUBERK_SECRET_KEYS":
        return [_named(entry.get_secret_value(), settings) for entry in settings.secret_keys]
    if name == "HAUBERK_SENTRY_DSN":
        return settings.sentry.server
    section, field = variable_names()[name]
    value = getattr(getattr(settings, section), field)
    return list(value) if isinstance(value, tuple) else value  # as it comes back from the database


def _named(secret: str, settings: Settings) -> str:
    """Its id with what tells it from another one of that id, and whether it is none to rely on; nothing of itself."""
    key = secret_keys.parse(secret)
    fingerprint = settings.key_ring.fingerprints()[key.kid][:FINGERPRINT_DIGITS]
    return f"{key.kid}/{fingerprint}{WEAK if secret_keys.weakness(key.material.decode()) else ''}"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else "none" if value in ("", None) else str(value)


def _with(settings: Settings, known: Mapping[str, Any]) -> Settings:
    names = variable_names()
    for name, told_ in known.items():
        if name in _NAMES_OF_SECRETS:
            continue
        value = tuple(told_) if isinstance(told_, list) else told_
        *section, field = names[name]
        changed = getattr(settings, section[0]).model_copy(update={field: value}) if section else value
        settings = settings.model_copy(update={section[0] if section else field: changed})
    return settings
