"""The import contracts hold, and each of them catches what it forbids: broken here on purpose, one at a time."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What is planted where, and the contract that must name it.
VIOLATIONS = {
    "a lower layer imports a higher one": (
        "domain/planted.py", "import hauberk.db.base\n", "Dependencies point down"),
    "a feature imports the feature above it": (
        "features/identity/planted.py", "import hauberk.features.findings\n", "Features are ordered"),
    "a parser knows another": (
        "parsers/formats/planted.py", "import hauberk.parsers.formats.gosec\n", "Parser files do not know each other"),
    "a rule reads the database": (
        "domain/planted.py", "import sqlalchemy\n", "Parsers and rules are pure"),
    "the reading child opens a database": (
        "ingest/compare.py", "import psycopg\n", "What reads a report in the sandbox"),
    "a service speaks HTTP": (
        "features/scans/service.py", "import fastapi\n", "Only endpoints speak HTTP"),
    "an endpoint writes a query": (
        "features/scans/endpoints.py", "import sqlalchemy\n", "Only repositories and filters write queries"),
    "siblings import each other": (
        "kit/clock.py", "import hauberk.kit.page\nimport hauberk.kit.planted\n", "No cycles between siblings"),
    "a new top-level package without a place": (
        "planted/__init__.py", "", "Dependencies point down"),
}  # fmt: skip
HELPERS = {"siblings import each other": ("kit/planted.py", "import hauberk.kit.clock\n")}


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [command, "--no-cache"],
        cwd=tree,
        env={"PYTHONPATH": str(tree / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "web"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.long
def test_the_contracts_are_kept(tree):
    result = lint(tree)
    assert result.returncode == 0, result.stdout
    assert "8 kept, 0 broken" in result.stdout


@pytest.mark.long
@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_broken_contract_is_named(tree, violation):
    where, text, contract = VIOLATIONS[violation]
    for name, planted in ((where, text), HELPERS.get(violation, (where, ""))):
        path = tree / "src" / "hauberk" / name
        path.parent.mkdir(exist_ok=True)
        before = path.read_text() if path.exists() else '"""Planted."""\n\n'
        path.write_text(before + planted)
    result = lint(tree)
    assert result.returncode != 0
    assert any(contract in line and "BROKEN" in line for line in result.stdout.splitlines()) or (
        contract in result.stdout + result.stderr and "planted" in result.stdout + result.stderr
    ), result.stdout
