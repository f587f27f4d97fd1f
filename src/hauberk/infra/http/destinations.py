"""The register of everything outside that this product calls: what for, how long it may take, how much it may answer."""

from dataclasses import dataclass, field
from enum import StrEnum

MIB = 1024 * 1024


class Trust(StrEnum):
    """Who chooses the address."""

    PEOPLE = "people"
    """Somebody of an organization: only public addresses, and what the installation allows (`HAUBERK_EGRESS_ALLOW`)."""

    OPERATOR = "operator"
    """The settings of the installation: private addresses too, at any port, in plain text where it has to be."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes of one call. `total` is for all attempts and pauses together."""

    connect: float = 3.0
    read: float = 5.0
    total: float = 10.0
    max_bytes: int = MIB
    max_expanded_bytes: int = 4 * MIB


@dataclass(frozen=True, slots=True)
class Destination:
    """One kind of service. Each address of it has a circuit breaker of its own."""

    name: str
    purpose: str
    trust: Trust = Trust.PEOPLE
    limits: Limits = field(default_factory=Limits)
    attempts: int = 3
    """Of a call that may be repeated; any other has one."""
    redirects: int = 0
    """How many are followed on GET and HEAD, each checked like a new address."""


_REGISTER: dict[str, Destination] = {}


def register(destination: Destination) -> Destination:
    """At the top of the module that calls it: `SLACK = register(Destination("slack", "Messages to channels"))`."""
    if _REGISTER.setdefault(destination.name, destination) != destination:
        raise ValueError(f"two destinations are called {destination.name}")
    return destination


def destinations() -> list[Destination]:
    """All of them, in the order of their names."""
    return [_REGISTER[name] for name in sorted(_REGISTER)]
