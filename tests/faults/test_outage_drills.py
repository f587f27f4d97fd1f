"""The drills of what the product can do without, run: it says what it is without, serves on, and finds back."""

import pytest
from sqlalchemy import select, text

from fixtures.api import serving, unlimited
from fixtures.publishers import kev_file
from fixtures.readiness import site_of
from hauberk.api.drills.feeds import feed_down
from hauberk.api.drills.mail import mail_down
from hauberk.db.models.feed import Feed, FeedEntry
from hauberk.db.models.notification import NotificationChannel, NotificationDelivery
from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.features.feeds.jobs import sync_now
from hauberk.features.feeds.sources.kev import KEV
from hauberk.features.readiness import probing
from hauberk.jobs import discovery

pytestmark = [pytest.mark.anyio, pytest.mark.faults]
LOG4J = "CVE-2021-44228"


@pytest.fixture
async def probe(fresh_settings, monkeypatch):
    monkeypatch.setenv("HAUBERK_ENVIRONMENT", "test")  # of the extra node
    async with serving(unlimited(fresh_settings)) as app:
        site = site_of(app)
        async with probing.of(app.state.context, site) as made:
            yield made
        await site.http.aclose()


@pytest.fixture
def connection(fresh_settings):
    engine = sync_engine(fresh_settings.database.url, pool=Pool(size=1, max_overflow=1))
    yield lambda organization_id=None: transaction(engine, organization_id)
    engine.dispose()


async def test_without_a_feed_it_serves_on_and_what_was_loaded_is_as_before(
    probe, connection, fresh_settings, tmp_path
):
    discovery.load()
    file = tmp_path / "kev.json"
    file.write_bytes(kev_file(LOG4J))
    engine = sync_engine(fresh_settings.database.url, pool=Pool(size=1, max_overflow=1))
    assert sync_now(engine, fresh_settings, KEV, file=file).failure is None
    engine.dispose()
    with connection() as db:
        before = db.execute(select(Feed.__table__)).one()

    outcome = await feed_down(probe)

    assert outcome.has_passed, outcome.evidence
    with connection() as db:
        after = db.execute(select(Feed.__table__)).one()
        assert list(db.scalars(select(FeedEntry.name))) == [LOG4J]
    assert (after.synced_at, after.failure, after.source) == (before.synced_at, None, before.source)
    with connection() as db:
        db.execute(text("delete from feed_entry"))
        db.execute(text("delete from feed"))
    outcome = await feed_down(probe)
    assert outcome.has_passed, "where nothing is loaded yet it is the same"
    with connection() as db:
        assert list(db.scalars(select(Feed.name))) == []


async def test_without_mail_it_serves_on_and_the_notice_arrives_later(probe, connection):
    outcome = await mail_down(probe)
    assert outcome.has_passed, outcome.evidence
    tenant = (await probe.tenant()).organization_id
    with connection(tenant) as db:
        assert list(db.scalars(select(NotificationChannel.id))) == []
        assert list(db.scalars(select(NotificationDelivery.id))) == []
