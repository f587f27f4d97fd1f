"""Many registered accounts: what signing in, a permission check and a list cost beside them, and beside a thousand.

On a server of its own, with a database for each number; both are asked in turns, so that what else the machine does
falls on both.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import median
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import httpx2
import psycopg

from hauberk.api.app import assembled
from hauberk.api.load.model import ACCOUNTS
from hauberk.db import migrate
from hauberk.features.identity.context import Context
from hauberk.features.identity.passwords import Passwords
from hauberk.features.readiness import records
from hauberk.infra.backup.target import drafts
from hauberk.infra.embedded.postgres import Postgres, create_database
from hauberk.infra.embedded.servers import EmbeddedServers, running
from hauberk.infra.readiness import Outcome, Record, RecordKind
from hauberk.infra.settings import Settings
from hauberk.infra.settings.loading import scratch_settings
from hauberk.kit import clock

FEW: Final = 1_000
ROUNDS: Final = 40
MAX_RATIO: Final = 1.2
MEMBERS: Final = 100
PASSWORD: Final = "an account among many"  # noqa: S105 - of people who are not there
URL: Final = "http://127.0.0.1"
_PAST_TRIGGERS = "set session_replication_role = replica"  # who is whose member is right by construction
_FILL = (
    """insert into organization (name, identity_key)
    select 'Organization ' || n, '' from generate_series(1, %(accounts)s / %(members)s) n""",  # nobody imports anything
    """insert into user_account (id, email, name, password_hash)
    select n, 'person' || n || '@example.org', 'Person ' || n, %(hash)s from generate_series(1, %(accounts)s) n""",
    """insert into membership (organization_id, user_id, role)
    select 1 + (n - 1) / %(members)s, n, 'admin' from generate_series(1, %(accounts)s) n""",
    # Every tenth has the page open somewhere.
    """insert into session (organization_id, user_id, session_hash, csrf_token, expires_at)
    select 1 + (n - 1) / %(members)s, n, sha256(n::text::bytea), 'x', now() + interval '1 day'
    from generate_series(1, %(accounts)s, 10) n""",
)


async def measure(context: Context, accounts: int) -> Record:
    began = clock.now()
    with drafts(context.settings) as folder:
        unlimited = dict.fromkeys(
            ("HAUBERK_RATE_LIMIT_DEFAULT", "HAUBERK_RATE_LIMIT_SIGN_IN"), "1000000/minute"
        )
        settings = scratch_settings(
            folder / "home", HAUBERK_DATABASE_POOL_SIZE="5", HAUBERK_STORAGE_MIN_FREE="0", **unlimited
        )
        with running(settings, is_throwaway=True) as servers:
            filled = [await asyncio.to_thread(_filled, settings, servers, count) for count in (FEW, accounts)]
            outcome = await _compared(filled, accounts)
    return await records.keep(context, RecordKind.BENCH, ACCOUNTS, outcome, began)


def _filled(settings: Settings, servers: EmbeddedServers, accounts: int) -> Settings:
    """A migrated database with so many; the settings that lead to it."""
    postgres = servers.postgres
    assert postgres is not None
    name = f"accounts_{accounts}"
    create_database(postgres.superuser_url, name)
    addresses = _addresses(postgres, name)
    migrate.upgrade(addresses["owner_url"], environment="test")
    values = {
        "accounts": accounts,
        "members": MEMBERS,
        "hash": asyncio.run(Passwords().hash(PASSWORD)),
    }
    with psycopg.connect(_named(postgres.superuser_url, name), autocommit=True) as connection:
        connection.execute(_PAST_TRIGGERS)
        for statement in _FILL:
            connection.execute(statement, values)
        connection.execute("vacuum analyze")
    changes: dict[str, object] = {"database": settings.database.model_copy(update=addresses)}
    for section in ("queue", "cache"):
        given = getattr(settings, section)
        changes[section] = given.model_copy(update=servers.addresses[section])
    return settings.model_copy(update=changes)


def _addresses(postgres: Postgres, name: str) -> dict[str, str]:
    return {"url": _named(postgres.app_url, name), "owner_url": _named(postgres.owner_url, name)}


def _named(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


@asynccontextmanager
async def _serving(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """The whole application, in this process."""
    app = assembled(settings)
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app, client=("127.0.0.1", 1))
        async with httpx2.AsyncClient(transport=transport, base_url=URL, headers={"Origin": URL}) as http:
            yield http


async def _compared(filled: list[Settings], accounts: int) -> Outcome:
    taken: dict[str, list[list[float]]] = {
        act: [[], []] for act in ("sign_in", "permission_check", "list_of_people")
    }
    async with AsyncExitStack() as stack:
        sites = [await stack.enter_async_context(_serving(settings)) for settings in filled]
        for number in range(ROUNDS + 2):
            for which, (site, count) in enumerate(zip(sites, (FEW, accounts), strict=True)):
                seen = await _visit(site, 1 + number * (count // (ROUNDS + 2)))
                for act, seconds in seen.items():
                    if number >= 2:  # the first ones warm up
                        taken[act][which].append(seconds)
    figures: dict[str, float] = {"accounts": accounts, "rounds": ROUNDS}
    for act, (few, many) in taken.items():
        figures |= {
            f"{act}_ms": round(_quartile(many) * 1000, 2),
            f"{act}_ms_of_{FEW}": round(_quartile(few) * 1000, 2),
            f"{act}_ratio": round(_quartile(many) / _quartile(few), 3),
        }
    told = ", ".join(
        f"{act.replace('_', ' ')} {figures[f'{act}_ratio']:g} times ({figures[f'{act}_ms']:g} ms)"
        for act in taken
    )
    return Outcome(
        all(figures[f"{act}_ratio"] <= MAX_RATIO for act in taken),
        f"With {accounts:,} accounts instead of {FEW:,}, lower quartiles of {ROUNDS} rounds cost: {told}; {MAX_RATIO:g} times are"
        " allowed.",
        figures,
    )


def _quartile(seconds: list[float]) -> float:
    """The lower one: other programs of the machine only ever add to it."""
    return sorted(seconds)[len(seconds) // 4]


async def _visit(site: httpx2.AsyncClient, person: int) -> dict[str, float]:
    """One person signs in, and asks who he is and who else is there; what each took."""
    site.cookies.clear()

    async def timed(method: str, path: str, **options: object) -> float:
        began = time.perf_counter()
        answer = await site.request(method, f"/api/v1{path}", **options)  # type: ignore[arg-type]
        answer.raise_for_status()
        return time.perf_counter() - began

    credentials = {"email": f"person{person}@example.org", "password": PASSWORD}
    return {
        "sign_in": await timed("POST", "/auth/login", json=credentials),
        "permission_check": median([await timed("GET", "/auth/me") for _ in range(5)]),
        "list_of_people": median([await timed("GET", "/users?limit=50") for _ in range(3)]),
    }
