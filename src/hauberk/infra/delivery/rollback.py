"""The rollback rehearsal: the release before this one runs on the schema that this one made, with the data of both.

Servers of its own, in a folder of its own. The release before takes in a report; this one migrates and takes in
another; the release before comes back, must show both and take in a third. Everything goes through each release's own
command line, so nothing of one is asked with the code of the other.
"""

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from hauberk.infra.delivery.previous import unpack_previous
from hauberk.infra.embedded.application import Application
from hauberk.infra.embedded.port import free_port
from hauberk.infra.embedded.process import Process
from hauberk.infra.embedded.servers import EmbeddedServers, running
from hauberk.infra.settings import Settings
from hauberk.infra.settings.loading import scratch_settings
from hauberk.infra.settings.secret_keys import new_secret
from hauberk.kit.errors import Conflict

COMMAND_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Rollback:
    """How it went: `problems` are sentences."""

    previous: str
    schema_before: str
    schema_after: str
    findings: int
    seconds: float
    problems: list[str]


@dataclass(frozen=True)
class Release:
    """One release as a program: where its package is, and the environment that it runs in."""

    name: str
    package: Path | None
    folder: Path
    environment: dict[str, str]

    def call(self, *arguments: str) -> str:
        """One command to its end; what it printed."""
        ended = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "hauberk", *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=self._variables,
            timeout=COMMAND_SECONDS,
        )
        if ended.returncode != 0:
            raise Conflict(f"{self.name}: 'hauberk {arguments[0]}' failed: {ended.stderr.strip()[-1000:]}")
        return ended.stdout

    @contextmanager
    def serving(self) -> Iterator[float]:
        """API and worker; how long they took until they served."""
        began, processes = time.monotonic(), []
        logs, url = self.folder / "logs", self.environment["HAUBERK_URL"]
        try:
            for role, health in (("serve", f"{url}/health/ready"), ("worker", None)):
                application = Application(role, logs, self._variables, health_url=health)
                processes.append(Process(application.prepare()))
                application.wait_until_ready(processes[-1])
            yield time.monotonic() - began
        finally:
            for process in reversed(processes):
                process.stop()

    @property
    def _variables(self) -> dict[str, str]:
        emptied = {
            name: "" for name in os.environ if name.startswith("HAUBERK_")
        }  # those of the live installation
        package = {"PYTHONPATH": str(self.package)} if self.package else {}
        return {**os.environ, **emptied, **package, **self.environment}


def rehearse(settings: Settings, folder: Path) -> Rollback:
    """Needs the release before (`previous`), and room for a small installation."""
    package = folder / "previous"
    package.mkdir()
    name = unpack_previous(settings, package)
    with running(scratch_settings(folder / "home"), is_throwaway=True) as servers:
        environment = _environment(folder, servers)
        before = Release(name, package, folder, environment)
        after = Release("this release", None, folder, environment)
        return _there_and_back(before, after, servers)


def _there_and_back(before: Release, after: Release, servers: EmbeddedServers) -> Rollback:
    before.call("migrate")
    schema_before = _schema(servers)
    with before.serving():
        before.call("user", "ensure-admin")
        token = before.call("token", "create", "rehearsal").strip()
        for each in (before, after):
            each.environment["HAUBERK_TOKEN"] = token
        _send(before, "first", 3)
    after.call("migrate")
    schema_after = _schema(servers)
    with after.serving():
        _send(after, "second", 2)
        wanted = _findings(after)
    problems = []
    with before.serving() as seconds:
        if (found := _findings(before)) != wanted:
            problems.append(f"{before.name} shows {len(found)} findings of the {len(wanted)} that there are.")
        _send(before, "third", 4)
        kept = _findings(before)
        if not set(wanted) <= set(kept) or len(kept) != len(wanted) + 4:
            problems.append(
                f"{before.name} took in 4 findings more and shows {len(kept)} instead of {len(wanted) + 4}."
            )
    return Rollback(before.name, schema_before, schema_after, len(kept), seconds, problems)


def _environment(folder: Path, servers: EmbeddedServers) -> dict[str, str]:
    port = free_port()
    database = servers.addresses["database"]
    return {
        "HAUBERK_ENVIRONMENT": "test",
        "HAUBERK_HOME": str(folder / "home"),
        "HAUBERK_PORT": str(port),
        "HAUBERK_URL": f"http://127.0.0.1:{port}",
        "HAUBERK_SECRET_KEYS": new_secret(),
        "HAUBERK_ADMIN_PASSWORD": secrets.token_urlsafe(24),
        "HAUBERK_DATABASE_URL": database["url"],
        "HAUBERK_DATABASE_OWNER_URL": database["owner_url"],
        "HAUBERK_DATABASE_POOL_SIZE": "5",
        "HAUBERK_DATABASE_MAX_OVERFLOW": "5",
        "HAUBERK_QUEUE_URL": servers.addresses["queue"]["url"],
        "HAUBERK_CACHE_URL": servers.addresses["cache"]["url"],
        "HAUBERK_WORKERS": "1",
        "HAUBERK_WORKER_PROCESSES": "1",
        "HAUBERK_SANDBOX": "partial",
    }


def _send(release: Release, asset: str, count: int) -> None:
    report = release.folder / f"{asset}.json"
    findings: list[dict[str, Any]] = [
        {
            "kind": "iac",
            "title": f"Rehearsal finding {number} of {asset}",
            "severity": "high",
            "rule_id": f"REHEARSAL-{asset}-{number}",
            "locations": [{"path": f"{asset}.tf", "line": number + 1}],
        }
        for number in range(count)
    ]
    head = {
        "format": "hauberk",
        "version": 1,
        "scanner": "rehearsal",
        "asset": asset,
        "asset_kind": "repository",
    }
    report.write_text(json.dumps({**head, "findings": findings}), encoding="utf-8")
    release.call("upload", str(report), "--asset", asset, "--wait")


def _findings(release: Release) -> list[str]:
    lines = release.call("findings", "--json", "--limit", "100").splitlines()
    return sorted(json.loads(line)["title"] for line in lines)


def _schema(servers: EmbeddedServers) -> str:
    with psycopg.connect(servers.addresses["database"]["backup_url"]) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else "none"
