"""How the tree is kept: sizes, names, and what no committed file may hold."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FORBIDDEN_NAMES = {"utils", "helpers", "common", "core", "manager", "misc", "base_service"}
LIMITS = (
    # Where, at most how many lines; the first that fits counts.
    (re.compile(r"src/hauberk/db/migrations/versions/"), None),
    (re.compile(r"\.gen\.ts$"), None),
    (re.compile(r"src/hauberk/parsers/formats/.*\.py$"), 150),
    (re.compile(r"^tests/.*\.py$"), 500),
    (re.compile(r"\.py$"), 400),
    (re.compile(r"web/src/.*\.test\.tsx$"), 400),
    (re.compile(r"\.tsx$"), 250),
    (re.compile(r"\.ts$"), 400),
)


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False, text=True
    ).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def names() -> list[str]:
    found = tracked()
    if not found:
        pytest.skip("this is no git checkout")
    assert len(found) > 100
    return found


def limit_of(name: str) -> int | None:
    return next((limit for pattern, limit in LIMITS if pattern.search(name)), None)


def test_no_file_is_longer_than_a_newcomer_can_hold(names):
    too_long = {
        name: lines
        for name in names
        if (limit := limit_of(name)) is not None
        and (lines := len((ROOT / name).read_text(encoding="utf-8").splitlines())) > limit
    }
    assert too_long == {}


def test_no_module_has_a_name_that_says_nothing(names):
    code = [Path(name) for name in names if name.endswith((".py", ".ts", ".tsx"))]
    assert [str(each) for each in code if FORBIDDEN_NAMES & {each.stem, *each.parts}] == []


def test_no_committed_file_names_a_package_registry(names):
    # Written apart, so that this file is not its own finding.
    hosts = re.compile(r"(files\.pythonhosted|py" r"pi|registry\.npm" r"js|deb\.deb" r"ian)\.(org|com)")
    assert [name for name in names if hosts.search(_text(name))] == []


def test_no_committed_file_holds_a_path_of_one_machine(names):
    paths = re.compile(r"(^|[^A-Za-z0-9_/.-])/(work|farm|home|Users)/[a-z]")
    assert [name for name in names if paths.search(_text(name))] == []


def test_only_the_session_module_commits(names):
    commits = re.compile(r"\.commit\(\)")
    allowed = {"src/hauberk/db/session.py"}
    assert [name for name in names if name.startswith("src/") and commits.search(_text(name))] == sorted(
        allowed
    )


def test_no_engine_begins_a_transaction_of_its_own(names):
    """The server's driver begins nothing by itself, so that what an engine "begins" would be committed piece by piece."""
    begun = re.compile(r"\bengine\.begin\(")
    found = [name for name in names if name.startswith("src/") and begun.search(_text(name))]
    assert found == ["src/hauberk/db/migrate.py"]  # its engine is the owner's, and synchronous


def test_every_python_module_says_what_it_is(names):
    silent = [
        name
        for name in names
        if name.startswith("src/")
        and name.endswith(".py")
        and (text := _text(name).strip())
        and not text.startswith(('"""', "#!"))
    ]
    assert silent == []


def _text(name: str) -> str:
    try:
        return (ROOT / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""
