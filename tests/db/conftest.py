"""Rows of one organization, written as the product writes them, and a world that queries are asked of."""

import secrets
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import psycopg
import pytest
from sqlalchemy import select

from factories.asset import SCANNED_AT, make_asset
from factories.finding import make_finding, make_rule
from factories.identity import make_member, make_organization
from factories.writing import writing
from hauberk.db import installation, migrate
from hauberk.db.models.finding import Finding
from hauberk.db.query import MAX_PLACES, Asker, By, FindingQuery
from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.domain.query import parse
from hauberk.infra.embedded import roles
from hauberk.infra.embedded.postgres import drop_database

NOW = SCANNED_AT + timedelta(days=40)


@pytest.fixture
def organization_id(owner_url):
    return make_organization(owner_url)


@pytest.fixture
def rows(database_url, organization_id):
    return lambda: writing(database_url, organization_id)


@pytest.fixture
def world(database_url, owner_url):
    with _world(database_url, owner_url) as made:
        yield made


@pytest.fixture
def world_of_a_dictionary(servers):
    """In a database as many servers make it: its texts are ordered as people would, not by their bytes."""
    name = f"hauberk_{secrets.token_hex(6)}"
    with psycopg.connect(servers.superuser_url, autocommit=True) as connection:
        made = f"create database {name} owner {roles.OWNER} template template0 locale_provider libc locale 'en_US.utf8'"
        try:
            connection.execute(made)
        except psycopg.errors.WrongObjectType as error:
            pytest.skip(f"This machine has no locale en_US.utf8: {error}")
        roles.grant(connection, name)
    owner, app = (
        urlsplit(url)._replace(path=f"/{name}").geturl() for url in (servers.owner_url, servers.app_url)
    )
    migrate.upgrade(owner, environment="test")
    with _world(app, owner) as made:
        yield made
    drop_database(servers.superuser_url, name)


@contextmanager
def _world(database_url, owner_url):
    """An organization of its own, its transaction, and a way to ask."""
    engine = sync_engine(database_url, pool=Pool(size=1))
    organization_id = make_organization(owner_url)
    user_id = make_member(owner_url, organization_id, f"ana{organization_id}@example.org")
    with transaction(engine, organization_id) as connection:
        yield World(connection, organization_id, user_id)
    engine.dispose()


class World:
    def __init__(self, connection, organization_id, user_id):
        self.connection = connection
        self.organization_id = organization_id
        self.public_ids = installation.read(connection).public_ids
        self.asker = Asker(organization_id, user_id, self.public_ids, NOW)

    def asset(self, name=None, **columns):
        return make_asset(self.connection, self.organization_id, name, **columns)

    def rule(self, title="SQL injection", **columns):
        return make_rule(self.connection, self.organization_id, title, **columns)

    def finding(self, asset, **columns):
        return make_finding(self.connection, asset, **columns)

    def ask(self, text):
        """Whichever way findings are compared with places, the same are found."""
        first, *others = (self._ask(text, by) for by in By if by is not By.REST)
        assert all(each == first for each in others), text
        return first

    def _ask(self, text, by):
        query = FindingQuery(parse(text), self.asker, places=0 if by is By.NUMBERS else MAX_PLACES)
        found = self.connection.execute(query.look_up).all() if query.look_up is not None else []
        statement = select(Finding.id).where(
            Finding.organization_id == self.organization_id, query.condition(found, by)
        )
        return set(self.connection.scalars(statement))
