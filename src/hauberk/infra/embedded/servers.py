"""The embedded servers of one home: those that no address in the settings replaces."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from hauberk.infra.embedded.postgres import Postgres
from hauberk.infra.embedded.process import Process, Program
from hauberk.infra.embedded.sockets import socket_folder
from hauberk.infra.embedded.valkey import Valkey
from hauberk.infra.settings import Settings
from hauberk.infra.settings.home import Home

TITLES = {"postgres": "PostgreSQL", "queue": "Queue", "cache": "Cache"}


class Service(Protocol):
    """Something that the supervisor keeps running."""

    def prepare(self) -> Program:
        """Before each start: what to run."""

    def wait_until_ready(self, process: Process) -> None:
        """Returns when it serves; raises `StartFailed` when it will not."""


class EmbeddedServers:
    """PostgreSQL, queue and cache, as far as they are embedded, with their addresses."""

    def __init__(self, settings: Settings, *, is_throwaway: bool = False) -> None:
        self.home = Home(settings.home)
        self.home.make()
        secrets, sockets, logs = self.home.secrets(), socket_folder(self.home.path), self.home.path / "logs"
        self.postgres: Postgres | None = None
        self.valkeys: list[Valkey] = []
        if not settings.database.url:
            self.postgres = Postgres(
                folder=self.home.path / "postgres",
                sockets=sockets,
                logs=logs,
                secrets=secrets,
                max_connections=settings.database_connections,
                is_throwaway=is_throwaway,
            )
        for role, section, password in (
            ("queue", settings.queue, secrets.queue_password),
            ("cache", settings.cache, secrets.cache_password),
        ):
            if not section.url:
                folder = self.home.path / role
                self.valkeys.append(Valkey(role, folder, sockets, logs, password, section.max_memory))  # type: ignore[arg-type]

    @property
    def services(self) -> list[Service]:
        return [*([self.postgres] if self.postgres else []), *self.valkeys]

    @property
    def addresses(self) -> dict[str, dict[str, str]]:
        """By section of the settings, to fill in what is not set."""
        found: dict[str, dict[str, str]] = {each.role: {"url": each.url} for each in self.valkeys}
        if self.postgres:
            found["database"] = {
                "url": self.postgres.app_url,
                "owner_url": self.postgres.owner_url,
                "backup_url": self.postgres.backup_url,
            }
        return found


@contextmanager
def running(settings: Settings, *, is_throwaway: bool = False) -> Iterator[EmbeddedServers]:
    """The servers for as long as the context lasts, without a supervisor: for single commands and tests."""
    servers = EmbeddedServers(settings, is_throwaway=is_throwaway)
    processes: list[Process] = []
    try:
        start(servers.services, processes)
        yield servers
    finally:
        for process in processes:
            process.ask_to_stop()
        for process in processes:
            process.stop()


def start(services: list[Service], processes: list[Process], *, hold: Path | None = None) -> None:
    """Start side by side, adding to `processes`; returns when all serve."""
    processes.extend(Process(service.prepare(), hold=hold) for service in services)
    for service, process in zip(services, processes, strict=True):
        service.wait_until_ready(process)
