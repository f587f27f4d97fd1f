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


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guide's package with the metadata that an installer writes for it."""
    folder = tmp_path_factory.mktemp("acme")
    for name, text in FILE.findall(GUIDE.read_text(encoding="utf-8")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    installed = folder / "acme_hauberk-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-hauberk\nVersion: 1.0\n")
    declared = re.search(r'\[project\.entry-points\."(.+)"\]\n(.+)', (folder / "pyproject.toml").read_text())
    assert declared is not None
    group, point = declared.groups()
    (installed / "entry_points.txt").write_text(f"[{group}]\n{point.replace(chr(34), '')}\n")
    return folder


def run(package: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=package,
        env={**os.environ, "PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_its_format_is_listed_and_its_report_recognised(package):
    listed = run(package, "-m", "hauberk", "formats", "--json").stdout
    assert "acme-scan-json" in [json.loads(line)["id"] for line in listed.splitlines()]
    parsed = run(package, "-m", "hauberk", "parse", "--json", SAMPLE).stdout
    *findings, summary = map(json.loads, parsed.splitlines())
    assert [finding["severity"] for finding in findings] == ["critical", "low"]
    assert (summary["format"], summary["header"]["tool_version"]) == ("acme-scan-json", "4.2.0")


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
    unsteady = run(package, *pytest_, "-k", "counts_for_its_own")
    parser.write_text(sound)
    assert "counts_for_its_own_scope_and_moment[acme-scan-json-two_alerts]" in unsteady.stdout
    assert "Case: 20 at once" in unsteady.stdout
    assert "test_a_sample_reads_as_its_golden_file_says[acme-scan-json-two_alerts]" in broken.stdout
