"""The documents point to what exists: every relative link, every make target and every command they name."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "bench").glob("*.md")])
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")
COMMAND = re.compile(r"(?<!helm upgrade )\bhauberk ([a-z][a-z-]+)")
TARGET = re.compile(r"\bmake ([a-z][a-z0-9-]+)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document):
    links = LINK.findall(document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def code_of(document: Path) -> str:
    """What is set as code: prose may use the same words."""
    text = document.read_text(encoding="utf-8")
    return "\n".join([*re.findall(r"```.*?```", text, flags=re.DOTALL), *re.findall(r"`[^`\n]+`", text)])


def test_every_command_exists():
    shown = subprocess.run(
        [sys.executable, "-m", "hauberk", "--help"], capture_output=True, text=True, check=True
    ).stdout
    known = set(re.findall(r"^  ([a-z-]+) ", shown, flags=re.MULTILINE))
    assert {"up", "upload", "parse"} <= known
    named = {
        (document.name, command)
        for document in DOCUMENTS
        for command in COMMAND.findall(code_of(document))
        if command not in known
    }
    assert named == set()


def test_every_make_target_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    known = set(re.findall(r"^([a-z0-9-]+):", makefile, flags=re.MULTILINE))
    named = {
        (document.name, target)
        for document in DOCUMENTS
        for target in TARGET.findall(code_of(document))
        if target not in known
    }
    assert named == set()


def test_every_decision_is_in_the_index():
    index = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    decisions = [path.name for path in (ROOT / "docs" / "adr").glob("0*.md")]
    assert len(decisions) >= 12
    assert [name for name in decisions if name not in index] == []
