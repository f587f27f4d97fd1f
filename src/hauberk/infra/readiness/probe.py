"""What a check may look at: the site by real requests, the servers behind it, what is on record, and a tenant to act as."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import httpx2
import redis.asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from hauberk.infra import metrics_token
from hauberk.infra.readiness.record import NoRecords, Records
from hauberk.infra.settings import Settings

Seen = TypeVar("Seen")
SCRAPE_SECONDS: Final = 8.0
DOCUMENT: Final = "/api/v1/openapi.json"


@dataclass(frozen=True)
class Site:
    """A running installation seen from outside: `http` follows no redirects, `fresh` makes one that is nobody yet."""

    url: str
    http: httpx2.AsyncClient
    fresh: Callable[[], httpx2.AsyncClient] | None = None

    def stranger(self) -> httpx2.AsyncClient:
        """A client of its own, with cookies of its own."""
        return self.fresh() if self.fresh else httpx2.AsyncClient(base_url=self.url, timeout=30)


@dataclass(frozen=True)
class Installation:
    """The installation seen from inside: its settings and its servers. `is_starting`: asked whether it may."""

    settings: Settings
    engine: AsyncEngine
    cache: redis.asyncio.Redis
    queue: redis.asyncio.Redis
    is_starting: bool = False


@dataclass(frozen=True)
class ProbeTenant:
    """An organization that no customer sees, for checks, drills and smoke tests; `headers` call the API as it."""

    organization_id: int
    user_id: int
    headers: dict[str, str] = field(repr=False)


class NoTenantError(Exception):
    """There is nobody to act as: the site is only seen from outside."""


class NoDocumentError(Exception):
    """Something else came instead of the API's own document; the message is a sentence."""


async def _nobody() -> ProbeTenant:
    raise NoTenantError("There is no probe tenant on a site that is only seen from outside.")


@asynccontextmanager
async def _no_account(_who: str) -> AsyncIterator[tuple[str, str]]:
    raise NoTenantError("There is no account on a site that is only seen from outside.")
    yield


@dataclass(frozen=True)
class Probe:
    """What a check may look at. `installation` is None for somebody else's site (`--url`)."""

    site: Site
    installation: Installation | None
    records: Records = field(default_factory=NoRecords)
    open_tenant: Callable[[], Awaitable[ProbeTenant]] = _nobody
    open_account: Callable[[str], AbstractAsyncContextManager[tuple[str, str]]] = _no_account
    """E-mail and password of the person of the probe tenant who has this name, while it is open."""
    _looks: dict[str, "asyncio.Future[Any]"] = field(default_factory=dict)

    async def once(self, name: str, look: Callable[[], Coroutine[Any, Any, Seen]]) -> Seen:
        """What several checks want to see is looked at once; one that runs out of time does not end it for others."""
        if name not in self._looks:
            looking = self._looks[name] = asyncio.ensure_future(look())
            # Whoever asked may have run out of time: then nobody else reads how it ended.
            looking.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        seen: Seen = await asyncio.shield(self._looks[name])
        return seen

    def forget_failures(self) -> None:
        """What could not be seen may be looked at again."""
        for name, looking in list(self._looks.items()):
            if looking.done() and (looking.cancelled() or looking.exception() is not None):
                del self._looks[name]

    async def metrics(self, token: str | None = None) -> httpx2.Response:
        """What Prometheus is told, past a proxy in front, which keeps it from everybody else; without `token` looked up anew."""
        settings = self.inside.settings
        headers = {"Authorization": f"Bearer {token or metrics_token.make(settings.key_ring)}"}
        if settings.tls.cert is None:
            address = f"http://{settings.local_host}:{settings.port}/metrics"
            with suppress(httpx2.TransportError):  # it is served on another machine
                return await self.site.http.get(address, headers=headers, timeout=SCRAPE_SECONDS)
        return await self.site.http.get("/metrics", headers=headers, timeout=SCRAPE_SECONDS)

    async def document(self) -> dict[str, Any]:
        """The API's own (OpenAPI)."""

        async def look() -> dict[str, Any]:
            answer = await self.site.http.get(DOCUMENT)
            try:
                found = answer.json()
            except ValueError:
                found = None
            if answer.status_code != 200 or not isinstance(found, dict) or "paths" not in found:
                kind = answer.headers.get("content-type", "no type")
                raise NoDocumentError(f"Instead of the API's own document: {answer.status_code} {kind}.")
            return found

        return await self.once("document", look)

    async def tenant(self) -> ProbeTenant:
        """Made by the first check that asks: `site.http.post(..., headers=(await probe.tenant()).headers)`."""

        async def look() -> ProbeTenant:
            return await self.open_tenant()

        return await self.once("probe tenant", look)

    @property
    def inside(self) -> Installation:
        assert self.installation is not None
        return self.installation
