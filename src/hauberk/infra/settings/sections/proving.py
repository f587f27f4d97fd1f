"""How the installation proves that it is ready: its report, the evidence of its build, the monitor that watches it."""

from pydantic import Field, SecretStr

from hauberk.infra.settings.sections.values import Section


class Readiness(Section):
    """The readiness report: how often it is made by itself, how long it is kept, whose release evidence counts."""

    hours: int = Field(default=6, ge=1, le=168, description="Hours between two reports made by themselves")
    keep_days: int = Field(default=180, ge=7, description="Days that reports are kept")
    release_key: str = Field(
        default="",
        pattern=r"^([0-9a-f]{64})?$",
        description="Public key (hexadecimal) that release evidence must be signed with; unset: any",
    )
    monitor_token: SecretStr | None = Field(
        default=None, description="What the uptime monitor sends as ?token= or X-Monitor-Token to /health"
    )
    monitor_minutes: float = Field(
        default=5, gt=0, description="Minutes between two requests of that monitor"
    )
    canary: bool | None = Field(
        default=None,
        description="A small report uploaded every 5 minutes in the probe tenant; unset: in staging and production",
    )
