"""Imports as a worker does them: job row, claim, sandboxed child, writing transaction.

The tests of a worker share one database, in which each has an organization: whoever connects anew plans every statement anew.
"""

import json
import resource
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import msgspec
import pytest
from sqlalchemy import Engine, Row, insert, select, text

from factories.identity import make_organization
from fixtures.servers import TEMPLATE, Servers, database, make_settings
from hauberk.db.models.scan import Scan
from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.infra.settings import Settings
from hauberk.infra.storage import open_storage
from hauberk.ingest.jobs import import_scan
from hauberk.ingest.scope import Requested
from hauberk.jobs import lease
from hauberk.jobs.enqueue import enqueue
from hauberk.jobs.execute import execute
from hauberk.jobs.heart import Heart
from hauberk.jobs.progress import Progress
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import Workplace
from ingest.acting import Acts, Regroup

EVERY_FORMAT = "test_findings_of_every_format_are_known_again"


class Imports(NamedTuple):
    """Uploads and imports reports for one organization, one after the other."""

    organization: int
    settings: Settings
    engine: Engine
    workplace: Workplace
    heart: Heart

    def upload(
        self,
        report: Any,
        *,
        asset: str | None = "shop",
        dry_run: bool = False,
        file_name: str = "r.json",
        is_read: bool = True,
        **asked: Any,
    ) -> int:
        """Accepts a report; answers the scan's id. `is_read`: as if no other file were the same."""
        content = report if isinstance(report, bytes) else json.dumps(report).encode()
        draft = self.settings.home / f"draft-{secrets.token_hex(4)}"
        draft.write_bytes(content)
        stored = open_storage(self.settings).write_file(draft)
        requested = Requested(asset=asset, **asked)
        with transaction(self.engine, self.organization) as connection:
            scan_id = connection.execute(
                insert(Scan)
                .values(
                    organization_id=self.organization,
                    requested=msgspec.to_builtins(requested),
                    is_dry_run=dry_run,
                    file_name=file_name,
                    storage_key=stored.key,
                    size_bytes=stored.size_bytes,
                    sha256=secrets.token_hex(32) if is_read else stored.sha256,
                )
                .returning(Scan.id)
            ).scalar_one()
            self.enqueue(connection, scan_id)
        return scan_id

    def enqueue(self, connection: Any, scan_id: int, *, is_release: bool = False) -> None:
        enqueue(
            connection, import_scan, organization_id=self.organization, scan_id=scan_id, is_release=is_release
        )

    def work(self) -> None:
        """Does what is waiting."""
        while claimed := lease.claim(
            self.engine, worker="test", queues=[Queue.IMPORT], per_organization=4, lease=60
        ):
            execute(claimed, self.workplace, self.heart)

    def __call__(self, report: Any, **asked: Any) -> Row[Any]:
        scan_id = self.upload(report, **asked)
        self.work()
        return self.scan(scan_id)

    def release(self, scan_id: int) -> Row[Any]:
        with transaction(self.engine, self.organization) as connection:
            self.enqueue(connection, scan_id, is_release=True)
        self.work()
        return self.scan(scan_id)

    def scan(self, scan_id: int) -> Row[Any]:
        with transaction(self.engine, self.organization) as connection:
            return connection.execute(select(Scan.__table__).where(Scan.id == scan_id)).one()

    def rows(self, statement: str, **parameters: Any) -> list[Row[Any]]:
        with transaction(self.engine, self.organization) as connection:
            return list(connection.execute(text(statement), parameters))

    def value(self, statement: str, **parameters: Any) -> Any:
        return self.rows(statement, **parameters)[0][0]

    def run(self, statement: str, **parameters: Any) -> None:
        with transaction(self.engine, self.organization) as connection:
            connection.execute(text(statement), parameters)


class Place(NamedTuple):
    """Where the imports of a worker's tests are done."""

    settings: Settings
    engine: Engine
    side: Engine
    heart: Heart


@contextmanager
def placed(settings: Settings) -> Iterator[Place]:
    settings.home.mkdir(parents=True, exist_ok=True)
    engine = sync_engine(settings.database.url, pool=Pool(size=4))
    side = sync_engine(settings.database.url, pool=Pool(size=4))
    heart = Heart(side)
    yield Place(settings, engine, side, heart)
    heart.stop()
    engine.dispose()
    side.dispose()


