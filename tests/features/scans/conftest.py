"""Uploads through the application, and a worker that imports them."""

import asyncio
from functools import partial

import pytest

from factories import reports
from factories.forms import HEADERS, field, file, form
from factories.working import working
from hauberk.jobs.queues import Queue

SCANS = "/api/v1/scans"


@pytest.fixture
def work(settings):
    """`await work()`: imports what was accepted, while the application goes on answering."""
    with working(settings) as worker:
        yield partial(asyncio.to_thread, worker, Queue.IMPORT)


@pytest.fixture
def send(api):
    """`await send(report, asset="shop")`: the accepted scan."""

    async def upload(report, *, client=api, **fields):
        parts = [
            field(name, value) for name, value in ({"asset": "shop"} | fields).items() if value is not None
        ]
        answer = await client.post(SCANS, content=form(*parts, file(report)), headers=HEADERS)
        assert answer.status_code == 202, answer.text
        return answer.json()

    return upload


@pytest.fixture
def scanned(api, send, work):
    """`await scanned(report, asset="shop")`: the scan once it was imported."""

    async def upload(report, **fields):
        scan = await send(report, **fields)
        await work()
        return (await api.get(f"{SCANS}/{scan['id']}")).json()

    return upload


@pytest.fixture
def stored(context):
    """What is in the storage now: keys, and drafts that were never finished."""
    drafts = context.storage.folder / ".drafts"
    return lambda: (context.storage.keys(), [each.name for each in drafts.glob("*")])


@pytest.fixture
def total(api):
    async def count(query="is:open"):
        return (await api.get("/api/v1/findings", params={"q": query})).json()["total"]

    return count


@pytest.fixture
def order(api, work):
    """`await order(scan, "undo", dry_run=True)`: the scan that the answer named, once the job is done."""

    async def carried_out(scan, act, **wanted):
        answer = await api.post(f"{SCANS}/{scan['id']}/{act}", json=wanted)
        assert answer.status_code == 202, answer.text
        assert answer.json()["state"] == "accepted"
        await work()
        return (await api.get(f"{SCANS}/{answer.json()['id']}")).json()

    return carried_out


@pytest.fixture
async def held(scanned):
    """A held scan: it would close 10 of 40."""
    await scanned(reports.code(40))
    scan = await scanned(reports.code(40, skip=tuple(range(10))))
    assert scan["state"] == "held"
    return scan


@pytest.fixture
def found(api):
    """`await found()`: the triage of every open or decided finding by its component's number."""

    async def triages(asset="shop"):
        answer = await api.get("/api/v1/findings", params={"q": f"is:active asset:{asset}", "limit": 200})
        return {
            int(each["components"][0]["name"].rpartition("-")[2]): each for each in answer.json()["items"]
        }

    return triages
