"""Findings of the test's organization, made as an import would leave them."""

import pytest

from factories.asset import make_asset
from factories.finding import make_finding, make_rule
from factories.writing import writing
from hauberk.db.session import Pool, sync_engine
from hauberk.domain.severity import Severity
from hauberk.jobs.execute import execute
from hauberk.jobs.heart import Heart
from hauberk.jobs.lease import claim
from hauberk.jobs.progress import Progress
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import Workplace


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


@pytest.fixture
def work_off(settings):
    """Does what waits in the interactive queue, as a worker would."""
    engine = sync_engine(settings.database.url, pool=Pool(size=3))
    side_engine = sync_engine(settings.database.url, pool=Pool(size=3))
    heart = Heart(side_engine, lease=60, beat=5)
    workplace = Workplace(settings, engine, side_engine, Progress(settings, side_engine))

    def run():
        while claimed := claim(
            engine, worker="test", queues=(Queue.INTERACTIVE,), per_organization=10, lease=60
        ):
            execute(claimed, workplace, heart)

    yield run
    heart.stop()
    engine.dispose()
    side_engine.dispose()


@pytest.fixture
def many(rows, organization, public):
    """Five open findings of two assets and one that is gone; the public ids of the open ones."""
    with rows() as connection:
        shop = make_asset(connection, organization.organization_id, "shop")
        blog = make_asset(connection, organization.organization_id, "blog")
        made = [
            make_finding(connection, asset, severity=Severity.LOW) for asset in (shop, blog, shop, blog, shop)
        ]
        make_finding(connection, blog, severity=Severity.LOW, is_active=False)
    return [public("fnd", number) for number in made]


@pytest.fixture
def bulk(api, work_off):
    """Asks for a change of many findings, or for taking one back, and does it; the job's id."""

    async def done(path="", **body):
        answer = await api.post(f"/api/v1/findings/bulk{path}", json=body or None)
        assert answer.status_code == 202, answer.text
        work_off()
        return answer.json()["job"]["id"]

    return done
