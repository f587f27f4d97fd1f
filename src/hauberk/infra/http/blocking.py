"""The same client for jobs and commands, which are not asynchronous: its event loop runs in a thread of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

from hauberk.infra.http.client import Outbound, outbound
from hauberk.infra.http.destinations import Destination
from hauberk.infra.http.network import Connected, Resolve, system_resolve
from hauberk.infra.http.reading import Answer
from hauberk.infra.settings import Settings

Said = TypeVar("Said")


class BlockingOutbound:
    """`http.send(SLACK, "POST", url, json={...})`: as `Outbound`, from any thread."""

    def __init__(self, portal: BlockingPortal, http: Outbound) -> None:
        self._portal = portal
        self._http = http

    def check(self, to: Destination, url: str) -> None:
        self._http.check(to, url)

    def send(self, to: Destination, method: str, url: str, **options: Any) -> Answer:
        return self._portal.call(partial(self._http.send, to, method, url, **options))

    def exchange(self, to: Destination, host: str, port: int, talk: Callable[[Connected], Said]) -> Said:
        return self._portal.call(partial(self._http.exchange, to, host, port, talk))


@contextmanager
def blocking_outbound(settings: Settings, *, resolve: Resolve = system_resolve) -> Iterator[BlockingOutbound]:
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(outbound(settings, resolve=resolve)) as http,
    ):
        yield BlockingOutbound(portal, http)
