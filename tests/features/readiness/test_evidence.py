"""Release evidence: written and signed by the build, and worth nothing once it, or the source, is another."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hauberk.infra.readiness import build, evidence

TOOL = Path(__file__).parents[3] / "tools" / "release_evidence.py"
SEED = "11" * 32


def run(*arguments, **environment):
    subprocess.run(
        [sys.executable, TOOL, *map(str, arguments)], check=True, env=environment, capture_output=True
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    file = tmp_path_factory.mktemp("evidence") / "release-evidence.json"
    run("write", file, HAUBERK_RELEASE_SIGNING_KEY=SEED, HAUBERK_BUILD_COMMIT="abc")
    return file


def test_what_the_build_knows_is_in_it(written):
    found = evidence.read(written)
    assert found.flaw is None
    assert found.parts["source"] == build.source_hash()
    assert found.parts["commit"] == "abc"
    components = {each["name"]: each for each in found.parts["sbom"]["python"]["components"]}
    assert components["fastapi"]["purl"].startswith("pkg:pypi/fastapi@")
    assert components["fastapi"]["hashes"]
    assert any(each["name"] == "react" for each in found.parts["sbom"]["npm"]["components"])
    assert "a key of that build" not in found.signed_by


def test_a_key_of_the_build_alone_is_said(tmp_path):
    run("write", tmp_path / "e.json")
    assert "a key of that build alone" in evidence.read(tmp_path / "e.json").signed_by


def test_a_word_that_was_changed_voids_it(written, tmp_path):
    document = json.loads(written.read_text())
    document["evidence"]["commit"] = "def"
    (tmp_path / "changed.json").write_text(json.dumps(document))
    found = evidence.read(tmp_path / "changed.json")
    assert (found.flaw, found.parts) == ("The release evidence was changed, or is not readable", {})


def test_another_source_voids_it(written, monkeypatch):
    monkeypatch.setattr(build, "source_hash", lambda: "0" * 64)
    assert evidence.read(written).flaw.startswith("Evidence of another build")


def test_another_key_than_the_trusted_one_voids_it(written):
    key = json.loads(written.read_text())["signature"]["key"]
    assert evidence.read(written, trusted_key=key).flaw is None
    assert "another key" in evidence.read(written, trusted_key="22" * 32).flaw


def test_none_is_said(tmp_path):
    assert evidence.read(tmp_path / "none.json").flaw == "This build has no release evidence"


def test_the_source_is_what_was_written_and_not_what_the_build_adds(tmp_path):
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "a.py").write_text("x = 1\n")
    before = build.hash_of(tmp_path)
    for added in ("web/index.html", "release-evidence.json", "infra/__pycache__/a.cpython-311.pyc"):
        (tmp_path / added).parent.mkdir(exist_ok=True)
        (tmp_path / added).touch()
    assert build.hash_of(tmp_path) == before
    (tmp_path / "infra" / "a.py").write_text("x = 2\n")
    assert build.hash_of(tmp_path) != before
