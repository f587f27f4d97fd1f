"""The commands of the operations pages work as they stand there: those of blocks marked `sh run` are run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.typed import script_in

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```sh run\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = sorted(path for path in (ROOT / "docs/operations").glob("*.md") if BLOCK.search(path.read_text()))


@pytest.fixture
def machine(tmp_path, tmp_path_factory, fresh_database, queue_url, cache_url):
    """A machine where Hauberk is installed, with an empty home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HAUBERK_")}
    return {
        **kept,
        "PATH": f"{script_in(tmp_path_factory.mktemp('bin')).parent}:{Path(sys.executable).parent}:{kept['PATH']}",
        "HAUBERK_ENVIRONMENT": "test",
        "HAUBERK_HOME": str(tmp_path / "home"),
        "HAUBERK_DATABASE_URL": fresh_database.url,
        "HAUBERK_DATABASE_OWNER_URL": fresh_database.owner_url,
        "HAUBERK_DATABASE_BACKUP_URL": fresh_database.backup_url,
        "HAUBERK_QUEUE_URL": queue_url,
        "HAUBERK_CACHE_URL": cache_url,
    }


@pytest.mark.long
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_a_page_work(page, machine, tmp_path):
    for block in BLOCK.findall(page.read_text()):
        ended = subprocess.run(
            ["sh", "-eu"], input=block, cwd=tmp_path, env=machine, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, f"{block}\n{ended.stdout}{ended.stderr}"


def test_there_are_pages_whose_commands_are_run():
    assert {
        "install",
        "configure",
        "secure",
        "on-call",
        "upgrade",
        "backup-and-restore",
        "roll-back",
        "rotate-secrets",
    } <= {each.stem for each in PAGES}


def test_every_file_that_a_page_names_is_there():
    for page in (ROOT / "docs/operations").glob("*.md"):
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} names {target}"
