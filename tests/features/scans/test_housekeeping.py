"""Stored files go when nothing needs them any more, and not before."""

import asyncio
import os
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select, update

from factories import reports
from factories.forms import HEADERS, field, file, form
from factories.working import working
from fixtures.api import browser, new_organization, serving, unlimited
from hauberk.db.models.job import Job
from hauberk.db.models.scan import Scan
from hauberk.db.session import transaction
from hauberk.features.scans.jobs import delete_unreferenced_files, expire_dry_runs
from hauberk.jobs.enqueue import enqueue
from hauberk.jobs.queues import Queue
from hauberk.kit import clock

pytestmark = pytest.mark.anyio

SCANS = "/api/v1/scans"
INSTALLATION = 0


@pytest.fixture
async def place(fresh_settings):
    """An installation of this test alone: its storage holds what the test put there and nothing else."""
    async with serving(unlimited(fresh_settings)) as app:
        member = await new_organization(app.state.context)
        with working(fresh_settings) as worker:
            async with browser(app, **member.headers) as api:
                yield Place(app.state.context, member.organization_id, worker, api)


class Place:
    def __init__(self, context, organization_id, worker, api):
        self.storage, self.organization_id, self.worker, self.api = (
            context.storage,
            organization_id,
            worker,
            api,
        )

    async def scan(self, report, **fields):
        parts = [field(name, value) for name, value in ({"asset": "shop"} | fields).items()]
        sent = await self.api.post(SCANS, content=form(*parts, file(report)), headers=HEADERS)
        await asyncio.to_thread(self.worker, Queue.IMPORT)
        return (await self.api.get(f"{SCANS}/{sent.json()['id']}")).json()

    def run(self, job, organization_id):
        """Does the job; answers its result or error."""
        with transaction(self.worker.engine, organization_id) as connection:
            job_id = enqueue(connection, job, organization_id=organization_id)
        self.worker(Queue.MAINTENANCE)
        with transaction(self.worker.engine, organization_id) as connection:
            row = connection.execute(select(Job.state, Job.result, Job.error).where(Job.id == job_id)).one()
        return row.result if row.state == "done" else row.error

    def expire(self):
        return self.run(expire_dry_runs, self.organization_id)

    def sweep(self):
        return self.run(delete_unreferenced_files, INSTALLATION)

    def age_dry_runs(self, hours):
        with transaction(self.worker.engine, self.organization_id) as connection:
            connection.execute(
                update(Scan)
                .where(Scan.is_dry_run)
                .values(finished_at=func.clock_timestamp() - timedelta(hours=hours))
            )

    def keep_from(self, days, content=b"{}"):
        """A stored file from some days ago that no scan refers to."""
        draft = self.storage.folder.parent / "draft"
        draft.write_bytes(content)
        day = clock.now() - timedelta(days=days)
        return self.storage.write_file(draft, key=f"{day:%Y/%m/%d}/{os.urandom(16).hex()}").key


@pytest.mark.long
async def test_a_dry_run_s_files_are_kept_for_a_day_and_then_gone(place):
    await place.scan(reports.code(5))
    dry = await place.scan(reports.code(6), dry_run="true")
    path = f"{SCANS}/{dry['id']}/changes"
    kept = place.storage.keys()
    assert len(kept) == 3  # two reports and a preview
    place.age_dry_runs(23)
    assert await asyncio.to_thread(place.expire) == {"deleted": 0}
    assert (await place.api.get(path)).json()["total"] == 1
    place.age_dry_runs(25)
    assert await asyncio.to_thread(place.expire) == {"deleted": 2}
    assert len(place.storage.keys()) == 1
    gone = await place.api.get(path)
    assert gone.status_code == 410
    assert "24 hours" in gone.json()["detail"]
    assert (await place.api.get(f"{SCANS}/{dry['id']}")).json()["counts"] == dry["counts"]
    assert await asyncio.to_thread(place.expire) == {"deleted": 0}


@pytest.mark.long
async def test_files_that_nothing_refers_to_go_a_day_later(place):
    await place.scan(reports.code(5))
    await place.scan(reports.code(6), dry_run="true")
    referred = place.storage.keys()
    strays = [place.keep_from(days) for days in (0, 1, 3, 400)]
    assert await asyncio.to_thread(place.sweep) == {"deleted": 2, "drafts": 0}
    assert place.storage.keys() == sorted([*referred, *strays[:2]])


@pytest.mark.long
async def test_a_scan_s_report_is_kept_however_old_it_is(place):
    scan = await place.scan(reports.code(5))
    old = place.keep_from(500)
    with transaction(place.worker.engine, place.organization_id) as connection:
        connection.execute(update(Scan).values(storage_key=old))
    assert scan["state"] == "done"
    assert await asyncio.to_thread(place.sweep) == {"deleted": 0, "drafts": 0}
    assert place.storage.keys().count(old) == 1


async def test_what_a_killed_process_left_half_written_goes_too(place):
    drafts = place.storage.folder / ".drafts"
    drafts.mkdir(parents=True, exist_ok=True)
    for name, hours in (("old", 25), ("new", 1)):
        (drafts / name).write_bytes(b"half")
        moment = clock.now().timestamp() - hours * 3600
        os.utime(drafts / name, (moment, moment))
    assert await asyncio.to_thread(place.sweep) == {"deleted": 0, "drafts": 1}
    assert [each.name for each in drafts.iterdir()] == ["new"]


@pytest.mark.long
async def test_a_storage_that_looks_like_somebody_else_s_is_left_alone(place):
    """A database that was not restored yet, or another installation's folder."""
    for _ in range(101):
        place.keep_from(10)
    error = await asyncio.to_thread(place.sweep)
    assert error["code"] == "storage_of_another"
    assert len(place.storage.keys()) == 101


async def test_both_run_by_themselves(place):
    assert (expire_dry_runs.every, expire_dry_runs.for_installation) == ("1h", False)
    assert delete_unreferenced_files.for_installation
    assert delete_unreferenced_files.every == "40 3 * * *"


async def test_an_empty_storage_is_swept_too(place):
    assert await asyncio.to_thread(partial(place.sweep)) == {"deleted": 0, "drafts": 0}
