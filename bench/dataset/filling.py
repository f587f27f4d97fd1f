"""Fills a migrated, empty database with `fill.sql`: the big tables without their indexes and references, which are put
back afterwards, in the transaction that emptied them, so that PostgreSQL need not log the rows (`wal_level=minimal`).
"""

import json
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from hauberk.db.url import driver_url
from hauberk.features.components.refreshing import refresh_asset
from hauberk.infra import identity_key
from hauberk.infra.crypto import KeyRing

BIG = ("finding", "finding_key", "occurrence")
SQL = Path(__file__).with_name("fill.sql")

_INDEXES = """
select format('drop index %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
from pg_index i where indrelid = any(%(tables)s::regclass[])
    and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
order by indexrelid
"""
_CONSTRAINTS = """
select format('alter table %%s drop constraint %%I', conrelid::regclass, conname),
    format('alter table %%s add constraint %%I %%s%%s', conrelid::regclass, conname, pg_get_constraintdef(oid),
        case contype when 'f' then ' not valid' else '' end)
from pg_constraint
where contype = any(%(kinds)s) and (conrelid = any(%(tables)s::regclass[]) or confrelid = any(%(tables)s::regclass[]))
order by contype <> 'f', oid
"""


def fill(superuser_url: str, findings: int, *, organizations: int, key_ring: KeyRing) -> None:
    """`key_ring` seals the key of each of its organizations."""
    keys = [identity_key.make(key_ring, number).raw.hex() for number in range(1, organizations + 1)]
    with psycopg.connect(superuser_url) as connection:
        for name, value in (
            ("bench.findings", str(findings)),
            ("bench.organizations", str(organizations)),
            ("bench.keys", json.dumps(keys)),
            ("work_mem", "256MB"),
            ("synchronous_commit", "off"),
        ):
            connection.execute("select set_config(%s, %s, false)", (name, value))
        references = _taken_off(connection, _CONSTRAINTS, kinds=["f"])
        indexes = _taken_off(connection, _INDEXES)
        keys = _taken_off(connection, _CONSTRAINTS, kinds=["p"])
        connection.execute(
            sql.SQL("truncate {} cascade").format(sql.SQL(", ").join(map(sql.Identifier, BIG)))
        )
        # It counts by itself: a trigger would keep all rows once more, to look at what it was given.
        connection.execute("alter table finding disable trigger user")
        connection.execute(SQL.read_text(encoding="utf-8"))  # type: ignore[arg-type] — a constant of ours
        connection.execute("alter table finding enable trigger user")
        for statement in (*keys, *indexes, *references):
            connection.execute(statement)  # type: ignore[arg-type] — as PostgreSQL itself wrote it
    _derive_components(superuser_url)
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute("vacuum (analyze, freeze)")


def _derive_components(superuser_url: str) -> None:
    """As the product does, asset by asset."""
    engine = create_engine(driver_url(superuser_url), poolclass=NullPool)
    with engine.connect() as connection:
        for table in ("asset_ref", "scope", "asset", "finding", "occurrence"):
            connection.execute(text(f"analyze {table}"))
        for organization, asset in connection.execute(text("select organization_id, id from asset")).all():
            refresh_asset(connection, organization, asset)
            connection.commit()
    engine.dispose()


def _taken_off(connection: psycopg.Connection, query: str, **parameters: list[str]) -> list[str]:
    """Drops what the query lists; the statements that make it again."""
    found = connection.execute(query, {"tables": list(BIG), **parameters}).fetchall()
    for drop, _ in found:
        connection.execute(drop)
    return [again for _, again in found]
