"""The release before this one is found where a person or the history says it is, and nothing else is taken for it."""

import subprocess
import zipfile

import pytest

from hauberk.infra.delivery import previous
from hauberk.kit.errors import NotFound


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A small history: a release, a migration after it."""
    root = tmp_path / "checkout"
    versions = root / "src/hauberk/db/migrations/versions"
    versions.mkdir(parents=True)

    def git(*arguments):
        name = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
        subprocess.run(["git", *name, *arguments], cwd=root, check=True, capture_output=True)

    def commit(file, text):
        (root / file).write_text(text)
        git("add", ".")
        git("commit", "-m", text)

    git("init")
    commit("src/hauberk/__init__.py", "the first release")
    commit("src/hauberk/db/migrations/versions/0002_more.py", "a migration")
    monkeypatch.setattr(previous, "checkout", lambda: root)
    return git


def first_line(folder):
    return (folder / "hauberk" / "__init__.py").read_text()


def settings_naming(settings, name):
    return settings.model_copy(update={"release": settings.release.model_copy(update={"previous": name})})


def test_before_the_first_release_it_is_the_commit_before_the_newest_migration(checkout, settings, tmp_path):
    previous.unpack_previous(settings, tmp_path)
    assert first_line(tmp_path) == "the first release"
    assert not (tmp_path / "hauberk" / "db").exists()


def test_later_it_is_the_newest_release_tag_before_this_commit(checkout, settings, tmp_path):
    checkout("tag", "v0.9.0", "HEAD^")
    checkout("tag", "v0.10.0", "HEAD^")
    checkout("tag", "v1.0.0")
    assert previous.unpack_previous(settings, tmp_path) == "v0.10.0"


def test_a_wheel_or_a_commit_that_is_named_is_taken(checkout, settings, tmp_path):
    with zipfile.ZipFile(tmp_path / "hauberk-0.0.9-py3-none-any.whl", "w") as wheel:
        wheel.writestr("hauberk/__init__.py", "from a wheel")
    named = settings_naming(settings, str(tmp_path / "hauberk-0.0.9-py3-none-any.whl"))
    assert previous.unpack_previous(named, tmp_path / "one") == "hauberk-0.0.9-py3-none-any.whl"
    assert first_line(tmp_path / "one") == "from a wheel"
    previous.unpack_previous(settings_naming(settings, "HEAD^"), tmp_path)
    assert first_line(tmp_path) == "the first release"


@pytest.mark.parametrize("name", ["v9.9.9", "--output=x", "missing.whl"])
def test_one_that_is_not_there_is_said(checkout, settings, tmp_path, name):
    with pytest.raises(NotFound, match="HAUBERK_RELEASE_PREVIOUS"):
        previous.unpack_previous(settings_naming(settings, name), tmp_path)


def test_an_installed_copy_has_no_history_to_look_in(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(previous, "checkout", lambda: None)
    with pytest.raises(NotFound):
        previous.unpack_previous(settings, tmp_path)
