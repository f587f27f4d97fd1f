"""Another package's format: the files of the guide, installed beside Hauberk, are found, read and proved."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "bring-your-own-format.md"
FILE = re.compile(r"^`([\w./-]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FORGETS_NOTHING = 'rule_id=f"{READINGS.append(1)}{len(READINGS)}"'
SAMPLE = "tests/samples/acme-scan-json/two_alerts.json"


def install(folder: Path, name: str, *points: str) -> None:
    """The metadata that an installer writes for a package."""
    installed = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("\n".join(("[hauberk.parsers]", *points)))


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guide's package, installed."""
    folder = tmp_path_factory.mktemp("acme")
    for name, text in FILE.findall(GUIDE.read_text(encoding="utf-8")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    declared = re.search(
        r'\[project\.entry-points\."hauberk.parsers"\]\n(.+)', (folder / "pyproject.toml").read_text()
    )
    assert declared is not None
    install(folder, "acme-hauberk", declared.group(1).replace('"', ""))
    return folder


def run(package: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=package,
        # Of pytest's plugins only the one that is named: each that is found takes as long as the package's own tests.
        env={**os.environ, "PYTHONPATH": str(package), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.long
def test_its_format_is_listed_and_its_report_recognised(package):
    listed = run(package, "-m", "hauberk", "formats", "--json").stdout
    assert "acme-scan-json" in [json.loads(line)["id"] for line in listed.splitlines()]
    parsed = run(package, "-m", "hauberk", "parse", "--json", SAMPLE).stdout
    *findings, summary = map(json.loads, parsed.splitlines())
    assert [finding["severity"] for finding in findings] == ["critical", "low"]
    assert (summary["format"], summary["header"]["tool_version"]) == ("acme-scan-json", "4.2.0")


@pytest.mark.long
def test_the_kit_proves_it_and_finds_what_is_wrong(package):
    pytest_ = ("-m", "pytest", "-q", "-p", "hauberk.testing.plugin", "-p", "no:cacheprovider", "tests")
    missing = run(package, *pytest_, "-k", "golden")
    assert "two_alerts.golden.jsonl is missing: run pytest with --rewrite-goldens" in missing.stdout
    assert run(package, *pytest_, "--rewrite-goldens").returncode == 0

    parser = package / "acme_hauberk" / "__init__.py"
    sound = parser.read_text()
    parser.write_text(
        sound.replace('rule_id=sdk.text(alert["check"])', 'rule_id=alert["name"].title().lower')
    )
    broken = run(package, *pytest_, "-k", "golden")
    parser.write_text("READINGS = []\n" + sound.replace('rule_id=sdk.text(alert["check"])', FORGETS_NOTHING))
    unsteady = run(package, *pytest_, "-k", "known_again")
    parser.write_text(sound)
    assert "counts_for_its_own_scope_and_moment[acme-scan-json-two_alerts]" in unsteady.stdout
    assert "Case: 20 at once" in unsteady.stdout
    assert "test_a_sample_reads_as_its_golden_file_says[acme-scan-json-two_alerts]" in broken.stdout


DECLARED = """
from hauberk.parsers import sdk
import json

@sdk.parser(id="{id}", scanner="Clumsy", docs="https://example.com", kinds=[sdk.DAST], sniff={sniff})
def read(report):
    {body}
"""
SOUND = {"id": "clumsy-json", "sniff": 'sdk.JsonKeys("clumsy")', "body": "yield sdk.ReportHeader(asset='a')"}


def module(**other: str) -> str:
    return DECLARED.format(**{**SOUND, **other})


@pytest.fixture(scope="module")
def clumsy(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Beside the guide's package one whose author makes every mistake that there is before a report is read."""
    folder = tmp_path_factory.mktemp("clumsy")
    modules = {
        "a_sound": module(sniff='lambda probe: 1 // (b"no such word" in probe.text)'),
        "b_taken": module(id="trivy-json"),
        "c_again": module(),
        "d_broken": "import no_such_library\n",
        "e_ends": "print('no JSON')\nraise SystemExit(3)\n",
        "f_empty": "from hauberk.parsers import sdk\nfrom hauberk.parsers.formats.gosec import gosec\n",
        "g_function": "def read(item): ...\n",
        "h_named": module(id="Clumsy JSON"),
        "i_no_look": module(sniff='"clumsy"'),
    }
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text)
    points = [f"{name} = {name}{':read' if name == 'g_function' else ''}" for name in modules]
    install(folder, "clumsy-hauberk", *points, "j_missing = j_missing")
    return folder


def run_with(clumsy: Path, package: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hauberk", *command],
        cwd=package,
        env={**os.environ, "PYTHONPATH": f"{clumsy}:{package}"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.long
def test_what_is_wrong_with_a_package_is_told_and_costs_no_other_format(package, clumsy):
    done = run_with(clumsy, package, "parse", "--json", SAMPLE)
    *_, summary = map(json.loads, done.stdout.splitlines())
    assert (summary["format"], summary["findings"]) == ("acme-scan-json", 2)
    named = ("parse", "--json", "--format", "clumsy-json", SAMPLE)
    assert json.loads(run_with(clumsy, package, *named).stdout)["format"] == "clumsy-json"
    told = [line.split("entry point ", 1)[1] for line in done.stderr.splitlines() if "Left out" in line]
    assert [line.partition(" = ")[0].strip("“") for line in told] == [
        *("b_taken", "c_again", "d_broken", "e_ends", "f_empty", "g_function", "h_named", "i_no_look"),
        "j_missing",
    ]
    assert "“trivy-json” is Hauberk's own" in told[0]
    assert "“clumsy-json” is that of another parser" in told[1]
    assert "No module named 'no_such_library'" in told[2]
    assert "SystemExit: 3" in told[3]
    assert "there is no parser in the module" in told[4]
    assert "the function “read”, not to a parser" in told[5]
    assert "'Clumsy JSON' is no id of a format" in told[6]
    assert "sniff is str" in told[7]
