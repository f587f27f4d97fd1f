"""`hauberk parse` and `hauberk formats`, called as a user calls them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).parents[1] / "parsers" / "samples"
GOSEC = str(SAMPLES / "gosec-json" / "two_rules.json")
SECRETS = str(SAMPLES / "sarif" / "secrets_and_packages.sarif")


def hauberk(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", f"hauberk.cli.{words[0]}", *words[1:]]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.long
def test_json_lines_hold_findings_and_then_a_summary() -> None:
    done = hauberk("parse", "--json", GOSEC)
    assert done.returncode == 0
    first, second, summary = lines(done)
    assert [first["type"], second["type"], summary["type"]] == ["finding", "finding", "summary"]
    assert {first["file"], summary["file"]} == {GOSEC}
    assert first["rule_id"] == "G101"
    assert first["locations"][0]["line"] == 12
    assert (summary["format"], summary["scanner"], summary["findings"]) == ("gosec-json", "gosec", 2)
    assert summary["problems"] == []


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"Issues": [')
    (tmp_path / "empty.json").touch()
    done = hauberk("parse", "--json", "./bad.json", "no such file", "empty.json", ".", GOSEC, cwd=tmp_path)
    assert done.returncode == 1
    *errors, summary = [line for line in lines(done) if line["type"] != "finding"]
    assert [error["file"] for error in errors] == ["./bad.json", "no such file", "empty.json", "."]
    assert all(error["type"] == "error" and error["error"].endswith((".", ")")) for error in errors)
    assert summary["type"] == "summary"


@pytest.mark.long
def test_a_format_can_be_named() -> None:
    assert hauberk("parse", "--format", "gosec-json", GOSEC).returncode == 0
    wrong = hauberk("parse", "--json", "--format", "bandit-json", GOSEC)
    assert wrong.returncode == 1
    assert lines(wrong)[0]["code"] == "schema_mismatch"


@pytest.mark.long
@pytest.mark.parametrize("words", [["--format", "no-such-format", GOSEC], ["--no-such-option", GOSEC], []])
def test_wrong_usage_is_exit_status_2(words: list[str]) -> None:
    assert hauberk("parse", *words).returncode == 2


@pytest.mark.long
def test_a_pipe_is_read_too() -> None:
    with subprocess.Popen(["cat", GOSEC], stdout=subprocess.PIPE) as writer:
        command = [sys.executable, "-m", "hauberk.cli.parse", "--json", "/dev/stdin"]
        done = subprocess.run(command, stdin=writer.stdout, capture_output=True, text=True, check=False)
    assert lines(done)[-1]["findings"] == 2


@pytest.mark.long
def test_the_value_of_a_secret_is_never_printed() -> None:
    for words in (["--json", SECRETS], [SECRETS]):
        done = hauberk("parse", *words)
        assert done.returncode == 0
        assert "AKIAIOSFODNN7EXAMPLE" not in done.stdout + done.stderr


@pytest.mark.long
def test_people_read_one_line_a_file_and_what_could_not_be_read(tmp_path: Path) -> None:
    unreadable = str(SAMPLES / "checkov-json" / "unreadable-item.json")
    (tmp_path / "bad.json").write_text("{]")
    done = hauberk("parse", GOSEC, unreadable, str(tmp_path / "bad.json"))
    assert "gosec-json, gosec 2.18.2: 2 findings (1 high, 1 medium)" in done.stdout
    assert "not read results.failed_checks[1]: it has no 'check_id'" in done.stdout
    assert "refused: " in done.stdout


@pytest.mark.long
def test_formats_are_listed_for_people_and_machines() -> None:
    table = hauberk("formats")
    assert table.returncode == 0
    assert "gosec-json" in table.stdout
    infos = {info["id"]: info for info in lines(hauberk("formats", "--json"))}
    assert infos["gosec-json"]["kinds"] == ["sast"]
    assert infos["gosec-json"]["docs"].startswith("https://")
