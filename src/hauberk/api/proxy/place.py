"""Where a proxy stands: names, ports, certificate, and the processes behind it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """Where a proxy stands. Without a certificate it speaks plain HTTP, for a laptop."""

    host: str
    port: int
    plain_port: int
    certificate: Path | None
    key: Path | None
    upstreams: tuple[str, ...]
    has_ipv6: bool
    assets: Path | None
    folder: Path | None
    """For a whole configuration of its own: its pid file and temporary files; None for a site among others."""
