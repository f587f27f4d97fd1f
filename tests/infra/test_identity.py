"""PostgreSQL refuses to be root: what is done where the kernel offers no user namespace, and short socket paths."""

import os
import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest

from hauberk.infra.embedded import identity, sockets
from hauberk.infra.embedded.process import StartFailed
from hauberk.infra.embedded.servers import running
from hauberk.infra.settings.loading import read_settings

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")


@pytest.fixture
def no_namespaces(monkeypatch):
    monkeypatch.setattr(identity, "_namespace_works", lambda: False)


@pytest.fixture
def open_folder():
    folder = Path(tempfile.mkdtemp(prefix="hauberk-open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@as_root
def test_root_without_namespaces_starts_it_as_nobody_and_finds_the_data_again(no_namespaces, open_folder):
    settings = read_settings({"HAUBERK_HOME": str(open_folder / "home")}, servers=False)
    for _ in range(2):
        try:
            with running(settings, is_throwaway=True) as servers:
                psycopg.connect(servers.postgres.owner_url).close()
        except StartFailed as refused:
            pytest.skip(f"this checkout cannot be read by others: {refused}")
    assert (settings.home / "postgres").stat().st_uid == 65534
    assert (settings.home / "secrets.json").stat().st_mode & 0o077 == 0


@as_root
def test_a_folder_that_nobody_may_enter_is_named(no_namespaces, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(StartFailed, match="closed to other users"):
        identity.identity_for(closed / "home" / "postgres", Path("/usr/bin"))


def test_a_long_home_has_its_sockets_in_a_short_private_folder(tmp_path):
    home = tmp_path / ("long" * 30)
    home.mkdir()
    folder = sockets.socket_folder(home)
    try:
        assert len(str(folder)) + len("/.s.PGSQL.5432.lock") <= sockets.MAX_SOCKET_PATH
        assert folder.stat().st_mode & 0o077 == 0
        assert sockets.socket_folder(home) == folder
    finally:
        folder.rmdir()


def test_a_socket_folder_that_others_could_write_to_is_refused(tmp_path):
    folder = sockets.socket_folder(tmp_path)
    folder.chmod(0o777)
    with pytest.raises(StartFailed, match="not private"):
        sockets.socket_folder(tmp_path)
