"""The servers behind the product: the database and its pool, the two Redis roles, TLS, the built front end."""

import asyncio
import ssl
import time
from urllib.parse import urlsplit

import httpx2
from sqlalchemy import text
from sqlalchemy.pool import QueuePool

from hauberk.infra.readiness import Answer, Probe, failed, passed, readiness, skipped, warned
from hauberk.infra.web_assets import web_root

CERTIFICATE_DAYS = 14
SMALLEST_COMPRESSED = 1024


@readiness("SEC-3", timeout=10, from_outside=True)
async def https(probe: Probe) -> Answer:
    url = urlsplit(probe.site.url)
    if url.scheme != "https":
        return failed(
            f"{probe.site.url} is plain HTTP.",
            "Set HAUBERK_PUBLIC_URL to https://…, with HAUBERK_TLS_CERT and HAUBERK_TLS_KEY or a proxy.",
        )
    host, port = url.hostname or "", url.port or 443
    try:
        protocol, days = await _handshake(host, port)
        secure = await probe.site.http.get("/")
        plain = await probe.site.http.get(f"http://{host}/") if port == 443 else None
    except ssl.SSLError as error:
        return failed(
            f"The certificate is not accepted: {error.reason}.", "Install a valid certificate chain."
        )
    except (OSError, httpx2.HTTPError) as error:
        return skipped(
            f"{probe.site.url} cannot be reached from here ({type(error).__name__}).", "Ask from outside."
        )
    return _graded(protocol, days, secure, plain)


def _graded(protocol: str, days: int, secure: httpx2.Response, plain: httpx2.Response | None) -> Answer:
    if days < CERTIFICATE_DAYS:
        return failed(f"The certificate ends in {days} days.", "Renew it.")
    if "max-age=" not in secure.headers.get("strict-transport-security", ""):
        return failed("There is no Strict-Transport-Security.", "Look whether the proxy drops it.")
    seen = f"{protocol}, certificate for {days} more days, HSTS"
    if plain is None:
        return warned(
            f"{seen}. No port where plain HTTP could be tried.", "Serve it at port 443, redirected from 80."
        )
    if plain.status_code not in (301, 308) or not plain.headers["location"].startswith("https://"):
        return failed(f"Plain HTTP answers {plain.status_code}.", "Redirect it to HTTPS.")
    return passed(f"{seen}, plain HTTP redirects.")


async def _handshake(host: str, port: int) -> tuple[str, int]:
    """Protocol, and days until the certificate ends; verifies the chain and the name."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _, writer = await asyncio.open_connection(host, port, ssl=context)
    try:
        tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
        certificate = tls.getpeercert() or {}
        ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
        return tls.version() or "", int((ends - time.time()) // 86_400)
    finally:
        writer.close()


@readiness("LCH-4", timeout=10, from_outside=True)
async def tls_is_verified(probe: Probe) -> Answer:
    return await https(probe)


@readiness("INF-2")
async def pool_fits(probe: Probe) -> Answer:
    inside = probe.inside
    pool = inside.engine.pool
    assert isinstance(pool, QueuePool)
    async with inside.engine.connect() as connection:
        allowed = await connection.scalar(
            text(
                "select current_setting('max_connections')::int - current_setting('reserved_connections')::int"
                " - current_setting('superuser_reserved_connections')::int"
            )
        )
    database = inside.settings.database
    wanted = inside.settings.api_connections
    seen = (
        f"pool_size {pool.size()}, max_overflow {database.max_overflow}, pool_timeout {pool.timeout():g} s,"
        f" pre-ping {'on' if database.pool_pre_ping else 'off'}; {inside.settings.api_processes} API process(es)"
        f" may open {wanted} of {allowed} connections"
    )
    if not database.pool_pre_ping:
        return failed(f"{seen}.", "Set HAUBERK_DATABASE_POOL_PRE_PING=true.")
    if wanted > (allowed or 0) and not database.pooler:
        return failed(f"{seen}.", "Raise max_connections, lower the pool, or put PgBouncer in between.")
    return passed(f"{seen}{', behind a pooler' if database.pooler else ''}.")


@readiness("PERF-8")
async def connection_pools(probe: Probe) -> Answer:
    inside = probe.inside
    pool = inside.engine.pool
    assert isinstance(pool, QueuePool)
    bounds = {"cache": inside.cache, "queue": inside.queue}
    unbounded = [name for name, client in bounds.items() if client.connection_pool.max_connections > 1000]
    shown = ", ".join(
        f"{name} at most {each.connection_pool.max_connections}" for name, each in bounds.items()
    )
    if unbounded:
        return failed(f"Unbounded: {', '.join(unbounded)}.", "Set HAUBERK_CACHE_MAX_CONNECTIONS to 50.")
    return passed(
        f"Database {inside.settings.database.pool_min} at start, {pool.size()} kept,"
        f" {pool.checkedout()} in use here; {shown}."
    )


@readiness("PERF-12")
async def redis_memory(probe: Probe) -> Answer:
    roles = {"queue": (probe.inside.queue, "noeviction"), "cache": (probe.inside.cache, "allkeys-lfu")}
    seen = []
    for name, (client, wanted) in roles.items():
        found = await client.config_get("maxmemory", "maxmemory-policy")
        memory, policy = int(found["maxmemory"] or 0), found["maxmemory-policy"]
        if not memory or policy != wanted:
            return failed(
                f"The {name} server has maxmemory {memory} and {policy}.",
                f"Give it a maxmemory and maxmemory-policy {wanted}.",
            )
        seen.append(f"{name} {memory // 1024**2} MiB {policy}")
    return passed(f"{', '.join(seen)}.")


@readiness("WEB-1")
async def production_build(probe: Probe) -> Answer:  # noqa: ARG001
    root = web_root()
    if root is None:
        return failed("The front end is not built.", "Run 'make setup', or 'npm run build' in web/.")
    built = [path for path in (root / "assets").iterdir() if path.suffix in (".js", ".css")]
    assets = [path for path in built if path.stat().st_size >= SMALLEST_COMPRESSED]
    plain = [path.name for path in assets if not path.with_name(path.name + ".br").is_file()]
    if plain or not assets:
        return failed(f"Not compressed beforehand: {', '.join(plain[:3]) or 'no assets'}.", "Build it again.")
    size, packed = (
        sum(path.with_name(path.name + end).stat().st_size for path in assets) for end in ("", ".gz")
    )
    return passed(
        f"{len(built)} hashed scripts and styles, those of 1 KiB and more {size:,} bytes, {packed:,} with gzip, all also in br."
    )
