"""Storage: durable when written, nothing kept of what was refused, and no key leads out of the folder."""

import errno
import hashlib
import os

import pytest
from obstore.store import MemoryStore

from hauberk.infra.settings.loading import read_settings
from hauberk.infra.storage import open_storage
from hauberk.infra.storage.local import LocalStorage
from hauberk.infra.storage.objects import ObjectStorage
from hauberk.kit.errors import NotFound, StorageFull, TooLarge

pytestmark = pytest.mark.anyio

BODY = os.urandom(3_500_000)
MEBIBYTE = 1024 * 1024


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture(params=["local", "objects"])
def storage(request, tmp_path):
    return LocalStorage(tmp_path / "kept") if request.param == "local" else ObjectStorage(MemoryStore())


async def chunks(body, size=100_000):
    for start in range(0, len(body), size):
        yield body[start : start + size]


async def test_what_was_written_is_read_again(storage):
    stored = await storage.write(chunks(BODY), limit=len(BODY))
    assert stored.size_bytes == len(BODY)
    assert stored.sha256 == hashlib.sha256(BODY).hexdigest()
    assert b"".join([chunk async for chunk in storage.read(stored.key)]) == BODY
    assert await storage.exists(stored.key)
    assert storage.keys() == [stored.key]


async def test_a_job_reads_it_as_a_local_file(storage):
    stored = await storage.write(chunks(BODY), limit=len(BODY))
    with storage.open_local(stored.key) as path:
        assert path.read_bytes() == BODY


async def test_a_local_file_is_kept(storage, tmp_path):
    (tmp_path / "report").write_bytes(BODY)
    stored = storage.write_file(tmp_path / "report")
    assert stored.sha256 == hashlib.sha256(BODY).hexdigest()
    with storage.open_local(stored.key) as path:
        assert path.read_bytes() == BODY


async def test_one_byte_too_many_is_refused_and_nothing_is_kept(storage):
    with pytest.raises(TooLarge):
        await storage.write(chunks(BODY), limit=len(BODY) - 1)
    assert storage.keys() == []


async def test_an_upload_that_breaks_off_leaves_nothing(storage, tmp_path):
    async def broken():
        yield b"x" * MEBIBYTE
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await storage.write(broken(), limit=10 * MEBIBYTE)
    assert storage.keys() == []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_deleted_is_gone_and_may_be_deleted_again(storage):
    stored = await storage.write(chunks(b"x"), limit=1)
    await storage.delete(stored.key)
    storage.delete_now(stored.key)
    assert not await storage.exists(stored.key)
    with pytest.raises(NotFound):
        _ = [chunk async for chunk in storage.read(stored.key)]
    with pytest.raises(NotFound), storage.open_local(stored.key):
        pass


@pytest.mark.parametrize("key", ["../secrets.json", "/etc/passwd", "2026/11/22/..", ""])
async def test_a_key_never_leads_out_of_the_folder(tmp_path, key):
    with pytest.raises(NotFound), LocalStorage(tmp_path).open_local(key):
        pass


async def test_a_full_disk_is_said_as_such_and_leaves_nothing(tmp_path, monkeypatch):
    storage = LocalStorage(tmp_path)

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull):
        await storage.write(chunks(BODY), limit=len(BODY))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_files_are_for_their_owner_only(tmp_path):
    storage = LocalStorage(tmp_path / "kept")
    stored = await storage.write(chunks(b"x"), limit=1)
    with storage.open_local(stored.key) as path:
        assert path.stat().st_mode & 0o077 == 0
    assert storage.free_bytes() > 0


async def test_the_home_is_the_storage_when_none_is_set(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "a home with a space"
    storage = open_storage(read_settings({"HAUBERK_HOME": str(home)}))
    await storage.write(chunks(b"x"), limit=1)
    assert len(list((home / "storage").glob("*/*/*/*"))) == 1
