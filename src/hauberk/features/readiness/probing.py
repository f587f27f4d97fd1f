"""Makes the probe that checks and drills look with: the running site, the servers behind it, records and a tenant."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import httpx2

from hauberk.features.identity.context import Context
from hauberk.features.readiness import tenant
from hauberk.features.readiness.records import StoredRecords
from hauberk.infra.readiness import Installation, Probe, Site

SECONDS = 5.0


@asynccontextmanager
async def site(url: str, authority: Path | None = None) -> AsyncIterator[Site]:
    """The running site, by real requests that follow no redirect; it trusts the system's authorities, and this one."""
    async with httpx2.AsyncClient(
        base_url=url, verify=trusting(authority), timeout=SECONDS, headers={"User-Agent": "hauberk-readiness"}
    ) as http:
        yield Site(
            url, http, lambda: httpx2.AsyncClient(base_url=url, verify=trusting(authority), timeout=30)
        )


def trusting(authority: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if authority is not None:
        context.load_verify_locations(authority)
    return context


@asynccontextmanager
async def from_outside(url: str) -> AsyncIterator[Probe]:
    """Somebody's site."""
    async with site(url) as seen:
        yield Probe(seen, None)


@asynccontextmanager
async def from_inside(context: Context) -> AsyncIterator[Probe]:
    """This installation."""
    async with site(context.settings.base_url, context.settings.tls.ca) as seen, of(context, seen) as probe:
        yield probe


@asynccontextmanager
async def of(context: Context, seen: Site) -> AsyncIterator[Probe]:
    installation = Installation(
        context.settings, context.sessions.engine, cache=context.cache, queue=context.queue
    )
    async with tenant.offered(context) as open_tenant:
        account = partial(tenant.account, context)
        yield Probe(seen, installation, StoredRecords(context), open_tenant, account)
