"""Findings of the test's organization, made as an import would leave them."""

import pytest

from factories.asset import make_asset
from factories.finding import make_finding, make_rule
from factories.writing import writing


@pytest.fixture
def rows(database_url, organization):
    """A transaction for the test's own rows: `with rows() as connection: ...`."""
    return lambda: writing(database_url, organization.organization_id)


@pytest.fixture
def public(context):
    return context.public_ids.encode


@pytest.fixture
def finding(rows, organization, public):
    """One finding of one asset; answers its public id."""
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
        rule = make_rule(
            connection, organization.organization_id, "SQL injection", cwes=(89,), cvss_score=8.1
        )
        return public("fnd", make_finding(connection, asset, rule=rule))
