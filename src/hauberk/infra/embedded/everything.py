"""All of Hauberk on one machine: what `hauberk up` starts, in which order, and what it says while it does."""

import os
import subprocess
import sys
import time
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from hauberk.infra.embedded.application import Application, command
from hauberk.infra.embedded.lock import locked
from hauberk.infra.embedded.port import check_port
from hauberk.infra.embedded.process import StartFailed
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
                self._start(servers, demo=demo)
                self._greet(browser=browser)
                self._supervisor.watch()
            except StopAsked:
                self._say("Stopping; a second Ctrl-C stops at once ...")
            finally:
                self._supervisor.stop()
                servers.home.forget_servers()
            self._say("Stopped.")

    def _start(self, servers: EmbeddedServers, *, demo: bool) -> None:
        self._say(f"Hauberk starts on {self._settings.home}")
        if servers.services:
            with self._step("Database and queues"):
                self._supervisor.start(servers.services)
        servers.home.write_servers(servers.addresses)
        with self._step("Schema"):
            self._command("migrate")
        if demo:
            with self._step("Demonstration data"):
                self._command("demo")
        with self._step("API, worker and scheduler"):
            self._supervisor.start(
                [
                    Application("serve", self._logs, self._environment, health_url=self._health_url),
                    Application("worker", self._logs, self._environment),
                    Application("scheduler", self._logs, self._environment),
                ]
            )

    def _greet(self, *, browser: bool) -> None:
        address = self._settings.base_url
        link = self._sign_in_link()
        self._say("")
        self._say(f"  Hauberk runs at {address}")
        if link:
            self._say(f"  Sign in once (15 minutes) with {link}")
        if web_root() is None:
            self._say("  The user interface was never built: run 'make setup' with Node 20 or newer.")
        self._say(f"  Logs are in {self._logs}. Ctrl-C stops everything.")
        if browser and _is_desktop():
            webbrowser.open(address)

    def _sign_in_link(self) -> str:
        """Printed here and nowhere else; empty when it is not the first start, or a password was given."""
        if self._settings.admin.password is not None:
            return ""
        return self._command("user", "sign-in-link", "--first-start").strip()

    def _command(self, *arguments: str) -> str:
        """A command of this product, to its end; what it printed."""
        ended = subprocess.run(  # noqa: S603
            command(*arguments),
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, **self._environment},
            start_new_session=True,
        )
        if ended.returncode != 0:
            raise StartFailed(f"'hauberk {' '.join(arguments)}' failed.\n{ended.stderr.strip()[-4000:]}")
        return ended.stdout

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
