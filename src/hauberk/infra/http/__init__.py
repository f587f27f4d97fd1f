"""The one client for everything that leaves the installation; anything else that opens a connection is banned by lint."""

from hauberk.infra.http.blocking import BlockingOutbound, blocking_outbound
from hauberk.infra.http.client import Outbound, outbound
from hauberk.infra.http.destinations import Destination, Limits, Trust, destinations, register
from hauberk.infra.http.errors import CallFailed, CircuitOpen, DestinationRefused
from hauberk.infra.http.network import Connected
from hauberk.infra.http.reading import Answer

__all__ = [
    "Answer",
    "BlockingOutbound",
    "CallFailed",
    "CircuitOpen",
    "Connected",
    "Destination",
    "DestinationRefused",
    "Limits",
    "Outbound",
    "Trust",
    "blocking_outbound",
    "destinations",
    "outbound",
    "register",
]
