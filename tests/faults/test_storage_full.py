"""A storage without room: the upload is refused in words and leaves nothing; with room again it is taken."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text

from factories import reports
from faults.figures import FIGURES
from faults.reference import Sent
from fixtures.api import browser, new_organization, serving, unlimited
from fixtures.servers import make_settings

pytestmark = pytest.mark.anyio
ROOM = 128 * 1024


@pytest.fixture
def storage(small_disk, tmp_path):
    with small_disk(tmp_path / "storage", ROOM) as folder:
        yield folder


@pytest.fixture
async def opened(fresh_database, queue_url, cache_url, tmp_path, storage) -> AsyncIterator[tuple]:
    """A client of an application that has only that storage, and that application's context."""
    settings = make_settings(
        tmp_path / "home",
        fresh_database.owner_url,
        fresh_database.url,
        queue_url,
        cache_url,
        HAUBERK_STORAGE_URL=f"file://{storage}",
        HAUBERK_STORAGE_MIN_FREE="0",
    )
    async with serving(unlimited(settings)) as app:
        member = await new_organization(app.state.context)
        async with browser(app, **member.headers) as client:
            yield client, app.state.context, member.organization_id


async def test_an_upload_that_does_not_fit_is_refused_and_leaves_nothing(opened, storage):
    client, context, organization_id = opened
    large, small = Sent(reports.code(1_500)), Sent(reports.code(10))
    assert len(large.bytes) > ROOM > len(small.bytes)
    refused = await _upload(client, large)
    assert refused.status_code == 507
    assert refused.json()["type"] == "urn:hauberk:problem:storage_full"
    assert _files(storage) == []
    async with context.sessions.transaction(organization_id) as session:
        for table in ("scan", "job", "asset"):
            assert await session.scalar(text(f"select count(*) from {table}")) == 0
    accepted = await _upload(client, small)
    assert accepted.status_code == 202
    assert len(_files(storage)) == 1
    FIGURES.faults += 1
    FIGURES.accepted += 1


async def test_a_storage_that_others_filled_takes_uploads_again_once_there_is_room(opened, storage):
    client, _, _ = opened
    ballast = storage / "ballast"
    with pytest.raises(OSError, match="No space left"):
        ballast.write_bytes(b"x" * (ROOM * 2))
    sent = Sent(reports.code(10))
    refused = await _upload(client, sent, key="the same")
    assert refused.status_code == 507
    ballast.unlink()
    accepted = await _upload(client, sent, key="the same")
    assert accepted.status_code == 202
    assert (await _upload(client, sent, key="the same")).json()["id"] == accepted.json()["id"]
    assert len(_files(storage)) == 1
    FIGURES.faults += 1
    FIGURES.accepted += 1


async def _upload(client: httpx2.AsyncClient, sent: Sent, key: str | None = None) -> httpx2.Response:
    return await client.post(
        "/api/v1/scans",
        data={"asset": sent.asset or ""},
        files={"file": ("report.json", sent.bytes)},
        headers={"Idempotency-Key": key} if key else {},
    )


def _files(storage: Path) -> list[Path]:
    return [path for path in storage.rglob("*") if path.is_file()]
