"""Requests by hand, where a client would follow, refuse or complete what is to be seen: only the head of the answer counts."""

import asyncio
import http.client
import io
import ssl
from dataclasses import dataclass

SECONDS = 5.0
MAX_HEAD = 64 * 1024


@dataclass(frozen=True)
class Head:
    """The beginning of an answer."""

    code: int
    headers: http.client.HTTPMessage


async def head(
    host: str,
    port: int,
    path: str,
    context: ssl.SSLContext | None,
    more: dict[str, str] | None = None,
    *,
    method: str = "GET",
) -> Head:
    """Asks without a body, also where one is announced: what comes first is the answer."""
    default = 443 if context else 80
    name = host if port == default else f"{host}:{port}"
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {name}",
        "User-Agent: hauberk-readiness",
        "Connection: close",
    ]
    lines += [f"{header}: {value}" for header, value in (more or {}).items()]
    async with asyncio.timeout(SECONDS):
        reader, writer = await asyncio.open_connection(host, port, ssl=context, limit=MAX_HEAD)
        try:
            writer.write("\r\n".join((*lines, "", "")).encode())
            await writer.drain()
            line = (await reader.readline()).split()
            if len(line) < 2 or not line[0].startswith(b"HTTP/"):
                raise ValueError("no HTTP")
            head = b""
            while (each := await reader.readline()) not in (b"\r\n", b"\n", b""):
                head += each
        finally:
            writer.close()
    return Head(int(line[1]), http.client.parse_headers(io.BytesIO(head + b"\r\n")))
