"""Who is told when something is wrong with the installation, and from when on it is."""

from email.utils import parseaddr
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from hauberk.infra.settings.sections.values import Section


def _check_sender(sender: str) -> str:
    if sender and "@" not in parseaddr(sender)[1]:
        raise ValueError("is not an address such as Hauberk <hauberk@example.org>")
    return sender


class Mail(Section):
    """Outgoing mail, by SMTP; without a host none is sent."""

    host: str = Field(default="", description="The SMTP server")
    port: int = Field(default=587, ge=1, le=65535, description="587 submits, 465 is TLS from the first byte")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="none sends in plain text: only to a relay on this machine"
    )
    user: str = Field(default="", description="Unset: without signing in")
    password: SecretStr | None = Field(default=None, description="Of this user")
    sender: Annotated[str, AfterValidator(_check_sender)] = Field(
        default="", description="From whom: Hauberk <hauberk@example.org>; unset: hauberk@ the public host"
    )


class Alert(Section):
    """The built-in rules, for installations without a Prometheus; an administrator can change each in the product."""

    built_in: bool = Field(default=True, description="false: Prometheus and Alertmanager watch instead")
    prometheus_url: str = Field(
        default="", description="Prometheus that has the rules of deploy/prometheus, for readiness to ask"
    )
    error_rate: float = Field(
        default=0.05, gt=0, le=1, description="Share of requests of 5 minutes that may fail with 5xx"
    )
    latency_seconds: float = Field(
        default=1.0, gt=0, description="What 95 % of the requests of 5 minutes must stay under"
    )
    least_requests: int = Field(
        default=20, ge=1, description="Fewer requests in 5 minutes say nothing about rate and latency"
    )
    database_connections: float = Field(
        default=0.8, gt=0, le=1, description="Share of the server's connections that may be in use"
    )
    disk_free: float = Field(default=0.1, gt=0, lt=1, description="Share of each disk that must be free")
    failed_jobs: int = Field(default=3, ge=1, description="So many failed jobs of 15 minutes are too many")
    queue_seconds: float = Field(
        default=300, gt=0, description="How long the oldest job that is due may wait"
    )
    failed_sign_ins: int = Field(
        default=50, ge=1, description="Failed sign-ins of 15 minutes, over all accounts, that are too many"
    )
    privilege_changes: int = Field(
        default=1, ge=1, description="Acts of 15 minutes that make somebody administrator, and are told"
    )
    exports: int = Field(default=5, ge=1, description="Exports of one person in an hour that are too many")
    exported_findings: int = Field(
        default=5_000, ge=1, description="Findings that one person may export in an hour unnoticed"
    )
    known_exploited_findings: int = Field(
        default=1,
        ge=1,
        description="Open findings with a vulnerability that is exploited from now on, and are told",
    )
    past_due_findings: int = Field(
        default=1, ge=1, description="Open findings that became past due within a day, and are told"
    )
    backup_hours: float = Field(default=26, gt=0, description="How old the newest backup may be")
    violations: int = Field(default=0, ge=0, description="Violated invariants that nobody is told of")
