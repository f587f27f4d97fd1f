"""What operators look at: logs, error reports, traces, metrics."""

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from hauberk.infra.settings.sections.values import HttpUrl, Section


class Log(Section):
    """Logging."""

    format: Literal["json", "console"] | None = Field(
        default=None, description="Unset: console in development, else json"
    )
    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least that is written"
    )
    recent: bool = Field(
        default=True,
        description="Keep the newest 2,000 records of all processes in the cache, for administrators",
    )
    loki_url: HttpUrl = Field(
        default="",
        repr=False,
        description="Address of the Loki that keeps the logs, by which readiness looks there",
    )


class Sentry(Section):
    """Error reports."""

    dsn: SecretStr | None = Field(default=None, description="Address of a Sentry project")

    @property
    def server(self) -> str:
        """Host and project of the address, without its key; empty where none is set."""
        url = urlsplit(self.dsn.get_secret_value() if self.dsn else "")
        return f"{url.netloc.rpartition('@')[2]}{url.path}"


class Otlp(Section):
    """Traces and logs to an OpenTelemetry collector, by OTLP over HTTP."""

    endpoint: HttpUrl = Field(default="", description="Such as http://collector:4318; unset: nothing is sent")
    headers: SecretStr | None = Field(
        default=None, description="name=value, several with commas, such as a key"
    )
    traces: bool = Field(default=True, description="Send traces")
    logs: bool = Field(default=False, description="Send log records too; they go to stdout all the same")
    sample: float = Field(
        default=0.1, ge=0, le=1, description="Part of the traces that nobody else decided about"
    )

    @property
    def header_pairs(self) -> tuple[tuple[str, str], ...]:
        given = self.headers.get_secret_value() if self.headers else ""
        pairs = (each.partition("=") for each in given.split(",") if "=" in each)
        return tuple((name.strip(), value.strip()) for name, _, value in pairs)


class Metrics(Section):
    """`/metrics` for Prometheus: on ports of its own, or with a token."""

    port: int | None = Field(
        default=None, ge=1, le=65535, description="A port of its own for the API's, without a token"
    )
    worker_port: int | None = Field(
        default=None, ge=1, le=65535, description="The same for what a worker counts"
    )
    scheduler_port: int | None = Field(
        default=None, ge=1, le=65535, description="The same for what a scheduler counts"
    )
    token: SecretStr | None = Field(default=None, description="Bearer token for /metrics on the main port")
