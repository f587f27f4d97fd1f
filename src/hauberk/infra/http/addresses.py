"""Where a call may go: one strict reading of an address, and rules over the numbers that a name stands for."""

import re
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import urlsplit

from hauberk.infra.http.destinations import Destination, Trust
from hauberk.infra.http.errors import DestinationRefused
from hauberk.infra.settings import Settings

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MAX_URL_CHARS = 2_048
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PLAIN = re.compile(r"[!-~]+")
_NAME = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_NUMBERLIKE = re.compile(r"(?:0x[0-9a-f]*|\d+)")

_EVERY_DAY = ip_network("2000::/3")  # all that is given out for use on the internet
_NAT64 = ip_network("64:ff9b::/96")
# What Python's `is_global` lets through, or not every version of it knows.
_NEVER = tuple(
    ip_network(text)
    for text in (
        *("192.88.99.0/24", "192.0.0.0/24", "224.0.0.0/3"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)


@dataclass(frozen=True, slots=True)
class Target:
    """An address as it was read, once; the connection and the Host header are made from these parts."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the installation allows."""

    allowed: tuple[Network, ...] = ()
    ports: tuple[range, ...] = (range(443, 444), range(8443, 8444))
    own_names: frozenset[str] = frozenset()
    own_endpoints: frozenset[tuple[str, int]] = frozenset()

    def allows(self, address: Address) -> bool:
        return any(address in network for network in self.allowed)


def policy_of(settings: Settings) -> Policy:
    """The installation's own servers are never a destination, whatever their addresses are."""
    names, endpoints = set(), {(settings.host, settings.port)}
    for url in (
        settings.base_url,
        *(settings.database.url, settings.database.owner_url, settings.database.backup_url),
        *(settings.database.replica_url, settings.queue.url, settings.cache.url),
    ):
        parts = urlsplit(url)
        if not parts.hostname:
            continue
        if _as_number(parts.hostname) is None and parts.hostname != "localhost":
            names.add(parts.hostname)
        if parts.port:
            endpoints.add((parts.hostname, parts.port))
    return Policy(
        allowed=settings.egress.networks,
        ports=settings.egress.port_ranges,
        own_names=frozenset(names),
        own_endpoints=frozenset(endpoints),
    )


def read_url(url: str, to: Destination, policy: Policy) -> Target:
    """The parts of an address that may be called; raises `DestinationRefused` with what to write instead."""
    if len(url) > MAX_URL_CHARS or not _PLAIN.fullmatch(url) or "\\" in url:
        raise DestinationRefused(
            "unreadable",
            "An address has at most 2,048 plain ASCII characters, without spaces or backslashes.",
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise DestinationRefused(
            "unreadable", "This is not an address such as https://hooks.example.org/x."
        ) from None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise DestinationRefused("scheme", "An address begins with https://, followed by a host.")
    if parts.username is not None or parts.password is not None:
        raise DestinationRefused("credentials", "An address holds no user name or password.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(
        parts.scheme, _read_host(parts.hostname), _DEFAULT_PORTS[parts.scheme] if port is None else port, path
    )
    if to.trust is Trust.PEOPLE:
        _check_target(target, policy)
    return target


def _read_host(host: str) -> str:
    """A name, or a number in its one usual way of writing; `0x7f.1`, `127.1` and `2130706433` are neither."""
    if (number := _as_number(host)) is not None:
        return str(number)
    name = host.removesuffix(".")
    if _NUMBERLIKE.fullmatch(name.rpartition(".")[2]) or not _NAME.fullmatch(name):
        raise DestinationRefused(
            "odd_host",
            "The host is neither a name nor an address in its usual form (192.0.2.1, [2001:db8::1]).",
        )
    return name


def _as_number(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _check_target(target: Target, policy: Policy) -> None:
    if not any(target.port in each for each in policy.ports):
        raise DestinationRefused(
            "port", f"Port {target.port} is not one of those that HAUBERK_EGRESS_PORTS allows."
        )
    if target.host in policy.own_names or (target.host, target.port) in policy.own_endpoints:
        raise DestinationRefused("own_host", "This address is one of this installation's own.")
    number = _as_number(target.host)
    if number is not None:
        check_address(number, target.host, target.port, policy)
        if target.scheme == "http" and not policy.allows(number):
            raise _plain_text()


def check_addresses(addresses: list[Address], host: str, port: int, to: Destination, policy: Policy) -> None:
    """Every address that a name stands for must be allowed: one that is not makes the name a trap."""
    if to.trust is Trust.OPERATOR:
        return
    for address in addresses:
        check_address(address, host, port, policy)


def check_address(address: Address, host: str, port: int, policy: Policy) -> None:
    if policy.allows(address):
        if (str(address), port) in policy.own_endpoints:
            raise DestinationRefused("own_host", "This address is one of this installation's own.")
        return
    if not is_public(address):
        raise DestinationRefused(
            "not_public",
            f"{host} leads to an address inside a network. Internal services need HAUBERK_EGRESS_ALLOW.",
        )


def check_plain_text(scheme: str, addresses: list[Address], to: Destination, policy: Policy) -> None:
    """Without encryption only where the installation allows the network by name."""
    if scheme == "http" and to.trust is Trust.PEOPLE and not all(map(policy.allows, addresses)):
        raise _plain_text()


def _plain_text() -> DestinationRefused:
    return DestinationRefused(
        "plain_text",
        "The address must begin with https://; plain HTTP is for networks in HAUBERK_EGRESS_ALLOW.",
    )


def is_public(address: Address) -> bool:
    """On the internet for everybody. Addresses that carry another one inside are what they carry."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _EVERY_DAY:
            return False
    return address.is_global and not address.is_multicast and not any(address in each for each in _NEVER)