@pytest.fixture(scope="session")
def place(
    servers: Servers, tmp_path_factory: pytest.TempPathFactory, queue_url: str, cache_url: str
) -> Iterator[Place]:
    home = tmp_path_factory.mktemp("home")
    with (
        database(servers, TEMPLATE) as made,
        placed(make_settings(home, made.owner_url, made.url, queue_url, cache_url)) as found,
    ):
        yield found


@pytest.fixture
def imports(place: Place) -> Imports:
    settings, engine, side, heart = place
    organization = make_organization(settings.database.owner_url, key_ring=settings.key_ring)
    workplace = Workplace(settings, engine, side, Progress(settings, side))
    return Imports(organization, settings, engine, workplace, heart)


@pytest.fixture
def acts(imports: Imports) -> Acts:
    return Acts(imports)


@pytest.fixture
def hand(imports: Imports) -> Regroup:
    return Regroup(imports)


@pytest.fixture
def consistent(imports: Imports) -> Any:
    """Asserts what must hold after any import: derived numbers equal what they are derived from."""

    def check() -> None:
        for name, statement in INVARIANTS.items():
            assert imports.value(statement) == 0, name

    return check


INVARIANTS = {
    "open occurrences of a finding": """
        select count(*) from finding f left join (
            select o.finding_id, count(*) n from occurrence o
            join scope s on s.id = o.scope_id join asset_ref r on r.id = s.ref_id
            where o.closed_at is null and r.is_tracked group by 1) x on x.finding_id = f.id
        where f.open_occurrences <> coalesce(x.n, 0)""",
    "open occurrences of a scope": """
        select count(*) from scope s left join (
            select scope_id, count(*) n from occurrence where closed_at is null group by 1) x on x.scope_id = s.id
        where s.open_occurrences <> coalesce(x.n, 0)""",
    "counts by bucket": """
        select count(*) from (
            select asset_id, kind, severity, triage, sum(n) from (
                select asset_id, kind, severity, triage, n from count_delta
                union all select asset_id, kind, severity, triage, n from finding_count) c
            group by 1, 2, 3, 4 having sum(n) <> 0
            except select asset_id, kind, severity, triage, count(*) from finding where is_active group by 1, 2, 3, 4) x""",
    "counts of facets": """
        with counted as (
            select asset_id, is_active, kind, severity, triage, scanners, sum(n) as n from (
                select asset_id, is_active, kind, severity, triage, scanners, n from facet_delta
                union all select asset_id, is_active, kind, severity, triage, scanners, n from facet_count
                where asset_id <> 0) c group by 1, 2, 3, 4, 5, 6 having sum(n) <> 0),
        there as (
            select asset_id, is_active, kind, severity, triage, scanners, count(*) as n from finding
            where joined_into_id is null group by 1, 2, 3, 4, 5, 6)
        select count(*) from (
            (table counted except table there) union all (table there except table counted)) x""",
    "findings that stand or stood without a key": """
        select count(*) from finding f where f.joined_into_id is null
        and not exists (select from finding_key k where k.finding_id = f.id)
        and exists (select from occurrence o where o.finding_id = f.id and o.close_reason is distinct from 'undone')""",
    "what was joined into another has nothing of its own": """
        select count(*) from finding f where f.joined_into_id is not null and (f.open_occurrences > 0
        or exists (select from occurrence o where o.finding_id = f.id)
        or exists (select from finding_key k where k.finding_id = f.id))""",
    "severity is the highest open one": """
        select count(*) from finding f join (
            select o.finding_id, max(o.severity) worst from occurrence o
            join scope s on s.id = o.scope_id join asset_ref r on r.id = s.ref_id
            where o.closed_at is null and r.is_tracked group by 1) x on x.finding_id = f.id
        where f.severity_override is null and f.severity <> x.worst""",
}


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What a run of the identity kit over every format came to (`make identity`)."""
    ended = {
        outcome: [each for each in terminalreporter.stats.get(outcome, []) if EVERY_FORMAT in each.nodeid]
        for outcome in ("passed", "failed", "skipped")
    }
    if not any(ended.values()):
        return
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    terminalreporter.section("identity")
    terminalreporter.line(
        f"formats known again through a database {len(ended['passed'])}, not {len(ended['failed'])}, without a finding"
        f" of the kind {len(ended['skipped'])}; {sum(each.ru_utime + each.ru_stime for each in used) / 60:.0f} minutes"
        " of the processor, of this process and those that it has waited for"
    )
