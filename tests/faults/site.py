"""A site: one organization on a database of its own, that accepts reports as the API does and works as workers do."""

import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Row, create_engine, insert, text, update
from sqlalchemy.pool import NullPool

from faults.reference import Sent, State, rows, state_of
from fixtures.servers import TEMPLATE, Servers, database, make_settings
from hauberk.db.models.organization import Organization
from hauberk.db.models.scan import Scan
from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.db.url import driver_url
from hauberk.infra import identity_key
from hauberk.infra.settings import Settings
from hauberk.infra.storage import open_storage
from hauberk.ingest.jobs import import_scan
from hauberk.ingest.scope import Requested
from hauberk.jobs.enqueue import enqueue
from hauberk.jobs.execute import execute, fail
from hauberk.jobs.heart import Heart
from hauberk.jobs.lease import Claim, claim, sweep
from hauberk.jobs.progress import Progress
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import Workplace

ORGANIZATION = 1
_ASSET = text("select id from asset where name = :name and deleted_at is null")


class Site:
    """One organization on one database. `engines` are as many worker processes' connections, in one process."""

    def __init__(self, settings: Settings, engines: int = 1, *, lease: float = 60.0) -> None:
        self.settings = settings
        self.engine = sync_engine(settings.database.url, pool=Pool(size=4, max_overflow=8))
        self._side = sync_engine(settings.database.url, pool=Pool(size=3, max_overflow=20))
        self.heart = Heart(self._side, lease=lease, beat=lease / 4)
        self._engines = [
            sync_engine(settings.database.url, pool=Pool(size=4, max_overflow=20)) for _ in range(engines)
        ]
        progress = Progress(settings, self._side)
        self.workplaces = [Workplace(settings, engine, self._side, progress) for engine in self._engines]

    def close(self) -> None:
        self.heart.stop()
        for engine in (self.engine, self._side, *self._engines):
            engine.dispose()

    def accept(self, sent: Sent, *, serial: bool = True) -> int:
        """The scan's id; `serial` as the API does it, else nothing keeps imports of one asset apart but their locks."""
        draft = self.settings.home / f"draft-{secrets.token_hex(6)}"
        draft.write_bytes(sent.bytes)
        stored = open_storage(self.settings).write_file(draft)
        draft.unlink()
        with transaction(self.engine, ORGANIZATION) as connection:
            scan_id: int = connection.execute(
                insert(Scan)
                .values(
                    organization_id=ORGANIZATION,
                    asset_id=connection.scalar(_ASSET, {"name": sent.asset}),
                    requested=msgspec.to_builtins(Requested(**sent.fields)),
                    file_name="report.json",
                    storage_key=stored.key,
                    size_bytes=stored.size_bytes,
                    sha256=stored.sha256,
                )
                .returning(Scan.id)
            ).scalar_one()
            job_id = enqueue(
                connection,
                import_scan,
                organization_id=ORGANIZATION,
                serial_key=f"asset:{sent.asset}" if serial else None,
                scan_id=scan_id,
            )
            connection.execute(update(Scan).where(Scan.id == scan_id).values(job_id=job_id))
        return scan_id

    def claim(self, workplace: Workplace | None = None, *, lease: float = 60.0) -> Claim | None:
        engine = (workplace or self.workplaces[0]).engine
        return claim(engine, worker="test", queues=list(Queue), per_organization=100, lease=lease)

    def work(self, workplace: Workplace | None = None) -> None:
        """Does what waits now."""
        workplace = workplace or self.workplaces[0]
        while claimed := self.claim(workplace):
            execute(claimed, workplace, self.heart)

    def work_off(self, threads: int = 1) -> None:
        """Until nothing is left, on so many threads at once; what is to be retried later is retried now."""
        while self.rows("select id from job where state in ('accepted', 'running')"):
            self.run("update job set run_after = now() where state = 'accepted'")
            workers = [
                threading.Thread(target=self.work, args=(self.workplaces[number % len(self.workplaces)],))
                for number in range(threads)
            ]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()

    def sweep(self) -> None:
        """As the scheduler does it; what has no attempt left fails."""
        for lost in sweep(self.engine, sweeper="test"):
            if lost.token is not None:
                fail(self.engine, lost, "attempts_exhausted", "Each time the worker was lost.")

    def rows(self, statement: str, **parameters: Any) -> Sequence[Row[Any]]:
        return rows(self.engine, ORGANIZATION, statement, **parameters)

    def run(self, statement: str, **parameters: Any) -> None:
        with transaction(self.engine, ORGANIZATION) as connection:
            connection.execute(text(statement), parameters)

    def scans(self) -> Sequence[Row[Any]]:
        return self.rows("select id, state, counts, error from scan order by id")

    def state(self) -> State:
        return state_of(self.engine, ORGANIZATION)


@contextmanager
def fresh_site(servers: Servers, folder: Path, *, engines: int = 1, lease: float = 60.0) -> Iterator[Site]:
    """On a fresh database, whose one organization it makes."""
    with database(servers, TEMPLATE) as made:
        home = folder / f"home-{secrets.token_hex(6)}"
        settings = make_settings(home, made.owner_url, made.url, servers.queue_url, servers.cache_url)
        settings.home.mkdir(parents=True)
        make_organization(settings)
        opened = Site(settings, engines, lease=lease)
        try:
            yield opened
        finally:
            opened.close()


def expected(servers: Servers, folder: Path, reports: Sequence[Sent]) -> State:
    """The reference: one after the other, by one thread, into a fresh database."""
    with fresh_site(servers, folder) as site:
        for sent in reports:
            site.accept(sent)
            site.work()
        assert {scan.state for scan in site.scans()} <= {"done", "held"}
        return site.state()


def make_organization(settings: Settings) -> None:
    owner = create_engine(driver_url(settings.database.migration_url), poolclass=NullPool)
    with owner.begin() as connection:
        connection.execute(text("set local role hauberk_system"))
        values = {
            "id": ORGANIZATION,
            "name": "Test",
            "identity_key": identity_key.make(settings.key_ring, ORGANIZATION),
        }
        connection.execute(insert(Organization).values(values))
