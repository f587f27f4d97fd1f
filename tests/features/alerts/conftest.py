"""An installation whose operator is the test's organization, and one pass of the evaluator."""

from datetime import timedelta

import pytest
from sqlalchemy import text, update

from fixtures.receivers import reaching
from hauberk.db.models.alert import Alert
from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.features.alerts.evaluating import evaluate_organization
from hauberk.features.alerts.signals import JobOutcomes, Signals
from hauberk.features.alerts.signals import Pool as UsedPool
from hauberk.features.notifications.sending import send_due
from hauberk.infra.tally import Requests
from hauberk.kit import clock

QUIET = {"waiting": 0, "running": 0, "oldest_seconds": 0.0}


@pytest.fixture
def engine(settings):
    engine = sync_engine(settings.database.url, pool=Pool(size=2))
    with transaction(engine) as connection:  # what other tests left unsent is nobody's business here
        connection.execute(text("select claim_deliveries(10000, interval '1 day')"))
    yield engine
    engine.dispose()


@pytest.fixture
def reachable(settings, receivers, mail_server):
    return reaching(settings, receivers, mail_server)


@pytest.fixture
def send(engine, reachable):
    return lambda: send_due(engine, reachable)


@pytest.fixture
def signals():
    """Of an installation that is well; what is given is different."""

    def make(**different):
        quiet = {
            "requests": Requests(1000, 0, (1000,) + (0,) * 10),
            "probe": Requests(),
            "connections": (10, 100),
            "pools": (UsedPool("api-1", 1, 60),),
            "disks": (),
            "jobs": (JobOutcomes("ingest.import_scan", 10, 0),),
            "queues": {"import": QUIET},
            "failed_sign_ins": 0,
            "addresses": 0,
            "worst_address": 0,
            "violations": 0,
            "backed_up_at": clock.now(),
            "seen_at": clock.now(),
        }
        return Signals(**{**quiet, **different})

    return make


@pytest.fixture
def evaluate(engine, reachable, organization, signals):
    """One pass for the organization, with the signals of an installation that is well but for what is given."""

    def run(settings=None, **different):
        with transaction(engine, organization.organization_id) as connection:
            evaluate_organization(
                connection, settings or reachable, organization.organization_id, signals(**different)
            )

    return run


@pytest.fixture
def age(engine, organization):
    """Makes every open alert older."""

    def earlier(**length):
        with transaction(engine, organization.organization_id) as connection:
            by = timedelta(**length)
            connection.execute(
                update(Alert).values(
                    began_at=Alert.began_at - by,
                    last_seen_at=Alert.last_seen_at - by,
                    escalate_at=Alert.escalate_at - by,
                )
            )

    return earlier


@pytest.fixture
def alerts(api):
    async def read(**query):
        return (await api.get("/api/v1/alerts", params=query)).json()["items"]

    return read


def told(engine, organization):
    """Every delivery of the organization: whom, and of what."""
    with transaction(engine, organization.organization_id) as connection:
        return [
            tuple(row)
            for row in connection.execute(
                text("select kind, recipient, event from notification_delivery order by id")
            )
        ]
