"""What answers requests: encryption, web server, other origins, sessions, how often one may ask."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from hauberk.infra.settings.sections.values import Origins, Rate, Section, Strings


class Tls(Section):
    """HTTPS in the application itself, when no proxy does it."""

    cert: Path | None = Field(default=None, description="PEM file with the certificate chain")
    key: Path | None = Field(default=None, description="PEM file with the private key")
    ca: Path | None = Field(
        default=None,
        description="PEM file with an authority of your own, which readiness and smoke tests trust besides",
    )


class Http(Section):
    """The web server."""

    redirect_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="Plain-HTTP port that redirects to HTTPS: here with HAUBERK_TLS_CERT, else the proxy's",
    )
    server: Literal["granian", "gunicorn", "uvicorn"] = Field(
        default="granian", description="The server that runs the API"
    )
    notice_seconds: float | None = Field(
        default=None,
        ge=0,
        le=60,
        description="Seconds between the signal to stop and stopping, for balancers to notice; unset: 5, locally 1",
    )
    drain_seconds: int = Field(
        default=30, ge=0, le=300, description="Seconds that running requests get when stopping"
    )
    proxy_config: Path | None = Field(
        default=None,
        description="The configuration of the proxy in front, which readiness compares with 'hauberk render'",
    )
    request_seconds: float = Field(
        default=30, gt=0, le=300, description="Seconds from a request to its answer, then it is cut"
    )
    idle_seconds: float = Field(
        default=30,
        gt=0,
        le=300,
        description="Seconds that an upload, download or event stream may stand still",
    )
    transfer_seconds: float = Field(
        default=3600, gt=0, description="Seconds that an upload, download or event stream may take in all"
    )
    concurrency: int = Field(
        default=100, ge=4, description="Requests that one process answers at once; more are told to come back"
    )
    streams: int = Field(
        default=2000, ge=1, description="Uploads, downloads and event streams of one process at once"
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

    default: Rate = Field(default="100/minute", description="Requests of one token or, without one, address")
    browser: Rate | None = Field(
        default=None,
        description="Requests of one browser session; unset: 600/minute or, if that is more, the default",
    )
    user: Rate = Field(default="1200/minute", description="Requests of all tokens of one user together")
    uploads: Rate = Field(default="60/minute", description="Report uploads of one token or session")
    sign_in: Rate = Field(default="10/minute", description="Attempts to sign in from one address")
