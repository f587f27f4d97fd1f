"""A database of its own for each test, two organizations, and a worker's inside without its processes."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select, text

from factories.identity import make_organization
from hauberk.db.models.asset import Asset
from hauberk.db.models.job import Job as JobRow
from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.jobs.enqueue import enqueue
from hauberk.jobs.execute import execute
from hauberk.jobs.heart import Heart
from hauberk.jobs.lease import claim
from hauberk.jobs.progress import Progress
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import Workplace


@pytest.fixture
def engine(fresh_settings):
    engine = sync_engine(fresh_settings.database.url, pool=Pool(size=5, max_overflow=30))
    yield engine
    engine.dispose()


@pytest.fixture
def organization(fresh_settings):
    return make_organization(fresh_settings.database.owner_url)


@pytest.fixture
def other(fresh_settings):
    return make_organization(fresh_settings.database.owner_url)


@dataclass
class Bench:
    """What a test does with jobs."""

    engine: object
    workplace: Workplace
    heart: Heart

    def enqueue(self, job, organization_id, **more):
        with transaction(self.engine, organization_id) as connection:
            return enqueue(connection, job, organization_id=organization_id, **more)

    def claim(self, *, queues=tuple(Queue), per_organization=10, lease=60.0, worker="test"):
        return claim(
            self.engine, worker=worker, queues=queues, per_organization=per_organization, lease=lease
        )

    def execute(self, claimed):
        execute(claimed, self.workplace, self.heart)

    def work_off(self):
        while (claimed := self.claim()) is not None:
            self.execute(claimed)

    def job(self, organization_id, job_id):
        with transaction(self.engine, organization_id) as connection:
            return connection.execute(select(JobRow.__table__).where(JobRow.id == job_id)).one()

    def assets(self, organization_id):
        with transaction(self.engine, organization_id) as connection:
            return sorted(connection.scalars(select(Asset.name)))

    def sql(self, organization_id, statement, **values):
        """As the app, in the organization."""
        with transaction(self.engine, organization_id) as connection:
            answer = connection.execute(text(statement), values)
            return answer.all() if answer.returns_rows else answer.rowcount

    def expire(self, organization_id, job_id):
        """As if the worker had been silent for longer than its lease."""
        past = "update job_lease set expires_at = now() - interval '1 second' where job_id = :job"
        assert self.sql(organization_id, past, job=job_id) == 1

    def make_due(self, organization_id):
        self.sql(organization_id, "update job set run_after = now() - interval '1 second'")


@pytest.fixture
def bench(fresh_settings, engine):
    side_engine = sync_engine(fresh_settings.database.url, pool=Pool(size=2, max_overflow=5))
    heart = Heart(side_engine, lease=60, beat=0.3)
    yield Bench(
        engine, Workplace(fresh_settings, engine, side_engine, Progress(fresh_settings, side_engine)), heart
    )
    heart.stop()
    side_engine.dispose()
