"""The settings model: all sections, what is at the top, and the rules that span several values."""

import os
import re
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from hauberk.infra.crypto import KeyRing
from hauberk.infra.settings import secret_keys, sections
from hauberk.infra.settings.sections import Environment

SCHEDULER_CONNECTIONS = 3
OTHER_CONNECTIONS = 30  # commands, migrations, backup, superuser
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Settings(BaseSettings):
    """All settings, frozen; made by `load_settings()`, passed down as an argument."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_prefix="HAUBERK_",
        env_nested_delimiter="_",
        env_nested_max_split=1,
        env_ignore_empty=True,
        hide_input_in_errors=True,
        validate_default=False,
    )

    environment: Environment = Field(
        default=Environment.DEVELOPMENT, description="What this installation is for"
    )
    home: Path = Field(default=Path(".hauberk"), description="State folder: data, secrets, logs, backups")
    host: str = Field(default="127.0.0.1", min_length=1, description="Address to listen on")
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on")
    public_url: str = Field(
        default="", description="Address in the browser; unset: http://127.0.0.1:$HAUBERK_PORT"
    )
    asset_url: str = Field(
        default="",
        pattern=r"^(https?://[^/\s?#;,'\"]+(/[^\s?#;,'\"]*[^/\s?#;,'\"])?)?$",
        description="Where browsers load scripts, styles and fonts from (a CDN in front of this site); unset: here",
    )
    workers: int | None = Field(
        default=None, ge=1, description="API processes; unset: from cores, environment and users"
    )
    expected_users: int = Field(default=10, ge=1, description="People who use it at the same time")
    signup: Literal["invitation", "open"] = Field(default="invitation", description="Who may make an account")
    sandbox: Literal["full", "partial"] = Field(
        default="full", description="partial: go on where the kernel refuses part of it"
    )
    secret_keys: sections.Secrets = Field(
        default=(),
        description="Signing and encryption secrets as id:secret, newest first; SECRET_KEY is an alias",
    )
    sibling_fingerprints: sections.Strings = Field(
        default=(), description="Secret fingerprints of the other environments, which must differ"
    )

    database: sections.Database = sections.Database()
    queue: sections.Queue = sections.Queue()
    cache: sections.Cache = sections.Cache()
    storage: sections.Storage = sections.Storage()
    tls: sections.Tls = sections.Tls()
    http: sections.Http = sections.Http()
    cors: sections.Cors = sections.Cors()
    egress: sections.Egress = sections.Egress()
    feeds: sections.Feeds = sections.Feeds()
    clamav: sections.Clamav = sections.Clamav()
    admin: sections.Admin = sections.Admin()
    session: sections.Session = sections.Session()
    rate_limit: sections.RateLimit = sections.RateLimit()
    upload: sections.Upload = sections.Upload()
    parser: sections.Parser = sections.Parser()
    worker: sections.Worker = sections.Worker()
    retention: sections.Retention = sections.Retention()
    backup: sections.Backup = sections.Backup()
    release: sections.Release = sections.Release()
    log: sections.Log = sections.Log()
    sentry: sections.Sentry = sections.Sentry()
    otlp: sections.Otlp = sections.Otlp()
    metrics: sections.Metrics = sections.Metrics()
    readiness: sections.Readiness = sections.Readiness()
    mail: sections.Mail = sections.Mail()
    alert: sections.Alert = sections.Alert()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what it is given: `loading` collects the variables, so that all problems are told at once."""
        return (init_settings,)

    @property
    def base_url(self) -> str:
        """The address in the browser, without a slash at its end."""
        scheme = "https" if self.tls.cert else "http"
        return self.public_url.rstrip("/") or f"{scheme}://{self.local_host}:{self.port}"

    @property
    def local_host(self) -> str:
        """Where this machine reaches what it serves, as it stands in an address."""
        host = self.host if self.host not in ("0.0.0.0", "::", "localhost") else "127.0.0.1"  # noqa: S104
        return f"[{host}]" if ":" in host else host

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def storage_url(self) -> str:
        return self.storage.url or (self.home.resolve() / "storage").as_uri()

    @property
    def backup_folder(self) -> Path:
        """Where backups are made and, without a URL, kept."""
        return self.backup.folder or self.home / "backups"

    @property
    def has_point_in_time(self) -> bool:
        if self.backup.point_in_time is None:
            return self.environment.is_exposed and not self.database.url
        return self.backup.point_in_time

    @property
    def log_format(self) -> str:
        return self.log.format or ("json" if self.environment.is_exposed else "console")

    @property
    def api_processes(self) -> int:
        """Several in production (INF-1), one while developing."""
        if self.workers is not None:
            return self.workers
        return max(4, os.cpu_count() or 1) if self.environment is Environment.PRODUCTION else 1

    @property
    def worker_processes(self) -> int:
        return self.worker.processes or max(1, min(8, (os.cpu_count() or 1) // 2))

    @property
    def notice_seconds(self) -> float:
        if self.http.notice_seconds is not None:
            return self.http.notice_seconds
        return 5.0 if self.environment.is_exposed else 1.0

    @property
    def stop_seconds(self) -> float:
        """The longest that the API takes to stop: notice, what is running, and closing."""
        return self.notice_seconds + self.http.drain_seconds + 5

    @property
    def database_connections(self) -> int:
        """The most that all processes of one machine can hold at once, and some for commands and operators."""
        return self.process_connections + OTHER_CONNECTIONS

    @property
    def process_connections(self) -> int:
        """Pools of API, workers and scheduler; each API process has one more, for its health."""
        workers = self.worker_processes * self.connections_of_a_worker
        return self.api_connections + self.api_processes + workers + SCHEDULER_CONNECTIONS

    @property
    def connections_of_a_worker(self) -> int:
        return 2 * self.worker.threads + 4

    @property
    def api_connections(self) -> int:
        return self.api_processes * (self.database.pool_size + self.database.max_overflow)

    @property
    def key_ring(self) -> KeyRing:
        return KeyRing([secret_keys.parse(key.get_secret_value()) for key in self.secret_keys])

    @model_validator(mode="after")
    def _check_together(self) -> "Settings":
        problems = [*self._tls_problems(), *self._url_problems(), *self._secret_problems()]
        if problems:
            raise PydanticCustomError("together", "{problems}", {"problems": "\n".join(problems)})
        return self

    def _tls_problems(self) -> list[str]:
        problems = []
        if (self.tls.cert is None) != (self.tls.key is None):
            problems.append("HAUBERK_TLS_CERT and HAUBERK_TLS_KEY belong together: only one of them is set.")
        for name, path in (("CERT", self.tls.cert), ("KEY", self.tls.key), ("CA", self.tls.ca)):
            if path is not None and not path.is_file():
                problems.append(f"HAUBERK_TLS_{name}: there is no file {path}.")
        return problems

    def _url_problems(self) -> list[str]:
        problems = []
        url = urlsplit(self.public_url)
        if self.public_url and (
            url.scheme not in ("http", "https") or not url.hostname or url.path.strip("/")
        ):
            problems.append(
                "HAUBERK_PUBLIC_URL must be an address such as https://hauberk.example.org, without a path."
            )
        if not self.environment.is_exposed:
            return problems
        if not self.is_https:
            problems.append(
                f"HAUBERK_PUBLIC_URL must begin with https:// in {self.environment}"
                " (HTTPS by HAUBERK_TLS_CERT and HAUBERK_TLS_KEY, or by a proxy in front)."
            )
        problems += [
            f"HAUBERK_CORS_ORIGINS: {origin} is not an origin for {self.environment}."
            for origin in self.cors.origins
            if urlsplit(origin).hostname in LOOPBACK or not origin.startswith("https://")
        ]
        return problems

    def _secret_problems(self) -> list[str]:
        problems = [
            f"HAUBERK_SIBLING_FINGERPRINTS: number {place} is no fingerprint; 'hauberk secret fingerprint' in the other"
            " environment prints them, 16 hexadecimal digits each."
            for place, each in enumerate(self.sibling_fingerprints, start=1)
            if not re.fullmatch(r"[0-9a-f]{16}", each)
        ]
        if not self.environment.is_exposed:
            return problems
        for place, key in enumerate(self.secret_keys, start=1):
            parsed = secret_keys.parse(key.get_secret_value())
            if weak := secret_keys.weakness(parsed.material.decode()):
                problems.append(
                    f"HAUBERK_SECRET_KEYS: secret {place} {weak}. Make one with 'hauberk secret new'."
                )
        ours = set(self.key_ring.fingerprints().values()) if self.secret_keys else set()
        if shared := set(self.sibling_fingerprints) & ours:
            problems.append(
                f"HAUBERK_SECRET_KEYS: the secret {', '.join(sorted(shared))} is in HAUBERK_SIBLING_FINGERPRINTS:"
                " another environment has it too. Make one of its own with 'hauberk secret new'."
            )
        if self.log.level == "debug":
            problems.append("HAUBERK_LOG_LEVEL=debug is for development.")
        password = self.admin.password
        if password is not None and len(password.get_secret_value()) < 15:
            problems.append("HAUBERK_ADMIN_PASSWORD needs at least 15 characters here.")
        return problems
