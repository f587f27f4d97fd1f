"""The list of findings against a bare handler that answers with the same bytes: query and encoding alone, then the whole stack.

The bare handler is Starlette, psycopg and orjson: one connection, the statement written by hand and prepared, no tenant
setting, no session, no limit.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import orjson
import psycopg
from bench.dataset.asking import BIGGEST, HOST, Asking, asking, backend_of, request
from bench.dataset.cost import Cost, least, measured
from bench.dataset.server import Database, databases
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hauberk.db.repository import PageRequest
from hauberk.features.findings.repository import FindingRepository
from hauberk.features.findings.shape import encode_page, shape
from hauberk.features.identity.serving import Ids
from hauberk.kit.page import encode_cursor

NAME = "list-route"
UNIT = "CPU microseconds of the API process a request"
SIZE = 100_000
ROUNDS = 8
TIMES = 40
PATH = "/api/v1/findings"

PAGE = """
select f.*, a.name as asset_name, t.title, t.rule_id, t.identifiers, t.cwes, cast(t.cvss as text) as cvss,
    t.known_exploited, v.name as vulnerability_name, d.reason as triage_reason, u.name as assignee_name,
    main.location, main.component, seen.seen_at, seen.occurrences
from (select * from finding where organization_id = %(organization)s order by priority desc, id desc limit 51) f
join asset a on a.organization_id = f.organization_id and a.id = f.asset_id
join rule_text t on t.organization_id = f.organization_id and t.id = f.rule_text_id
left join vulnerability v on v.organization_id = f.organization_id and v.id = f.vulnerability_id
left join decision d on d.organization_id = f.organization_id and d.id = f.decision_id
left join user_account u on u.id = f.assignee_id
left join lateral (
    select cast(o.location as text) as location, cast(o.component as text) as component
    from occurrence o where o.organization_id = f.organization_id and o.finding_id = f.id
    order by o.closed_at is not null, case when o.closed_at is null then o.first_seen_at end, o.closed_at desc, o.id
    limit 1) main on true
left join lateral (
    select max(greatest(o.opened_at, s.last_complete_scan_at)) as seen_at, count(*) as occurrences
    from occurrence o join scope s on s.organization_id = o.organization_id and s.id = o.scope_id
    where o.organization_id = f.organization_id and o.finding_id = f.id and o.closed_at is null) seen on true
order by f.priority desc, f.id desc
"""
COUNT = (
    "select count(*) from (select from finding where organization_id = %(organization)s limit 10001) capped"
)

Act = Callable[[], Awaitable[Any]]


def parts(size: int) -> Iterator[tuple[str, list[tuple[float, float, dict[str, object]]]]]:
    with databases(size) as [database]:
        yield from asyncio.run(_measure(database))


async def _measure(database: Database) -> list[tuple[str, list[tuple[float, float, dict[str, object]]]]]:
    async with (
        await psycopg.AsyncConnection.connect(database.superuser_url, autocommit=True) as connection,
        asking(database) as who,
        who.context.sessions.transaction(BIGGEST) as session,
    ):
        repository = FindingRepository(session, who.context.public_ids)
        bare = _bare(connection, who)
        app = Starlette(routes=[Route(PATH, _handler(bare))])

        async def ours() -> bytes:
            ids = Ids(who.context.public_ids)
            found = await repository.page(who.actor, "", PageRequest(sort="-priority"))
            return encode_page(
                [shape(row, ids) for row in found.items],
                next_cursor=found.next_cursor,
                total=found.total,
                is_exact=found.total_is_exact,
            )

        assert await ours() == await bare(), "the bare handler answers with other bytes"
        pid = int(
            (await (await session.connection()).exec_driver_sql("select pg_backend_pid()")).scalar_one()
        )
        query = await _pairs(ours, [pid], bare, [connection.info.backend_pid])
        alone = request(app, PATH, [HOST])
    async with (
        await psycopg.AsyncConnection.connect(database.superuser_url, autocommit=True) as connection,
        asking(database) as who,
    ):
        alone = request(Starlette(routes=[Route(PATH, _handler(_bare(connection, who)))]), PATH, [HOST])
        whole = request(who.app, PATH, who.headers)
        assert await whole() == await alone()
        stack = await _pairs(whole, [await backend_of(who.context)], alone, [connection.info.backend_pid])
    return [("query and encoding", query), ("whole stack", stack)]


async def _pairs(
    ours: Act, our_backends: list[int], baseline: Act, its_backends: list[int]
) -> list[tuple[float, float, dict[str, object]]]:
    """One pair of minima: other programs on the machine only ever add to what a run costs."""
    mine: list[Cost] = []
    theirs: list[Cost] = []
    for _ in range(ROUNDS):
        mine.append(await measured(ours, our_backends, times=TIMES))
        theirs.append(await measured(baseline, its_backends, times=TIMES))
    a, b = least(mine), least(theirs)
    detail = {
        "throughput_of_bare": round(b.client / a.client, 3),
        "with_database_cpu": round(b.cpu / a.cpu, 3),
        "server_us": [round(each.server * 1e6) for each in (a, b)],
        "wall_us": [round(each.wall * 1e6) for each in (a, b)],
    }
    return [(a.client * 1e6, b.client * 1e6, detail)]


def _bare(connection: psycopg.AsyncConnection[Any], who: Asking) -> Callable[[], Awaitable[bytes]]:
    async def answer() -> bytes:
        parameters = {"organization": BIGGEST}
        async with connection.cursor(row_factory=psycopg.rows.namedtuple_row) as cursor:
            rows = await (await cursor.execute(PAGE, parameters)).fetchall()
        counted = (await (await connection.execute(COUNT, parameters)).fetchone() or (0,))[0]
        ids = Ids(who.context.public_ids)
        last = rows[49]
        return orjson.dumps(
            {
                "items": [shape(row, ids) for row in rows[:50]],  # type: ignore[arg-type] — the same names
                "next_cursor": encode_cursor("-priority", [last.priority, last.id]),
                "total": min(counted, 10_000),
                "total_is_exact": counted <= 10_000,
            }
        )

    return answer


def _handler(answer: Callable[[], Awaitable[bytes]]) -> Callable[[Request], Awaitable[Response]]:
    async def handle(_request: Request) -> Response:
        return Response(await answer(), media_type="application/json")

    return handle
