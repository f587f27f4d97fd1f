"""The guide of our own format says what the parsers read: its examples are read whole, no field is left out."""

import io
import json
import re
from pathlib import Path

import pytest

from hauberk.domain.finding import FindingKind
from hauberk.domain.reported import Component, ItemProblem, Location, ReportedFinding, ReportHeader
from hauberk.parsers.reading import open_report
from hauberk.parsers.registry import parsers

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "guides" / "generic-format.md").read_text(encoding="utf-8")


def example(language: str) -> bytes:
    found = re.search(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    assert found is not None
    return found[1].encode()


@pytest.mark.parametrize("language", ["json", "csv"])
def test_an_example_of_the_guide_is_read_without_a_problem(language: str) -> None:
    report = open_report(io.BytesIO(example(language)))
    records = list(report.records())
    assert report.format.id == f"hauberk-{language}"
    assert sum(isinstance(record, ReportedFinding) for record in records) == 2
    assert not [record for record in records if isinstance(record, ItemProblem)]


@pytest.mark.parametrize("language", ["json", "csv"])
def test_who_asks_for_the_format_is_led_to_the_guide(language: str) -> None:
    assert (DOCS / parsers()[f"hauberk-{language}"].info.docs).read_text(encoding="utf-8") == GUIDE


OF_VEX_DOCUMENTS = {"vex", "author", "document_id", "document_version"}
"""What only suppliers' statements have, which our own format does not take."""


@pytest.mark.parametrize("struct", [ReportedFinding, Location, Component, ReportHeader])
def test_the_guide_names_every_field(struct: type) -> None:
    named = set(re.findall(r"[`\"](\w+)[`\"]", GUIDE))
    assert set(struct.__struct_fields__) - OF_VEX_DOCUMENTS <= named  # type: ignore[attr-defined]


def test_a_finding_that_states_what_only_vex_documents_may_is_refused() -> None:
    finding = {"kind": "sca", "title": "T", "severity": "low", "vex": {"vex_status": "not_affected"}}
    report = json.dumps({"format": "hauberk", "version": 1, "findings": [finding]}).encode()
    (problem,) = [each for each in open_report(io.BytesIO(report)).records() if isinstance(each, ItemProblem)]
    assert "unknown fields vex" in problem.reason


def test_the_guide_names_every_kind() -> None:
    assert all(f"`{kind.value}`" in GUIDE for kind in FindingKind)
