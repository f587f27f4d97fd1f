"""SandboxReport: how much of the sandbox this system offers, for the start-up log and for readiness."""

from dataclasses import dataclass
from typing import Literal

from hauberk.infra.settings import Environment, Settings
from hauberk.ingest.sandbox.sandbox import Sandbox


class SandboxRefusedError(Exception):
    """Production without the full sandbox, and nobody has said that this is accepted."""


@dataclass(frozen=True)
class SandboxReport:
    level: Literal["full", "partial"]
    missing: tuple[str, ...]


def inspect(sandbox: Sandbox) -> SandboxReport:
    """Runs a child and looks."""
    missing = tuple(sandbox.missing())
    return SandboxReport("partial" if missing else "full", missing)


def accept(report: SandboxReport, settings: Settings) -> None:
    """Raises SandboxRefusedError where the settings do not allow to go on."""
    if report.level == "full" or settings.sandbox == "partial":
        return
    if settings.environment is Environment.PRODUCTION:
        raise SandboxRefusedError(
            f"The system refuses parts of the parsers' sandbox: {', '.join(report.missing)}."
            " Allow them, or accept it with HAUBERK_SANDBOX=partial."
        )
