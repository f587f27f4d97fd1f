"""What operators look at: logs, error reports, metrics."""

from typing import Literal

from pydantic import Field, SecretStr

from hauberk.infra.settings.sections.values import Section


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
