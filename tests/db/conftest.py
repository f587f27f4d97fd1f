"""Rows of one organization, written as the product writes them."""

import pytest

from factories.identity import make_organization
from factories.writing import writing


@pytest.fixture
def organization_id(owner_url):
    return make_organization(owner_url)


@pytest.fixture
def rows(database_url, organization_id):
    return lambda: writing(database_url, organization_id)
