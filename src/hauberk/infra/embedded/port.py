"""Whether the port is free, found out before anything is started."""

import errno
import socket
import time

from hauberk.infra.embedded.process import StartFailed

_NEXT_PORTS = 50
_AGAIN_SECONDS = 0.2


def check_port(
    host: str, port: int, *, command: str = "hauberk up", owner: str = "another program", patience: float = 0
) -> None:
    """`patience`: for so many seconds whoever ends just now may still hold it. What starts is named by `command`."""
    until = time.monotonic() + patience
    while (problem := _problem(host, port)) == errno.EADDRINUSE and time.monotonic() < until:
        time.sleep(_AGAIN_SECONDS)
    if problem == errno.EADDRINUSE:
        free = next(
            (each for each in range(port + 1, port + _NEXT_PORTS) if _problem(host, each) is None), port + 1
        )
        raise StartFailed(
            f"Port {port} on {host} is in use by {owner}. Choose another: {command} --port {free}, or HAUBERK_PORT={free}."
        )
    if problem in (errno.EACCES, errno.EPERM):
        raise StartFailed(f"Port {port} needs more rights than this user has; choose one above 1023.")
    if problem is not None:
        raise StartFailed(f"HAUBERK_HOST: {host} is not an address of this machine.")


def free_port() -> int:
    """One of the loopback address that nothing listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _problem(host: str, port: int) -> int | None:
    try:
        family, *_, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except OSError as error:
        return error.errno or errno.EADDRNOTAVAIL
    return None
