"""Connections to pinned addresses: a name is resolved once, all it stands for is checked, and one of that is called.

TLS and the Host header keep the name, so certificates are verified as ever; but between the check and the connection
nobody can change what the name stands for.
"""

import socket
from collections.abc import Callable, Iterable
from ipaddress import ip_address

import anyio
import httpcore2
from anyio import to_thread

from hauberk.infra.http.addresses import Address, Policy, check_addresses, check_plain_text
from hauberk.infra.http.destinations import Destination, Trust

MAX_ADDRESSES = 3
RESOLVER_THREADS = 8

Connected = socket.socket
Resolve = Callable[[str, int], list[Address]]


def system_resolve(host: str, port: int) -> list[Address]:
    """What the system's resolver says, in its order of preference."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise httpcore2.ConnectError(f"{host} has no address") from error
    return list(dict.fromkeys(ip_address(str(each[4][0]).partition("%")[0]) for each in found))


class GuardedNetwork(httpcore2.AsyncNetworkBackend):
    """What the connection pool of one destination connects with."""

    def __init__(self, to: Destination, policy: Policy, resolve: Resolve, *, scheme: str) -> None:
        self._to = to
        self._policy = policy
        self._resolve = resolve
        self._scheme = scheme
        self._inner = httpcore2.AnyIOBackend()
        self._resolvers = anyio.CapacityLimiter(RESOLVER_THREADS)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        addresses = await to_thread.run_sync(
            self._resolve, host, port, abandon_on_cancel=True, limiter=self._resolvers
        )
        check_addresses(addresses, host, port, self._to, self._policy)
        check_plain_text(self._scheme, addresses, self._to, self._policy)
        for number, address in enumerate(addresses, start=1):
            try:
                return await self._inner.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if number == len(addresses) or number == MAX_ADDRESSES:
                    raise
        raise httpcore2.ConnectError(f"{host} has no address")

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)


def dial(host: str, port: int, to: Destination, policy: Policy, resolve: Resolve) -> Connected:
    """A connected socket for protocols other than HTTP, by the same rules; it blocks, so from a thread."""
    if host.startswith("/") and to.trust is Trust.OPERATOR:
        return _dial_path(host, to)
    addresses = resolve(host, port)
    check_addresses(addresses, host, port, to, policy)
    for number, address in enumerate(addresses, start=1):
        try:
            connected = socket.create_connection((str(address), port), to.limits.connect)
        except OSError:
            if number == len(addresses) or number == MAX_ADDRESSES:
                raise
        else:
            connected.settimeout(to.limits.read)
            return connected
    raise OSError(f"{host} has no address")


def _dial_path(path: str, to: Destination) -> Connected:
    """A socket of this machine, which only the settings can name."""
    connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connected.settimeout(to.limits.connect)
    try:
        connected.connect(path)
    except OSError:
        connected.close()
        raise
    connected.settimeout(to.limits.read)
    return connected
