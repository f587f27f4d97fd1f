"""`make check`: what becomes of tests that fail, and of those that take their process with them."""

import importlib.util
import json
from pathlib import Path

import pytest
from slipcover import Slipcover

ROOT = Path(__file__).parents[2]
PLUGINS = [f"-p{name}" for name in ("xdist", "fixtures.crashes")]
DIES = "import os\n\ndef test_before(): pass\n\ndef test_dies(): os._exit(3)\n\ndef test_after(): pass\n"
LOSES_ONCE = """
from pathlib import Path

def test_loses_once():
    seen = Path("seen")
    if not seen.exists():
        seen.touch()
        raise AssertionError
"""


@pytest.fixture
def check(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "tests"))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    spec = importlib.util.spec_from_file_location("check", ROOT / "tools" / "check.py")
    assert spec is not None
    assert spec.loader is not None
    check = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(check)
    return check


@pytest.fixture
def outcome(check, tmp_path, capfd):
    """Whether the check of these tests passes, and what it told."""

    def run(*files: str) -> tuple[bool, str]:
        for number, text in enumerate(files):
            (tmp_path / f"test_{number}.py").write_text(text)
        passed = check.run("tests", [*check.SUITE, "-n2", *PLUGINS])
        return passed, capfd.readouterr().out

    return run


@pytest.mark.long
def test_a_file_that_takes_its_process_with_it_ends_the_run_red_and_is_not_asked_again(outcome):
    passed, told = outcome(DIES, "def test_sound(): pass")
    assert not passed
    assert "crashed while running 'test_0.py::test_dies'" in told
    assert "once more, alone" not in told


@pytest.mark.long
def test_what_failed_beside_others_is_asked_once_more_alone(outcome):
    passed, told = outcome(LOSES_ONCE, "def test_sound(): pass")
    assert passed
    assert "once more, alone" in told


@pytest.mark.long
def test_what_fails_twice_fails(outcome):
    passed, told = outcome("def test_wrong(): raise AssertionError")
    assert not passed
    assert "once more, alone" in told


@pytest.mark.parametrize(("reached", "is_enough"), [([45, 43], False), ([45, 45], True)])
def test_what_the_processes_reached_together_has_to_be_enough(check, reached, is_enough):
    folder = check.COVERAGE.with_suffix("")
    folder.mkdir(parents=True)
    first = 1
    for number, lines in enumerate(reached):
        executed = range(first, first + lines)
        first += lines
        told = Slipcover().get_coverage()
        missing = sorted({*range(1, 101)} - {*executed})
        told["files"]["a.py"] = {"executed_lines": [*executed], "missing_lines": missing}
        (folder / f"gw{number}.json").write_text(json.dumps(told))
    assert check.is_covered() is is_enough
