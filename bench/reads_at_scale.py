"""What a read costs with ten million findings, and with a hundred thousand: the biggest organization of each asks.

Ours is the CPU of the process and of the database for one read of the big database, the baseline of the small one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

from bench.dataset.asking import Asking, asking, backend_of, request
from bench.dataset.cost import Cost, least, measured
from bench.dataset.server import Database, databases
from sqlalchemy import text

from hauberk.db.session import enter_organization

NAME = "reads-at-scale"
UNIT = "CPU milliseconds of API process and database a request"
SIZE = 10_000_000
SMALL = 100_000
ROUNDS = 4
ENOUGH_SECONDS = 2.0
GIVEN_UP_SECONDS = 25.0

Act = Callable[[], Awaitable[object]]
QUERIES = {
    "list": "",
    "list open": "is:open",
    "list severity": "is:open severity:critical,high",
    "list kind": "is:open kind:sast",
    "list scanner": "is:open scanner:grype",
    "list asset": "asset:{asset}",
    "list rule": "rule:{rule}",
    "list cve": "cve:{cve}",
    "list known exploited": "is:open known_exploited:true",
    "list epss": "is:open epss>0.5",
    "list age": "is:open age>300d",
    "list age, rare": "is:open severity:info age<35d",
    "list assignee": "is:open assignee:person3@example.org",
    "list tag": "tag:wontfix",
    "list triage": "triage:risk_accepted severity:high",
    "list inactive": "presence:inactive severity:medium",
    "list overdue": "is:overdue",
    "list path, below a folder": "path:src/module1/",
    "list path, one file": "path:src/module1/part7/file9.py",
    "list path, anywhere": "path:*file9.py",
    "list path, nearly all": "path:src/",
    "list path, none": "path:no/such/file.c",
    "list component": "component:{component}",
    "list component and version": "component:{component}@{version}",
    "list component, a family": "kind:sca component:node*",
    "list purl, all of an ecosystem": "purl:pkg:npm/*",
    "list purl": "purl:pkg:npm/{component}@*",
    "list ref": "ref:main severity:critical",
    "list negated": "-severity:info -kind:sca is:open",
    "search rare word": "{cve}",
    "search common word": "overflow",
    "search two words": "overflow openssl",
    "search nothing": "xyzzy",
    "search one package": "openssl-17",
}


def parts(size: int) -> Iterator[tuple[str, list[tuple[float, float, dict[str, object]]]]]:
    with databases(SMALL, size) as [small, big]:
        baseline, ours = asyncio.run(_measure(small)), asyncio.run(_measure(big))
    for name, cost in ours.items():
        before = baseline[name]
        detail = {
            "server_ms": [round(each.server * 1e3, 2) for each in (cost, before)],
            "wall_ms": [round(each.wall * 1e3, 2) for each in (cost, before)],
        }
        yield name, [(cost.cpu * 1e3, before.cpu * 1e3, detail)]


async def _measure(database: Database) -> dict[str, Cost]:
    found = {}
    async with asking(database) as who:
        backend = await backend_of(who.context)
        await who.context.cache.flushdb()
        for name, act in (await _reads(who)).items():
            rounds = []
            for _ in range(ROUNDS):
                rounds.append(await _bounded(act, backend))
                if rounds[-1].wall > ENOUGH_SECONDS:
                    break
            found[name] = least(rounds)
    return found


async def _bounded(act: Act, backend: int) -> Cost:
    """What the product gave up counts as all the time that it may take."""
    try:
        return await measured(act, [backend])
    except AssertionError:
        return Cost(0, GIVEN_UP_SECONDS, GIVEN_UP_SECONDS)


async def _reads(who: Asking) -> dict[str, Act]:
    async with who.context.sessions.transaction() as session:
        await enter_organization(session, who.actor.organization_id)
        values = await _values(session)

    def get(path: str, **query: str | int) -> Act:
        return request(who.app, f"/api/v1{path}", who.headers, **query)

    component_id = await _first(who, "/components", sort="-open_findings")
    finding_id = await _first(who, "/findings")
    vulnerability_id = await _first(who, "/vulnerabilities")
    reads = {name: get("/findings", q=query.format_map(values)) for name, query in QUERIES.items()}
    reads["list, page 200"] = get("/findings", cursor=await _deep(who, ""))
    reads["list open, page 200"] = get("/findings", q="is:open", cursor=await _deep(who, "is:open"))
    for sort in ("-severity", "-first_seen_at", "first_seen_at"):
        reads[f"list sorted by {sort}"] = get("/findings", q="is:open", sort=sort)
    reads |= {
        "facets": get("/findings/facets"),
        "facets open": get("/findings/facets", q="is:open"),
        "facets filtered": get("/findings/facets", q="is:open severity:critical,high kind:sca"),
        "vulnerabilities": get("/vulnerabilities"),
        "vulnerabilities filtered": get("/vulnerabilities", q="severity:critical"),
        "components": get("/components"),
        "components searched": get("/components", q="node-12"),
        "components filtered": get("/components", q="severity:critical fix:true"),
        "components by name": get("/components", sort="name"),
        "component with most findings": get(f"/components/{component_id}"),
        "list component by id": get("/findings", q=f"component:{component_id}"),
        "finding": get(f"/findings/{finding_id}"),
        "vulnerability": get(f"/vulnerabilities/{vulnerability_id}"),
        "assets": get("/assets"),
        "assets, worst first": get("/assets", sort="-severity"),
        "scans": get("/scans"),
        "dashboard": _uncached(who, get("/dashboard")),
        "dashboard, kept": get("/dashboard"),
    }
    return reads


def _uncached(who: Asking, act: Act) -> Act:
    async def computed() -> object:
        await who.context.cache.flushdb()
        return await act()

    return computed


async def _first(who: Asking, path: str, **query: str) -> str:
    """The id of what a list shows first."""
    from orjson import loads  # noqa: PLC0415

    body = await request(who.app, f"/api/v1{path}", who.headers, limit=1, **query)()
    return str(loads(body)["items"][0]["id"])


async def _deep(who: Asking, query: str) -> str:
    """The cursor of a page far down: 200 pages of 50."""
    from orjson import loads  # noqa: PLC0415

    cursor = None
    for _ in range(50):
        more = {} if cursor is None else {"cursor": cursor}
        body = await request(who.app, "/api/v1/findings", who.headers, q=query, limit=200, **more)()
        cursor = loads(body)["next_cursor"]
    assert cursor is not None
    return str(cursor)


async def _values(session: object) -> dict[str, str]:
    """An asset, a rule, a package of middling size, in whatever data set this is."""

    async def one(statement: str) -> str:
        return str(await session.scalar(text(statement)))  # type: ignore[attr-defined]

    middle = "from rule_text t where {} and exists (select from finding f where f.organization_id = t.organization_id and f.rule_text_id = t.id) order by id limit 1 offset 20"
    return {
        "asset": await one("select name from asset order by id limit 1 offset 5"),
        "rule": await one("select rule_id " + middle.format("identifiers = '{}'")),
        "cve": await one("select rule_id " + middle.format("identifiers <> '{}'")),
        "component": await one(
            "select component->>'name' from occurrence where component is not null limit 1"
        ),
        "version": await one(
            "select component->>'version' from occurrence where component is not null limit 1"
        ),
    }
