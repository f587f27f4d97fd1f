"""The home: the state folder of one installation, its generated secrets and the addresses of its running servers.

Everything in it is for its owner only. Secrets are made once, at the first start, and never have a default.
"""

import json
import os
import secrets as randomness
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from hauberk.infra.settings.secret_keys import new_secret

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


def _password() -> str:
    return randomness.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class HomeSecrets:
    """What is generated at the first start."""

    secret_key: str = field(default_factory=new_secret, repr=False)
    database_superuser_password: str = field(default_factory=_password, repr=False)
    database_owner_password: str = field(default_factory=_password, repr=False)
    database_app_password: str = field(default_factory=_password, repr=False)
    queue_password: str = field(default_factory=_password, repr=False)
    cache_password: str = field(default_factory=_password, repr=False)


class Running(NamedTuple):
    """The addresses of the servers, by section, and the port that the product is served on; nothing where nothing runs."""

    servers: Mapping[str, Mapping[str, str]] = MappingProxyType({})
    port: int | None = None


class Home:
    """One state folder and where things are in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.secrets_file = path / "secrets.json"
        self.servers_file = path / "run" / "servers.json"

    def make(self) -> None:
        self.path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)

    def secrets(self) -> HomeSecrets:
        """The secrets of this home, made when there are none; of two first starts at once, one wins."""
        if not self.secrets_file.exists():
            self.make()
            _write_once(self.secrets_file, asdict(HomeSecrets()))
        kept = json.loads(self.secrets_file.read_text(encoding="utf-8"))
        known = {each.name for each in fields(HomeSecrets)}
        return HomeSecrets(**{name: value for name, value in kept.items() if name in known})

    def running(self) -> Running:
        """What a `hauberk up` runs on this home."""
        try:
            kept = json.loads(self.servers_file.read_text(encoding="utf-8"))
            os.kill(kept["pid"], 0)
        except (OSError, ValueError, KeyError):
            return Running()
        return Running(kept["addresses"], kept.get("port"))

    def write_servers(self, addresses: dict[str, dict[str, str]], port: int) -> None:
        """Told by the process that runs them, and true while it lives."""
        self.servers_file.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        _write(self.servers_file, {"pid": os.getpid(), "port": port, "addresses": addresses})

    def forget_servers(self) -> None:
        self.servers_file.unlink(missing_ok=True)


def _write_once(path: Path, content: object) -> None:
    draft = _draft(path, content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _write(path: Path, content: object) -> None:
    _draft(path, content).replace(path)


def _draft(path: Path, content: object) -> Path:
    draft = path.with_name(f".{path.name}.{randomness.token_hex(6)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return draft
