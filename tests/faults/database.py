"""The database of a whole product, as its superuser sees it: no request stands between it and the checker."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from faults.reference import State, state_of
from fixtures.whole_product import Product
from hauberk.db.session import Pool, sync_engine
from hauberk.infra.settings.home import Home


@contextmanager
def looking(product: Product) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection that sees every tenant's rows, each statement what is committed by then."""
    with psycopg.connect(_addresses(product)["backup_url"], autocommit=True) as connection:
        yield connection


@contextmanager
def holding(product: Product, table: str) -> Iterator[None]:
    """Nobody writes to the table meanwhile."""
    with psycopg.connect(_addresses(product)["owner_url"]) as connection:
        connection.execute(f"lock table {table} in share row exclusive mode")  # type: ignore[arg-type]
        yield
        connection.rollback()


def state_in(product: Product) -> State:
    """Of its first organization; every invariant holds."""
    with looking(product) as connection:
        ((organization_id,),) = connection.execute("select min(id) from organization").fetchall()
    engine = sync_engine(_addresses(product)["url"], pool=Pool(size=1))
    try:
        return state_of(engine, organization_id)
    finally:
        engine.dispose()


def _addresses(product: Product) -> dict[str, str]:
    return Home(product.home).running().servers["database"]
