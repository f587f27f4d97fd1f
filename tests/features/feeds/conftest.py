"""Feeds as an installation has them: a publisher, a database of their own, and a worker."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from hauberk.db.session import transaction
from hauberk.features.feeds.jobs import sync_now
from hauberk.features.feeds.syncing import Synced, find
from hauberk.infra.settings.sections import Feeds
from hauberk.jobs import discovery, lease
from hauberk.jobs.execute import execute
from hauberk.jobs.job import Job
from hauberk.jobs.outbox import relay
from hauberk.jobs.queues import Queue
from hauberk.jobs.schedule import start_now
from ingest.conftest import imports, placed

__all__ = ["imports"]


class World:
    """Syncs feeds and imports reports, one after the other, with all that follows."""

    def __init__(self, imports, publisher) -> None:
        discovery.load()
        self.imports = imports
        self.publisher = publisher
        self.settings = imports.settings
        self.configure(source=publisher.url)

    def configure(self, **feeds: Any) -> None:
        self.settings = self.settings.model_copy(update={"feeds": Feeds(**feeds)})

    def sync(self, name: str, **options: Any) -> Synced:
        synced = sync_now(self.imports.engine, self.settings, find(name), **options)
        self.work()
        return synced

    def run_scheduled(self, job: Job) -> None:
        """As the scheduler does when its time has come."""
        with transaction(self.imports.engine) as connection:
            start_now(connection, job)
        self.work()

    def work(self) -> None:
        """Does what waits, and what follows from that."""
        workplace = replace(self.imports.workplace, settings=self.settings)
        relay(self.imports.engine)
        while claimed := lease.claim(
            self.imports.engine, worker="test", queues=list(Queue), per_organization=4, lease=60
        ):
            execute(claimed, workplace, self.imports.heart)
            relay(self.imports.engine)

    def report(self, *names: str, **asked: Any):
        """A report of Grype's kind, in short: one package with each of these flaws."""
        scan = self.imports(trivy(names), **asked)
        self.work()
        return scan

    def finding(self, name: str):
        """The finding of that flaw, with what a list shows of it."""
        (row,) = self.imports.rows(
            "select f.*, f.xmin::text as written_by, t.feed_epss, t.known_exploited or t.feed_known_exploited as exploited"
            " from finding f join rule_text t on t.id = f.rule_text_id where :name = any(t.identifiers)",
            name=name,
        )
        return row

    def standing(self, name: str):
        with transaction(self.imports.engine) as connection:
            return connection.execute(text("select * from feed where name = :name"), {"name": name}).one()

    def entries(self, name: str) -> dict[str, str]:
        """What is loaded of a feed, and by which transaction each row was written."""
        with transaction(self.imports.engine) as connection:
            found = connection.execute(
                text("select name, xmin::text from feed_entry where feed = :name"), {"name": name}
            )
            return {row.name: row.xmin for row in found}


def trivy(names: tuple[str, ...]) -> dict[str, Any]:
    return {
        "SchemaVersion": 2,
        "ArtifactName": "shop",
        "ArtifactType": "filesystem",
        "Results": [
            {
                "Target": "package-lock.json",
                "Class": "lang-pkgs",
                "Type": "npm",
                "Vulnerabilities": [
                    {
                        "VulnerabilityID": name,
                        "PkgName": "left-pad",
                        "PkgIdentifier": {"PURL": "pkg:npm/left-pad@1.0.0"},
                        "InstalledVersion": "1.0.0",
                        "Title": f"About {name}",
                        "Severity": "HIGH",
                    }
                    for name in names
                ],
            }
        ],
    }


@pytest.fixture
def place(fresh_settings):
    """A database of each test's own: what feeds say belongs to no organization."""
    with placed(fresh_settings) as made:
        yield made


@pytest.fixture
def world(imports, publisher):
    return World(imports, publisher)
