"""A database with tens of thousands of findings, whose server tells the plan of every statement that the product runs."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from bench.dataset.filling import fill
from psycopg import sql
from sqlalchemy import event
from sqlalchemy.pool import Pool

from fixtures.api import Member, browser, serving, unlimited
from fixtures.servers import TEMPLATE, _of, make_settings
from hauberk.db.session import enter_organization
from hauberk.domain.permissions import Actor, Role, granted
from hauberk.features.identity import service
from hauberk.infra.embedded.postgres import create_database, drop_database

FINDINGS = 40_000
ORGANIZATIONS = 8
ORGANIZATION = 1
"""The biggest."""
FEW_BUFFERS = 2_500
"""What picks few rows reads at most, however many there are."""
BIG = 2_000
"""Rows from which on a table must be read by an index."""

_TOLD = {
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_buffers": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_nested_statements": "on",
    "auto_explain.log_format": "json",
    "auto_explain.log_level": "notice",
    "session_preload_libraries": "auto_explain",
}


@dataclass
class Plan:
    """One statement as it ran."""

    query: str
    nodes: list[dict[str, Any]]

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Plan":
        nodes: list[dict[str, Any]] = []
        waiting = [told["Plan"]]
        while waiting:
            node = waiting.pop()
            waiting += node.get("Plans", [])
            nodes.append(node)
        return cls(told["Query Text"], nodes)

    @property
    def buffers(self) -> int:
        return self.nodes[0].get("Shared Hit Blocks", 0) + self.nodes[0].get("Shared Read Blocks", 0)

    def scans_of(self, table: str) -> set[str]:
        """How a table is read: `Index Only Scan using finding_list_idx`."""
        return {
            f"{node['Node Type']} using {node['Index Name']}" if "Index Name" in node else node["Node Type"]
            for node in self.nodes
            if node.get("Relation Name") == table
        }


@dataclass
class Watched:
    """The database, and what ran there."""

    settings: Any
    big: set[str]
    plans: list[Plan] = field(default_factory=list)
    token: str | None = None
    values: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def during(self) -> Iterator[list[Plan]]:
        """The plans of what runs meanwhile."""
        self.plans.clear()
        found: list[Plan] = []
        yield found
        found += self.plans

    def whole_reads(self, plans: list[Plan]) -> list[str]:
        """Big tables that were read from one end to the other, each with its statement."""
        return [
            f"{node['Relation Name']}: {' '.join(plan.query.split())[:2000]}"
            for plan in plans
            for node in plan.nodes
            if node["Node Type"] == "Seq Scan" and node["Relation Name"] in self.big
        ]


@pytest.fixture(scope="session")
def watched(servers, tmp_path_factory, queue_url, cache_url):
    name = f"hauberk_plans_{secrets.token_hex(4)}"
    create_database(servers.superuser_url, name, template=TEMPLATE)
    superuser, owner, app = (
        _of(url, name) for url in (servers.superuser_url, servers.owner_url, servers.app_url)
    )
    settings = make_settings(tmp_path_factory.mktemp("home"), owner, app, queue_url, cache_url)
    fill(
        superuser,
        FINDINGS,
        organizations=ORGANIZATIONS,
        key_ring=settings.key_ring,
    )
    with psycopg.connect(superuser, autocommit=True) as connection:
        big = connection.execute(
            "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and reltuples >= %s",
            (BIG,),
        ).fetchall()
        for setting, value in _TOLD.items():
            connection.execute(
                sql.SQL("alter database {} set {} = {}").format(
                    sql.Identifier(name), sql.SQL(setting), sql.Literal(value)
                )
            )
    found = Watched(settings, {table for (table,) in big})

    def listen(dbapi_connection: Any, _record: Any) -> None:
        getattr(dbapi_connection, "driver_connection", dbapi_connection).add_notice_handler(note)

    def note(told: psycopg.errors.Diagnostic) -> None:
        _, is_plan, plan = (told.message_primary or "").partition("plan:\n")
        if is_plan:
            found.plans.append(Plan.of(json.loads(plan)))

    event.listen(Pool, "connect", listen)
    yield found
    event.remove(Pool, "connect", listen)
    drop_database(servers.superuser_url, name)


@pytest.fixture
async def asking(watched):
    """A client of the biggest organization's administrator, and sample values for queries, the same for all tests."""
    async with serving(unlimited(watched.settings)) as app:
        if watched.token is None:
            watched.token = await _token(app.state.context)
        member = Member(ORGANIZATION, 1, "person1@example.org", watched.token)
        async with browser(app, **member.headers) as client:
            if not watched.values:
                watched.values = await _values(client)
                watched.values["change"] = await _change(client, watched, app.state.context)
            yield client, watched.values, app


async def _token(context) -> str:
    actor = Actor(ORGANIZATION, 1, None, Role.ADMIN, granted(Role.ADMIN), "person1@example.org")
    async with context.sessions.transaction() as session:
        await enter_organization(session, ORGANIZATION)
        return (await service.create_token(session, actor, name="plans", scopes=["*"])).text


async def _values(client) -> dict[str, str]:
    async def items(query):
        return (await client.get("/api/v1/findings", params={"q": query, "limit": 200})).json()["items"]

    package, placed = (await items("is:open kind:sca"))[0], (await items("is:open kind:sast"))[0]
    scan = (await client.get("/api/v1/scans")).json()["items"][0]
    return {
        "asset": placed["asset"]["name"],
        "asset_id": placed["asset"]["id"],
        "finding": placed["id"],
        "finding_id": placed["id"],
        "scan": scan["id"],
        "scan_id": scan["id"],
        "vulnerability_id": package["vulnerability"]["id"],
        "component_id": (await client.get("/api/v1/components")).json()["items"][0]["id"],
        "cve": package["identifiers"][0],
        "component": package["components"][0]["name"],
        "path": placed["locations"][0]["path"],
        "purl": package["components"][0]["purl"],
        "name": "main",
    }


async def _change(client, watched, context) -> str:
    """One of many findings, as if a worker had made it."""
    made = await client.post(
        "/api/v1/findings/bulk",
        json={"ids": [watched.values["finding"]], "change": {"triage": "confirmed"}},
    )
    assert made.status_code == 202, made.text
    job = made.json()["job"]["id"]
    with psycopg.connect(watched.settings.database.owner_url, autocommit=True) as connection:
        connection.execute("select set_config('hauberk.organization_id', %s, false)", [str(ORGANIZATION)])
        connection.execute(
            "insert into bulk_change (organization_id, job_id, finding_id, before, after)"
            " select organization_id, %s, id, '{}', '{}' from finding where organization_id = %s and id %% 20 = 0",
            [context.public_ids.decode("job", job), ORGANIZATION],
        )
        connection.execute("analyze bulk_change")
    return job
