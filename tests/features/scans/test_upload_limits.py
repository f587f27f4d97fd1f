"""POST /scans at its limits: size, room, time and connections."""

import asyncio
import os
import subprocess

import pytest
from sqlalchemy import text

from factories import reports
from factories.forms import HEADERS, field, file, form
from fixtures.api import browser, new_organization, serving, unlimited
from hauberk.db import session as sessions
from hauberk.db.session import TimeLimits

pytestmark = pytest.mark.anyio

SCANS = "/api/v1/scans"
KIB = 1024


def changed(settings, section, **values):
    return unlimited(settings).model_copy(
        update={section: getattr(settings, section).model_copy(update=values)}
    )


async def signed_in(app):
    member = await new_organization(app.state.context)
    return browser(app, **member.headers)


def left(app):
    storage = app.state.context.storage
    return storage.keys(), list((storage.folder / ".drafts").glob("*"))


class Body:
    """A form whose file goes on for as long as somebody reads it."""

    def __init__(self, most=1000):
        self.most = most
        self.read = 0

    async def __aiter__(self):
        yield form(file(b""), end=False).removesuffix(b"\r\n")
        for _ in range(self.most):
            self.read += 1
            yield b"x" * KIB


async def test_what_is_too_large_is_cut_off_while_it_comes(settings):
    async with serving(changed(settings, "upload", max_bytes=100 * KIB)) as app, await signed_in(app) as api:
        before = left(app)
        body = Body(10_000)
        answer = await api.post(SCANS, content=aiter(body), headers=HEADERS)
        assert answer.status_code == 413
        assert "102,400 bytes" in answer.json()["detail"]
        assert 100 <= body.read <= 102
        assert left(app) == before


async def test_what_announces_too_much_is_not_read_at_all(settings):
    async with serving(changed(settings, "upload", max_bytes=100 * KIB)) as app, await signed_in(app) as api:
        body = Body()
        headers = HEADERS | {"Content-Length": str(5 * KIB * KIB)}
        answer = await api.post(SCANS, content=aiter(body), headers=headers)
        assert (answer.status_code, body.read) == (413, 0)


async def test_a_report_of_exactly_the_limit_is_taken(settings):
    report = file(reports.code(20))
    size = len(report.partition(b"\r\n\r\n")[2])
    for limit, code in ((size, 202), (size - 1, 413)):
        async with serving(changed(settings, "upload", max_bytes=limit)) as app, await signed_in(app) as api:
            answer = await api.post(SCANS, content=form(report), headers=HEADERS)
            assert answer.status_code == code


async def test_what_stands_around_the_file_is_bounded_too(settings):
    """A form may be padded before its first part and after its last; nobody has to read that for ever."""
    async with serving(changed(settings, "upload", max_bytes=KIB)) as app, await signed_in(app) as api:
        before = left(app)
        read = 0

        async def padded():
            nonlocal read
            yield form(file(reports.code(1)))
            for _ in range(100_000):
                read += KIB
                yield b" " * KIB

        answer = await api.post(SCANS, content=padded(), headers=HEADERS)
        assert answer.status_code == 413
        assert read < 1100 * KIB
        assert left(app) == before


async def test_without_the_room_that_must_stay_free_nothing_is_read(settings):
    async with serving(changed(settings, "storage", min_free=2**60)) as app, await signed_in(app) as api:
        body = Body()
        answer = await api.post(SCANS, content=aiter(body), headers=HEADERS)
        assert (answer.status_code, body.read) == (507, 0)
        assert answer.json()["type"].endswith(":storage_full")


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


async def test_a_disk_that_runs_full_keeps_nothing_and_goes_on(settings, small_disk):
    full = changed(settings, "storage", min_free=0, url=small_disk.as_uri())
    async with serving(full) as app, await signed_in(app) as api:
        answer = await api.post(SCANS, content=aiter(Body(3000)), headers=HEADERS)
        assert answer.status_code == 507
        assert left(app) == ([], [])
        small = await api.post(SCANS, content=form(file(reports.code(1))), headers=HEADERS)
        assert small.status_code == 202


@pytest.mark.long
async def test_an_upload_that_takes_its_time_holds_no_connection(settings, monkeypatch):
    """With one connection in all, others are answered meanwhile; and no transaction waits long enough to be ended."""
    monkeypatch.setattr(sessions, "REQUEST_LIMITS", TimeLimits(idle_in_transaction="300ms"))
    one = changed(settings, "database", pool_size=1, max_overflow=0, pool_timeout=2)
    async with serving(one) as app, await signed_in(app) as api:
        report = form(field("asset", "shop"), file(reports.code(20)))
        is_half = asyncio.Event()

        async def slow():
            yield report[: len(report) // 2]
            is_half.set()
            await asyncio.sleep(1.0)
            yield report[len(report) // 2 :]

        upload = asyncio.create_task(api.post(SCANS, content=slow(), headers=HEADERS))
        await is_half.wait()
        async with app.state.context.sessions.transaction() as session:
            busy = "select count(*) from pg_stat_activity where datname = current_database() and xact_start is not null"
            assert await session.scalar(text(busy)) == 1  # the one that asks
        others = await asyncio.gather(*(api.get("/api/v1/auth/me") for _ in range(3)))
        assert [each.status_code for each in others] == [200] * 3
        assert not upload.done()
        assert (await upload).status_code == 202


@pytest.mark.long
async def test_following_a_scan_needs_one_connection_at_a_time(settings):
    one = changed(settings, "database", pool_size=1, max_overflow=0, pool_timeout=2)
    async with serving(one) as app, await signed_in(app) as api:
        scan = (await api.post(SCANS, content=form(file(reports.code(1))), headers=HEADERS)).json()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.5):  # it is never imported here, so it is followed for ever
                await api.get(f"{SCANS}/{scan['id']}/events")
        assert (await api.get("/api/v1/auth/me")).status_code == 200
