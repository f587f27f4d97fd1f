"""A gate in front of a server: everything passes until it is shut, then nothing does, as when the server is gone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qs, quote, urlencode, urlsplit, urlunsplit

from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import make_url

from hauberk.db.url import libpq_url

BLOCK = 64 * 1024
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Reach = Callable[[], Awaitable[Streams]]


class Gate:
    """Listens on loopback; `port` stays the same however often it is shut and opened."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """New connections are refused, those that are open end."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        self._server = None

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await self._reach()
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, far_writer}
        try:
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        finally:
            self._open -= {writer, far_writer}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while block := await reader.read(BLOCK):
            writer.write(block)
            await writer.drain()
    with suppress(OSError):
        writer.close()


@asynccontextmanager
async def gate(reach: Reach) -> AsyncIterator[Gate]:
    made = Gate(reach)
    await made.open()
    try:
        yield made
    finally:
        await made.shut()


def _reach(host: str, port: int, path: str | None) -> Reach:
    if path is not None:
        return lambda: asyncio.open_unix_connection(path)
    return lambda: asyncio.open_connection(host, port)


def reach_database(url: str) -> Reach:
    where = conninfo_to_dict(libpq_url(url))
    host, port = (
        str(where.get("host") or "localhost").split(",")[0],
        int(str(where.get("port") or 5432).split(",")[0]),
    )
    return _reach(host, port, f"{host}/.s.PGSQL.{port}" if host.startswith("/") else None)


def database_through(url: str, port: int) -> str:
    """The same database by way of a gate; its name stays, so that its certificate fits."""
    parsed = make_url(url)
    query = dict(parsed.query)
    host = str(query.pop("host", None) or parsed.host or "localhost")
    if host.startswith("/"):
        host = "127.0.0.1"
    changed = parsed.set(host=host, port=port, query={**query, "hostaddr": "127.0.0.1"})
    return changed.render_as_string(hide_password=False)


def reach_valkey(url: str) -> Reach:
    parts = urlsplit(url)
    return _reach(
        parts.hostname or "localhost", parts.port or 6379, parts.path if parts.scheme == "unix" else None
    )


def valkey_through(url: str, port: int) -> str:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        given = parse_qs(parts.query)
        password, number = given.get("password", [""])[0], given.get("db", ["0"])[0]
        return f"redis://:{quote(password, safe='')}@127.0.0.1:{port}/{number}"
    credentials = parts.netloc.rpartition("@")[0]
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    if parts.scheme == "rediss":
        query["ssl_check_hostname"] = "false"  # the gate has no certificate of that name
    return urlunsplit(parts._replace(netloc=f"{credentials}@127.0.0.1:{port}", query=urlencode(query)))
