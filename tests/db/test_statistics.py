"""What an import has filled is planned for as it is, without waiting for the server to look."""

import pytest
from sqlalchemy import NullPool, create_engine, text

from factories import reports
from hauberk.db.url import driver_url
from ingest.conftest import imports, placed

__all__ = ["imports"]


@pytest.fixture
def place(fresh_settings):
    """A database that nobody has analyzed."""
    with placed(fresh_settings) as made:
        yield made


def analyzed(imports):
    """Rows, as the planner believes."""
    return imports.value("select reltuples from pg_class where relname = 'finding'")


@pytest.mark.long
def test_a_first_large_import_is_known_to_the_planner_at_once(imports):
    assert analyzed(imports) <= 0
    imports(reports.code(4_000))
    assert analyzed(imports) == 4_000


@pytest.mark.long
def test_what_has_not_grown_is_left_alone(imports):
    imports(reports.code(4_000))
    imports(reports.code(300), asset="till")
    assert analyzed(imports) == 4_000


@pytest.mark.long
def test_where_it_cannot_be_done_the_import_stands(imports, fresh_settings):
    with create_engine(driver_url(fresh_settings.database.owner_url), poolclass=NullPool).begin() as owner:
        owner.execute(text("drop function analyze_grown()"))
    assert imports(reports.code(4_000)).state == "done"
    assert analyzed(imports) <= 0


def test_what_lists_are_read_from_is_looked_at_after_an_import_of_a_fiftieth_of_it(imports):
    for table in ("finding", "occurrence"):
        told = imports.value("select reloptions[1] from pg_class where relname = :table", table=table)
        assert told == "autovacuum_vacuum_insert_scale_factor=0.02"
