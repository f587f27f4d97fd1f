"""An item that another version of a scanner wrote, or another tool converted: what has another shape costs only itself."""

import json
from typing import Any

import pytest

from fixtures.reports import of_items, report
from hauberk.domain.reported import ItemProblem, ReportedFinding
from hauberk.domain.severity import Severity
from hauberk.parsers import sdk

SOUND = {"message": "Weak hash", "rule": {"id": "H1"}, "file": "a.py:3", "meta": {"tags": ["crypto"]}}


@of_items(sdk.SAST)
def x(issue: sdk.Json) -> sdk.Findings:
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=issue["message"],
        severity=Severity.LOW,
        rule_id=issue["rule"]["id"],
        locations=(sdk.Location(path=issue["file"].split(":")[0]),),
        tags=sdk.texts(issue["meta"].get("tags") or ()),
    )


def read(**said: Any) -> Any:
    (record,) = x.records(report(json.dumps({"r": [{**SOUND, **said}]})))
    return record


def told(found: ReportedFinding) -> tuple[str, str | None, str | None, tuple[str, ...]]:
    return found.title, found.rule_id, found.locations[0].path if found.locations else None, found.tags


@pytest.mark.parametrize(
    ("said", "lacks"),
    [
        ({}, ("H1", "a.py", ("crypto",))),
        ({"rule": "H1"}, (None, "a.py", ("crypto",))),
        ({"file": 7}, ("H1", None, ("crypto",))),
        ({"meta": "crypto"}, ("H1", "a.py", ())),
        ({"rule": 1, "file": {}, "meta": []}, (None, None, ())),
    ],
)
def test_what_has_another_shape_is_left_out_and_nothing_else(said: dict[str, Any], lacks: Any) -> None:
    assert told(read(**said)) == ("Weak hash", *lacks)


def test_a_list_in_the_place_of_one_value_gives_its_first() -> None:
    found = read(rule=[{"id": "H1"}], file=["a.py:3"], meta=[{"tags": ["crypto"]}])
    assert told(found) == ("Weak hash", "H1", "a.py", ("crypto",))


def test_what_is_no_result_without_it_stays_a_problem() -> None:
    assert isinstance(read(message={"text": "Weak hash"}, rule=None), ItemProblem)
    assert isinstance(read(message=None, rule=None, meta=7), ItemProblem)


def test_of_an_item_with_several_results_the_rest_is_read_after_one_with_another_shape() -> None:
    @of_items(sdk.SAST)
    def several(file: sdk.Json) -> sdk.Findings:
        for each in file["issues"]:
            yield from x.function(each)

    issues = [SOUND, {**SOUND, "message": "Weak key", "rule": "H2"}, {**SOUND, "message": "Weak mode"}]
    records = list(several.records(report(json.dumps({"r": [{"issues": issues}]}))))
    assert [(each.title, each.rule_id) for each in records if isinstance(each, ReportedFinding)] == [
        ("Weak hash", "H1"),
        ("Weak key", None),
        ("Weak mode", "H1"),
    ]
    assert len(records) == 3


def test_an_item_that_cannot_be_read_is_tried_a_few_times_and_no_more() -> None:
    tries = 0

    def stubborn(item: sdk.Json) -> sdk.Findings:
        nonlocal tries
        tries += 1
        yield from ()
        raise TypeError([item.get(name) for name in item])

    (record,) = sdk.each([{str(number): "word" for number in range(50)}], stubborn, "r")
    assert isinstance(record, ItemProblem)
    assert tries < 12
