"""What may leave the installation."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from hauberk.infra.settings.sections.values import MIB, Section, Strings


def _check_networks(entries: tuple[str, ...]) -> tuple[str, ...]:
    for entry in entries:
        try:
            ip_network(entry)
        except ValueError as error:
            raise ValueError(f"{entry} is not a network such as 10.20.0.0/16 ({error})") from error
    return entries


def _check_ports(entries: tuple[str, ...]) -> tuple[str, ...]:
    for entry in entries:
        if (
            not re.fullmatch(r"\d{1,5}(-\d{1,5})?", entry)
            or len(_ports(entry)) == 0
            or _ports(entry)[-1] > 65535
        ):
            raise ValueError(f"{entry} is not a port such as 443 or a range such as 8000-8099")
    return entries


def _ports(entry: str) -> range:
    first, _, last = entry.partition("-")
    return range(int(first), int(last or first) + 1)


def _check_clamd(address: str) -> str:
    parts = urlsplit(address)
    is_tcp = parts.scheme == "tcp" and parts.hostname and parts.port
    if address and not is_tcp and not (parts.scheme == "unix" and parts.path.startswith("/")):
        raise ValueError("is not an address such as unix:///run/clamav/clamd.ctl or tcp://127.0.0.1:3310")
    return address


class Egress(Section):
    """Calls to addresses that people of an organization choose: webhooks, trackers, single sign-on."""

    allow: Annotated[Strings, AfterValidator(_check_networks)] = Field(
        default=(), description="Networks inside that they may reach, such as 10.20.0.0/16; none by default"
    )
    ports: Annotated[Strings, AfterValidator(_check_ports)] = Field(
        default=("443", "8443"), description="Ports, and ranges such as 8000-8099, that they may reach"
    )
    ca_bundle: Path | None = Field(
        default=None,
        description="PEM file with certificate authorities of your own, believed besides the system's",
    )

    @property
    def networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return tuple(ip_network(entry) for entry in self.allow)

    @property
    def port_ranges(self) -> tuple[range, ...]:
        return tuple(_ports(entry) for entry in self.ports)


class Clamav(Section):
    """A virus scanner besides our own checks: a clamd that takes INSTREAM."""

    address: Annotated[str, AfterValidator(_check_clamd)] = Field(
        default="", description="unix:///run/clamav/clamd.ctl or tcp://host:3310; unset: none is asked"
    )
    strict: bool = Field(
        default=False,
        description="Also refuse recognised reports that it finds something in, and all while it is away",
    )
    max_bytes: int = Field(
        default=100 * MIB, ge=1, description="Bytes of a file that it is sent; its StreamMaxLength"
    )
