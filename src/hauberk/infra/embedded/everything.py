"""All of Hauberk on one machine: what `hauberk up` starts, in which order, and what it says while it does."""

import os
import sys
import time
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from hauberk.infra.embedded.application import Application, Command, schema_state
from hauberk.infra.embedded.lock import locked
from hauberk.infra.embedded.port import check_port
from hauberk.infra.embedded.servers import EmbeddedServers
from hauberk.infra.embedded.supervisor import StopAsked, Supervisor
from hauberk.infra.settings import Settings
from hauberk.infra.web_assets import web_root

_LOOPBACK_FOR = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}  # noqa: S104


class Everything:
    """One installation on one home."""

    def __init__(self, settings: Settings, say: Callable[[str], None]) -> None:
        self._settings = settings
        self._say = say
        self._logs = settings.home / "logs"
        self._environment = {"HAUBERK_HOME": str(settings.home), "HAUBERK_PORT": str(settings.port)}
        self._supervisor = Supervisor(say)

    def run(self, *, demo: bool = False, browser: bool = True) -> None:
        """Until a signal; everything that was started is stopped when this returns or raises."""
        with locked(self._settings.home):
            check_port(self._settings.host, self._settings.port)
            servers = EmbeddedServers(self._settings)
            self._supervisor.catch_signals()
            try:
                self._start(servers, demo=demo, browser=browser)
                self._supervisor.watch()
            except StopAsked:
                self._say("Stopping; a second Ctrl-C stops at once ...")
            finally:
                self._supervisor.stop()
                servers.home.forget_servers()
            self._say("Stopped.")

    def _start(self, servers: EmbeddedServers, *, demo: bool, browser: bool) -> None:
        self._say(f"Hauberk starts on {self._settings.home}")
        if servers.services:
            with self._step("Database and queues"):
                self._supervisor.start(servers.services)
        servers.home.write_servers(servers.addresses, self._settings.port)
        self._migrate(servers)
        with self._step("API and user interface"):
            link = Command("user", "sign-in-link", "--first-start", environment=self._environment)
            application = Application(
                "serve",
                self._logs,
                self._environment,
                health_url=self._health_url,
                grace_seconds=self._settings.stop_seconds,
            )
            self._supervisor.start([application])
            sign_in = link.result().strip()
        # nobody has to wait for these: what is uploaded meanwhile is accepted and they come to it
        roles = ["worker", "scheduler", *(["archiver"] if self._settings.has_point_in_time else [])]
        self._supervisor.start([Application(role, self._logs, self._environment) for role in roles])
        if demo:
            with self._step("Demonstration data"):
                Command("demo", environment=self._environment).result()
        self._greet(sign_in, browser=browser)

    def _migrate(self, servers: EmbeddedServers) -> None:
        """Not again for an embedded database that this build has brought to its head already."""
        state = schema_state(self._settings.environment.value)
        stamp = servers.postgres.folder / "hauberk-schema" if servers.postgres else None
        if stamp and stamp.exists() and stamp.read_text(encoding="utf-8") == state:
            return
        with self._step("Schema"):
            said = Command("migrate", environment=self._environment).result().strip()
        self._say(f"    {said}")
        if stamp:
            stamp.write_text(state, encoding="utf-8")

    def _greet(self, link: str, *, browser: bool) -> None:
        address = self._settings.base_url
        self._say("")
        self._say(f"  Hauberk runs at {address}")
        if link:  # printed here and nowhere else
            self._say(f"  Sign in once (15 minutes) with {link}")
        if web_root() is None:
            self._say("  The user interface was never built: run 'make setup' with Node 20 or newer.")
        self._say(f"  Logs are in {self._logs}. Ctrl-C stops everything.")
        if browser and _is_desktop():
            webbrowser.open(address)

    @property
    def _health_url(self) -> str:
        scheme = "https" if self._settings.tls.cert else "http"
        host = _LOOPBACK_FOR.get(self._settings.host, self._settings.host)
        return f"{scheme}://{host}:{self._settings.port}/health/ready"

    @contextmanager
    def _step(self, title: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self._say(f"  {title:.<32} ready ({time.monotonic() - began:.1f} s)")


def _is_desktop(variables: Sequence[str] = ("DISPLAY", "WAYLAND_DISPLAY")) -> bool:
    graphical = sys.platform == "darwin" or any(os.environ.get(each) for each in variables)
    return graphical and sys.stdout.isatty() and os.geteuid() != 0
