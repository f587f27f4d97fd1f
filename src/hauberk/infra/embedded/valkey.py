"""The embedded Valkey, in two roles: the queue (never evicts, append-only file) and the cache (evicts, keeps nothing)."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import redis

from hauberk.infra.embedded import providers
from hauberk.infra.embedded.process import Process, Program, StartFailed

READY_SECONDS = 30.0


@dataclass(frozen=True)
class Valkey:
    """One embedded server."""

    role: Literal["queue", "cache"]
    folder: Path
    sockets: Path
    logs: Path
    password: str
    max_memory: int

    @property
    def socket(self) -> Path:
        return self.sockets / f"{self.role}.sock"

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket))}?db=0&password={quote(self.password)}"

    def prepare(self) -> Program:
        """Write the configuration, which holds the password and is private; what to run."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)
        lasting = ["appendonly yes", "appendfsync everysec", "maxmemory-policy noeviction"]
        passing = ["appendonly no", "maxmemory-policy allkeys-lfu"]
        lines = [
            "port 0",
            f'unixsocket "{self.socket}"',
            "unixsocketperm 700",
            f'dir "{self.folder}"',
            f"requirepass {self.password}",
            f"maxmemory {self.max_memory}",
            'save ""',
            "daemonize no",
            "maxclients 1000",
            *(lasting if self.role == "queue" else passing),
        ]
        configuration = self.folder / "valkey.conf"
        configuration.touch(mode=0o600)
        configuration.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return Program(
            name=self.role,
            command=[str(providers.valkey_binary()), str(configuration)],
            log=self.logs / f"{self.role}.log",
            grace_seconds=10,
        )

    def wait_until_ready(self, process: Process) -> None:
        deadline = time.monotonic() + READY_SECONDS
        with redis.Redis.from_url(self.url, socket_timeout=5) as client:
            while True:
                try:
                    client.ping()
                except redis.RedisError as error:
                    if process.exit_code() is not None or time.monotonic() > deadline:
                        raise StartFailed(
                            f"The {self.role} did not start.\n{process.last_words()}"
                        ) from error
                    time.sleep(0.05)
                else:
                    return
