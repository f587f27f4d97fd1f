"""Whom an address stands for where attempts are counted."""

import ipaddress
from typing import Final

_IPV6_NETWORK_BITS: Final = 64


def network_of(address: str) -> str:
    """Of an IPv6 address its network: one household has more addresses than any limit."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _IPV6_NETWORK_BITS), strict=False).network_address)
