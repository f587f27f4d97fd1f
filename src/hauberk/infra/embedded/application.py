"""The product's own processes under the supervisor: API, worker and scheduler, each `python -m hauberk ROLE`."""

import hashlib
import os
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import hauberk
from hauberk.infra.embedded.process import Process, Program, StartFailed

READY_SECONDS = 90.0


@dataclass(frozen=True)
class Application:
    """One role of the product; with `health_url` it serves once that answers."""

    role: str
    logs: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    health_url: str | None = None
    grace_seconds: float = 30.0

    def prepare(self) -> Program:
        return Program(
            name=self.role,
            command=command(self.role),
            log=self.logs / f"{self.role}.log",
            environment=self.environment,
            grace_seconds=self.grace_seconds,
        )

    def wait_until_ready(self, process: Process) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while self.health_url is not None and not _answers(self.health_url):
            if process.exit_code() is not None:
                raise StartFailed(f"{self.role} ended while starting.\n{process.last_words()}")
            if time.monotonic() > deadline:
                raise StartFailed(
                    f"{self.role} does not answer at {self.health_url}; see {process.program.log}."
                    f"\n{process.last_words()}"
                )
            time.sleep(0.1)


class Command:
    """A command of this product that runs to its end, beside other things that start."""

    def __init__(self, *arguments: str, environment: Mapping[str, str]) -> None:
        self._shown = " ".join(arguments)
        self._process = subprocess.Popen(  # noqa: S603
            command(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
            start_new_session=True,
        )

    def result(self) -> str:
        """What it printed; raises `StartFailed` with what it complained about."""
        printed, complaint = self._process.communicate()
        if self._process.returncode != 0:
            raise StartFailed(f"'hauberk {self._shown}' failed.\n{complaint.strip()[-4000:]}")
        return printed


def command(*arguments: str) -> list[str]:
    """The command line of this product in this Python, wherever its script is installed."""
    return [sys.executable, "-m", "hauberk", *arguments]


def schema_state(environment: str) -> str:
    """Changes whenever a migration is added or changed, without loading any."""
    total = hashlib.sha256(environment.encode())
    for file in sorted(Path(hauberk.__file__).parent.glob("db/migrations/**/*.py")):
        total.update(file.name.encode() + file.read_bytes())
    return total.hexdigest()


def _answers(url: str) -> bool:
    """Whether it serves; who it is does not matter here, it is our own child on loopback."""
    context = ssl._create_unverified_context() if url.startswith("https") else None  # noqa: S323, SLF001
    try:
        with urllib.request.urlopen(url, timeout=5, context=context):  # noqa: S310
            return True
    except urllib.error.HTTPError as answer:
        return answer.code < 500
    except OSError:
        return False
