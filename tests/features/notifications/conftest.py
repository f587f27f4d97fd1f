"""An organization with channels to all doubles, and one pass of the sender."""

import pytest
from sqlalchemy import text

from fixtures.receivers import reaching
from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.features.notifications.sending import send_due

CHANNELS = {
    "slack": lambda receivers: ({}, {"url": receivers.url("/services/T0/B0/secret-part")}),
    "teams": lambda receivers: ({}, {"url": receivers.url("/workflow")}),
    "webhook": lambda receivers: (
        {"url": receivers.url("/hook")},
        {"signing_secret": receivers.signing_secret},
    ),
    "pagerduty": lambda receivers: ({"api_url": receivers.url("/v2/enqueue")}, {"routing_key": "R" * 32}),
    "opsgenie": lambda receivers: (
        {"api_url": receivers.url("/v2/alerts")},
        {"api_key": "0123456789-abcdefghij"},
    ),
    "email": lambda _receivers: ({"recipients": ["operations@example.org"]}, {}),
}


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
    """Everything that is due, once; repeated attempts come when they are due."""
    return lambda: send_due(engine, reachable)


@pytest.fixture
def make_channel(api, receivers):
    async def make(kind, **more):
        configuration, secret = CHANNELS[kind](receivers)
        body = {"name": f"A {kind}", "kind": kind, "configuration": configuration, "secret": secret, **more}
        made = await api.post("/api/v1/notification-channels", json=body)
        assert made.status_code == 201, made.text
        return made.json()

    return make


@pytest.fixture
def deliveries(api):
    async def read(**query):
        found = await api.get("/api/v1/notification-deliveries", params=query)
        return found.json()["items"]

    return read
