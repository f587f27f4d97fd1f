"""The same report as another version, or a converter, writes it: in another order, numbers as text, lists without results."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from hauberk.parsers.reading import open_report
from hauberk.parsers.sdk import Json, ReportedFinding, ReportError
from hauberk.testing.samples import case_name, named

SAMPLES = Path(__file__).parent / "samples"
KNOWN_BY_ORDER = {"humble-json": "its first section tells it, and the sections' names are in any language"}
KNOWN_BY_RESULTS = {
    "php-security-checker-json": "its keys are names of packages, and it lists none without advisories",
    "wazuh-alerts-search-json": "an index without hits answers as the one of Wazuh 4.8 does",
}
IN_JSON_ALONE = {
    "acunetix-api-json-one_in_full": "an object alone is known leniently",
    "checkmarx-osa-json-only_libraries": "so are these, by some of their keys",
    "safety-json-v1-environment_one_unreadable": "a list of lists has no names",
    "docker-bench-json-version_1_3_3": "its tool writes no whole JSON, which is read as it is meant",
}
ONE_AT_A_TIME = {
    **dict.fromkeys(("humble-json", "mozilla-observatory-json"), "the document is read at once: refused"),
    **dict.fromkeys(
        ("govulncheck-json-v0", "jfrog-simple-json", "spdx3-json"), "equal results are one there"
    ),
    "generic-findings-json": "an array of other objects might be recognised as well: refused",
}


def documents() -> list[tuple[Path, Json]]:
    found = []
    for sample in sorted(SAMPLES.glob("*/*.json")):
        try:
            found.append((sample, json.loads(sample.read_bytes())))
        except ValueError:
            continue
    return found


def count(document: Json, format_id: str | None = None) -> tuple[str, int]:
    opened = open_report(io.BytesIO(json.dumps(document).encode()), format=format_id)
    return opened.format.id, sum(isinstance(each, ReportedFinding) for each in opened.records())


def findings(document: Json) -> list[ReportedFinding]:
    opened = open_report(io.BytesIO(json.dumps(document).encode()))
    return [each for each in opened.records() if isinstance(each, ReportedFinding)]


def rewritten(value: Json, change: Callable[[Json], Json]) -> Json:
    if isinstance(value, dict):
        return change({name: rewritten(each, change) for name, each in value.items()})
    if isinstance(value, list):
        return change([rewritten(each, change) for each in value])
    return change(value)


def the_other_way_round(value: Json) -> Json:
    return dict(reversed(value.items())) if isinstance(value, dict) else value


def as_text(value: Json) -> Json:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def without_objects(value: Json) -> Json:
    return [] if isinstance(value, list) and any(isinstance(each, dict | list) for each in value) else value


@pytest.mark.long
def test_the_order_of_keys_and_numbers_as_text_change_nothing() -> None:
    for sample, document in documents():
        format_id = sample.parent.name
        with named(case_name(sample)):
            expected = format_id, count(document, format_id)[1]
            assert count(rewritten(document, as_text), format_id) == expected
            if format_id not in KNOWN_BY_ORDER:
                assert count(rewritten(document, the_other_way_round)) == expected


@pytest.mark.long
def test_the_same_report_in_yaml_says_the_same() -> None:
    for sample, document in documents():
        if case_name(sample) in IN_JSON_ALONE:
            continue
        with named(case_name(sample)):
            expected = [*open_report(io.BytesIO(sample.read_bytes())).records()]
            report = yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False).encode()
            assert [*open_report(io.BytesIO(report)).records()] == expected


@pytest.mark.long
def test_a_report_of_a_named_format_whose_lists_are_empty_is_read() -> None:
    for sample, document in documents():
        format_id = sample.parent.name
        with named(case_name(sample)):
            empty = rewritten(document, without_objects)
            if empty != document and format_id not in KNOWN_BY_RESULTS:
                assert count(empty, format_id)[1] <= count(document, format_id)[1]


def changed_at(value: Json, steps: tuple[str, ...], change: Callable[[Json], Json]) -> Json:
    """The same with the lists at these steps changed; the steps go through lists unnamed."""
    if isinstance(value, list):
        return [changed_at(each, steps, change) for each in value]
    if not isinstance(value, dict) or steps[0] not in value:
        return value
    inner = value[steps[0]]
    return value | {steps[0]: changed_at(inner, steps[1:], change) if steps[1:] else change(inner)}


@pytest.mark.parametrize(
    ("sample", "steps"),
    [
        ("csaf-json/advisory.json", ("document", "references")),
        ("csaf-json/advisory.json", ("product_tree", "branches")),
        ("csaf-json/advisory.json", ("product_tree", "relationships")),
        ("grype-json/before_0_9.json", ("matches", "artifact", "locations")),
        ("kube-bench-json/controls.json", ("Controls", "tests")),
        ("spdx3-json/security-profile.json", ("@graph", "externalIdentifier")),
        ("gitlab-dast-json/api-and-page.json", ("scan", "scanned_resources")),
    ],
)
def test_one_object_stands_for_the_list_of_which_it_is_the_only_element(
    sample: str, steps: tuple[str, ...]
) -> None:
    document = json.loads((SAMPLES / sample).read_bytes())
    expected = count(changed_at(document, steps, lambda listed: listed[:1]))
    assert expected[1] > 0
    assert count(changed_at(document, steps, lambda listed: listed[0])) == expected


@pytest.mark.parametrize(
    ("sample", "steps"),
    [
        ("cyclonedx-json/image.json", ("vulnerabilities", "ratings")),
        ("cyclonedx-json/image.json", ("vulnerabilities", "affects")),
        ("gitlab-sast-json/tracked-and-flagged.json", ("vulnerabilities", "identifiers")),
        ("openvex-json/statements.json", ("statements", "products")),
        ("retirejs-json/file-and-package.json", ("data", "results", "vulnerabilities")),
        ("zap-json/two_sites.json", ("site", "alerts", "instances")),
    ],
)
def test_one_object_says_as_much_as_the_list_in_whose_place_it_stands(
    sample: str, steps: tuple[str, ...]
) -> None:
    document = json.loads((SAMPLES / sample).read_bytes())
    expected = findings(changed_at(document, steps, lambda listed: listed[:1]))
    assert expected
    assert findings(changed_at(document, steps, lambda listed: listed[0] if listed else listed)) == expected


def test_what_is_no_element_of_the_list_it_stands_for_is_refused_all_the_same() -> None:
    document = json.loads((SAMPLES / "csaf-json" / "advisory.json").read_bytes())
    with pytest.raises(ReportError, match="unexpected shape"):
        count(changed_at(document, ("product_tree", "branches"), lambda _: "none"))


@pytest.mark.parametrize(
    ("format_id", "results"),
    [
        ("checkmarx-cxflow-json", "xissues"),
        ("codechecker-json", "reports"),
        ("dotnet-vulnerable-json", "projects"),
        ("jfrog-xray-security-json", "data"),
        ("kube-hunter-json", "vulnerabilities"),
        ("npm-audit-json", "vulnerabilities"),
        ("ptart-json", "assessments"),
        ("stackhawk-json", "scanCompleted"),
    ],
)
def test_a_report_is_recognised_by_its_results_alone(format_id: str, results: str) -> None:
    sample = next(path for path, _ in documents() if path.parent.name == format_id)
    document = json.loads(sample.read_bytes())
    assert count({results: document[results]})[0] == format_id


@pytest.mark.long
def test_several_reports_in_one_array_are_read_each_or_refused() -> None:
    read = 0
    for sample, document in documents():
        format_id = sample.parent.name
        expected = count(document, format_id)[1] if isinstance(document, dict) else 0
        if expected and format_id not in ONE_AT_A_TIME:
            with named(case_name(sample)):
                assert count([document, document]) == (format_id, 2 * expected)
                read += 1
    assert read > 200


def test_an_array_of_reports_of_different_scanners_is_refused() -> None:
    reports = {sample.parent.name: document for sample, document in documents()}
    with pytest.raises(ReportError, match="no report format that is known"):
        count([reports["bandit-json"], reports["grype-json"]])
