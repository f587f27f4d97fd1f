"""The sections of the settings: one class per concern; a field `url` of section `database` is `HAUBERK_DATABASE_URL`."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic_settings import NoDecode

MIB = 1024 * 1024
GIB = 1024 * MIB


class Environment(StrEnum):
    DEVELOPMENT = "development"
    TEST = "test"
    STAGING = "staging"
    PRODUCTION = "production"

    @property
    def is_exposed(self) -> bool:
        """Staging and production: other people can reach it, so nothing weak is accepted."""
        return self in (Environment.STAGING, Environment.PRODUCTION)


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part for part in (each.strip() for each in re.split(r"[,\s]+", value)) if part)
    return value


Strings = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_split)]


def _check_database_url(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if not url:
        return url
    if not separator or scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise ValueError("is not a PostgreSQL address such as postgresql://user:password@host:5432/hauberk")
    return f"postgresql://{rest}"


def _check_redis_url(url: str) -> str:
    if url and urlsplit(url).scheme not in ("redis", "rediss", "unix"):
        raise ValueError("is not a Redis or Valkey address such as redis://:password@host:6379/0")
    return url


def _check_rate(rate: str) -> str:
    if not re.fullmatch(r"[1-9]\d*\s*/\s*([1-9]\d*\s*)?(second|minute|hour|day)s?", rate):
        raise ValueError("is not a rate such as 100/minute")
    return rate


def _check_origin(origin: str) -> str:
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.hostname or "*" in origin:
        raise ValueError("must be exact origins such as https://app.example.org, without *")
    if origin != f"{parts.scheme}://{parts.netloc}":
        raise ValueError(f"must be exact origins without a path: {parts.scheme}://{parts.netloc}")
    return origin


DatabaseUrl = Annotated[str, AfterValidator(_check_database_url)]
RedisUrl = Annotated[str, AfterValidator(_check_redis_url)]
Rate = Annotated[str, AfterValidator(_check_rate)]
Origins = Annotated[
    tuple[Annotated[str, AfterValidator(_check_origin)], ...], NoDecode, BeforeValidator(_split)
]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Database(Section):
    """PostgreSQL; without a URL an embedded server is started by `hauberk up`."""

    url: DatabaseUrl = Field(
        default="", repr=False, description="The role the product works as; owns nothing"
    )
    owner_url: DatabaseUrl = Field(
        default="", repr=False, description="The role that migrates; unset: as the URL"
    )
    backup_url: DatabaseUrl = Field(
        default="", repr=False, description="A role with BYPASSRLS, for backups; unset: as the owner"
    )
    replica_url: DatabaseUrl = Field(default="", repr=False, description="A streaming replica for reads")
    pool_min: int = Field(default=5, ge=0, description="Connections opened at start")
    pool_size: int = Field(default=20, ge=1, description="Connections kept by one process")
    max_overflow: int = Field(default=40, ge=0, description="Connections opened beyond that under load")
    pool_timeout: float = Field(default=30, gt=0, description="Seconds to wait for a free connection")
    pool_pre_ping: bool = Field(default=True, description="Test a connection before it is used")
    statement_timeout: float = Field(
        default=25, gt=0, description="Seconds that a statement of a request may take"
    )
    pooler: bool = Field(
        default=False, description="A transaction pooler (PgBouncer) is in between: no prepared statements"
    )

    @property
    def migration_url(self) -> str:
        return self.owner_url or self.url


class Queue(Section):
    """Redis or Valkey for the queue: never evicts; without a URL an embedded server is started."""

    url: RedisUrl = Field(default="", repr=False, description="Needs maxmemory-policy noeviction")
    max_connections: int = Field(default=50, ge=2, description="Connections of one process")
    max_memory: int = Field(default=256 * MIB, ge=16 * MIB, description="Bytes of the embedded server")


class Cache(Section):
    """Redis or Valkey for the cache and rate limits; without a URL an embedded server is started."""

    url: RedisUrl = Field(default="", repr=False, description="May evict: maxmemory-policy allkeys-lfu")
    min_connections: int = Field(default=2, ge=0, description="Connections opened at start")
    max_connections: int = Field(default=50, ge=2, description="Connections of one process")
    max_memory: int = Field(default=128 * MIB, ge=16 * MIB, description="Bytes of the embedded server")


class Storage(Section):
    """Where reports, attachments and exports are kept."""

    url: str = Field(
        default="",
        repr=False,
        description="file:///folder, s3://bucket/prefix, gs://, az://; unset: in the home",
    )
    min_free: int = Field(
        default=512 * MIB, ge=0, description="Bytes that must stay free for an upload to be taken"
    )


class Tls(Section):
    """HTTPS in the application itself, when no proxy does it."""

    cert: Path | None = Field(default=None, description="PEM file with the certificate chain")
    key: Path | None = Field(default=None, description="PEM file with the private key")


class Http(Section):
    """The web server."""

    redirect_port: int | None = Field(
        default=None, ge=1, le=65535, description="Plain-HTTP port that redirects to HTTPS"
    )
    server: Literal["granian", "gunicorn", "uvicorn"] = Field(
        default="granian", description="The server that runs the API"
    )
    drain_seconds: int = Field(
        default=20, ge=0, le=300, description="Seconds that running requests get when stopping"
    )
    trusted_proxies: Strings = Field(
        default=(), description="Addresses or networks whose X-Forwarded-* headers are believed"
    )


class Cors(Section):
    """Other web origins that may call the API from a browser."""

    origins: Origins = Field(default=(), description="Exact origins, comma-separated; none by default")


class Admin(Section):
    """The first administrator; only read while no user exists."""

    email: str = Field(
        default="admin@localhost", min_length=3, pattern=r"^[^@\s]+@[^@\s]+$", description="E-mail address"
    )
    password: SecretStr | None = Field(
        default=None, description="When set, no one-time sign-in link is printed"
    )


class Session(Section):
    """Browser sessions."""

    idle_hours: int = Field(default=12, ge=1, description="Hours without a request after which one ends")
    max_days: int = Field(default=7, ge=1, description="Days after which one ends in any case")


class RateLimit(Section):
    """How often one caller may ask."""

    default: Rate = Field(default="100/minute", description="Requests of one user or address")
    uploads: Rate = Field(default="60/minute", description="Report uploads of one user")
    sign_in: Rate = Field(default="10/minute", description="Attempts to sign in from one address")


class Upload(Section):
    """Limits of one uploaded report."""

    max_bytes: int = Field(default=2 * GIB, ge=1, description="Largest upload, as sent")
    max_expanded_bytes: int = Field(default=10 * GIB, ge=1, description="Largest report, unpacked")


class Parser(Section):
    """The sandboxed child that reads reports."""

    memory: int = Field(default=1536 * MIB, ge=64 * MIB, description="Bytes of memory that one may use")
    cpu_seconds: int = Field(default=1800, ge=1, description="Seconds of CPU that one may use")
    wall_seconds: int = Field(default=3600, ge=1, description="Seconds that one may run")
    comparison: int = Field(
        default=256 * MIB,
        ge=0,
        description="Bytes of memory for a comparison; a larger one is done by PostgreSQL",
    )


class Worker(Section):
    """Background work."""

    processes: int | None = Field(
        default=None, ge=1, description="Worker processes; unset: from cores and memory"
    )
    threads: int = Field(default=4, ge=1, description="Threads of one worker process")


class Retention(Section):
    """How long things are kept."""

    undo_days: int = Field(
        default=400, ge=1, description="Days that a report is kept and its scan can be undone"
    )
    dry_run_hours: int = Field(default=24, ge=1, description="Hours that a dry run is kept")
    ref_days: int = Field(
        default=14, ge=1, description="Days after its last scan that an untracked ref expires"
    )


class Backup(Section):
    """Daily encrypted backups."""

    folder: Path | None = Field(
        default=None, description="Where backups are kept; unset: backups/ in the home"
    )
    keep: int = Field(default=14, ge=1, description="Backups that are always kept")
    keep_days: int = Field(default=30, ge=1, description="Days after which one beyond those is deleted")


class Log(Section):
    """Logging."""

    format: Literal["json", "console"] | None = Field(
        default=None, description="Unset: console in development, else json"
    )
    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least that is written"
    )


class Sentry(Section):
    """Error reports."""

    dsn: SecretStr | None = Field(default=None, description="Address of a Sentry project")


class Metrics(Section):
    """`/metrics` for Prometheus: on a port of its own, or with a token."""

    port: int | None = Field(default=None, ge=1, le=65535, description="A port of its own, without a token")
    token: SecretStr | None = Field(default=None, description="Bearer token for /metrics on the main port")
