"""Readiness of the configuration: its files beside the product, and that wrong settings are refused (CFG rows)."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import hauberk
from fixtures.readiness import answer_of
from hauberk.features.readiness.checks import configuration
from hauberk.infra.readiness import Result

pytestmark = pytest.mark.anyio


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """Where the check believes the product to lie; only what a test puts there is there."""
    package = tmp_path / "src" / "hauberk"
    package.mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()
    init = package / "__init__.py"
    monkeypatch.setattr("hauberk.features.readiness.checks.configuration.hauberk.__file__", str(init))
    return tmp_path


@pytest.fixture
def repository(checkout):
    """One that is git's own, too."""
    subprocess.run(["git", "init", "--quiet"], cwd=checkout, check=True)
    return checkout


@pytest.mark.parametrize(("row", "text"), [("CFG-2", "#HAUBERK_GONE=1"), ("CFG-3", "*.pyc")])
@pytest.mark.breaks("CFG-2", "CFG-3")
async def test_files_that_are_wrong_fail(probe, checkout, row, text):
    for path in (
        checkout / "src" / "hauberk" / "__init__.py",
        checkout / ".env.example",
        checkout / ".gitignore",
    ):
        path.write_text(text)
    assert (await answer_of(probe, row)).result in (Result.FAIL, Result.WARN)


@pytest.mark.long
@pytest.mark.breaks("CFG-2")
async def test_a_default_that_is_no_more_the_settings_own_fails(probe, checkout):
    """Somebody edited what is generated."""
    root = Path(hauberk.__path__[0]).parents[1]
    (checkout / "tools").mkdir()
    shutil.copy(root / "tools" / "generate_env_example.py", checkout / "tools")
    example = (root / ".env.example").read_text()
    (checkout / ".env.example").write_text(example)
    assert (await answer_of(probe, "CFG-2")).result is Result.PASS
    (checkout / ".env.example").write_text(example.replace("#HAUBERK_PORT=8000", "#HAUBERK_PORT=9999"))
    assert "not what the settings are" in (await answer_of(probe, "CFG-2")).evidence


async def test_what_git_holds_is_not_passed_where_git_does_not_say(probe, checkout, monkeypatch):
    """As in a folder that is another user's, which git refuses to read."""
    (checkout / ".gitignore").write_text(".env\n")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(checkout.parent))
    assert (await answer_of(probe, "CFG-3")).result is Result.SKIP


@pytest.mark.breaks("CFG-3")
@pytest.mark.parametrize(("exception", "taken"), [("!.env", ".env"), ("!/web/.env", "web/.env")])
async def test_a_later_line_that_makes_an_exception_of_it_fails(probe, repository, exception, taken):
    (repository / ".gitignore").write_text(".env\n")
    assert (await answer_of(probe, "CFG-3")).result is Result.PASS
    (repository / ".gitignore").write_text(f".env\n{exception}\n")
    found = (await answer_of(probe, "CFG-3")).evidence
    assert "git would take" in found
    assert taken in found


STARTS = {
    "accepts them": "import time; time.sleep(60)",
    "ends as if all were well": "",
    "falls over": "raise SystemExit(1)",
    "tells of the first alone": "import sys; sys.exit(sys.stderr.write('HAUBERK_PORT is no port') and 2)",
}


@pytest.mark.long
@pytest.mark.breaks("CFG-4")
@pytest.mark.parametrize("start", STARTS)
async def test_a_start_that_accepts_wrong_settings_or_tells_of_some_alone_fails(probe, monkeypatch, start):
    assert (await answer_of(probe, "CFG-4")).result is Result.PASS
    monkeypatch.setattr(configuration, "_START", (sys.executable, "-c", STARTS[start]))
    monkeypatch.setattr(configuration, "_START_SECONDS", 1.0)
    assert (await answer_of(probe, "CFG-4")).result is Result.FAIL
