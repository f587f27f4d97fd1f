"""What tests stand on: a database that was used before is as it was made, or nobody gets it."""

import psycopg
import pytest

from factories.identity import make_member, make_organization
from fixtures.databases import Databases, contents_of
from fixtures.servers import TEMPLATE, _of


@pytest.fixture
def databases(servers):
    return Databases(servers.superuser_url, TEMPLATE)


def contents(servers, name):
    with psycopg.connect(servers.superuser_url, dbname=name) as connection:
        return contents_of(connection)


def test_what_a_test_leaves_behind_is_gone_before_the_next_one(databases, servers):
    with databases.one() as name:
        made = contents(servers, name)
        owner = _of(servers.owner_url, name)
        make_member(owner, make_organization(owner))
        forgotten = psycopg.connect(owner)  # as by a thread that a test left
        left = contents(servers, name)
        assert (left.rows, left.sequences) != (made.rows, made.sequences)
    with databases.one() as again:
        assert again == name
        assert contents(servers, again) == made
    with pytest.raises(psycopg.OperationalError):
        forgotten.execute("select 1")
    forgotten.close()


@pytest.mark.parametrize(
    "statement",
    ["alter table asset alter name set default 'x'", "analyze alembic_version"],
)
def test_one_that_is_another_now_is_given_to_nobody(databases, servers, statement):
    with databases.one() as name, psycopg.connect(servers.superuser_url, dbname=name) as connection:
        connection.execute(statement)
    assert databases.free == []
