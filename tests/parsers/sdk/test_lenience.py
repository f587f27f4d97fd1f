"""What exports, versions and hands change is forgiven, once no format fits as it is declared."""

import io
import json

import pytest

from fixtures.reports import of_items, report
from hauberk.parsers import sdk
from hauberk.parsers.reading import open_report

GITLEAKS = {
    "RuleID": "aws-access-token",
    "Description": "AWS",
    "Match": "key = AKIA",
    "Secret": "AKIA",
    "File": "deploy/env.sh",
    "StartLine": 3,
    "Commit": "c0ffee",
}
TRUFFLEHOG = {
    "SourceMetadata": {"Data": {"Git": {"file": "a.env", "line": 2, "commit": "c0ffee"}}},
    "SourceType": 16,
    "DetectorName": "AWS",
    "Verified": True,
    "Raw": "AKIA",
}


def read(data: str) -> tuple[str, list[sdk.ReportedFinding]]:
    opened = open_report(io.BytesIO(data.encode()))
    return opened.format.id, [each for each in opened.records() if isinstance(each, sdk.ReportedFinding)]


def test_a_list_whose_first_elements_say_little_is_recognised_by_a_later_one() -> None:
    clean = {"ok": True, "vulnerabilities": [], "projectName": "clean"}
    found = {"id": "SNYK-1", "title": "XSS", "name": "a", "version": "1", "semver": {}, "identifiers": {}}
    format_id, findings = read(json.dumps([clean, {"ok": False, "vulnerabilities": [found]}]))
    assert (format_id, len(findings)) == ("snyk-json", 1)


def test_one_object_alone_or_a_line_each_is_read_as_the_list_of_them() -> None:
    for text in (json.dumps(GITLEAKS, indent=1), f"{json.dumps(GITLEAKS)}\n{json.dumps(GITLEAKS)}\n"):
        format_id, findings = read(text)
        assert format_id == "gitleaks-json"
        assert {each.locations[0].path for each in findings} == {"deploy/env.sh"}
        assert len(findings) == text.count("RuleID")


def test_one_object_is_read_where_a_parser_of_the_whole_report_walks_a_list() -> None:
    control = {
        "node_type": "node",
        "text": "Worker nodes",
        "tests": [
            {"results": [{"test_number": "4.1.1", "test_desc": "Permissions of kubelet", "status": "FAIL"}]}
        ],
    }
    for text in (json.dumps(control, indent=1), f"{json.dumps(control)}\n{json.dumps(control)}\n"):
        format_id, findings = read(text)
        assert (format_id, len(findings)) == ("kube-bench-json", text.count("FAIL"))


def test_the_only_result_may_stand_where_a_list_of_them_is_declared() -> None:
    place = {"file": "app/login.py", "start_line": 3}
    found = {"name": "SQL injection", "severity": "High", "location": place, "identifiers": []}
    format_id, (finding,) = read(json.dumps({"version": "15.0.0", "vulnerabilities": found}))
    assert (format_id, finding.title) == ("gitlab-sast-json", "SQL injection")
    assert [(each.path, each.line) for each in finding.locations] == [("app/login.py", 3)]


def test_json_lines_that_were_printed_prettily_are_read() -> None:
    format_id, findings = read("\n".join([json.dumps(TRUFFLEHOG, indent=2)] * 2))
    assert (format_id, len(findings)) == ("trufflehog-json", 2)


def test_pages_of_objects_are_read_as_the_objects() -> None:
    format_id, findings = read(json.dumps([[TRUFFLEHOG], [], [TRUFFLEHOG, TRUFFLEHOG]]))
    assert (format_id, len(findings)) == ("trufflehog-json", 3)


def test_one_object_stands_for_the_list_of_them_within_an_item() -> None:
    place = {"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::logs"}
    package = {"Name": "openssl", "Version": "3.0", "FixedInVersion": "3.1"}
    known = {
        "Id": "CVE-2024-1234",
        "VulnerablePackages": package,
        "Cvss": {"BaseScore": 7.5, "Version": "3.1"},
    }
    finding = {
        "SchemaVersion": "2018-10-08",
        "Id": "1",
        "ProductArn": "arn:aws:x::product/aws/inspector",
        "GeneratorId": "g",
        "Title": "Old OpenSSL",
        "Resources": place,
        "Vulnerabilities": known,
    }
    format_id, (found,) = read(json.dumps({"Findings": [finding]}))
    assert format_id == "asff-json"
    assert found.identifiers == ("CVE-2024-1234",)
    assert [each.resource for each in found.locations] == ["arn:aws:s3:::logs"]
    assert [(each.name, each.fixed_versions) for each in found.components] == [("openssl", ("3.1",))]
    assert [each.score for each in found.cvss] == [7.5]


def test_a_secret_of_an_unnamed_source_is_a_secret() -> None:
    format_id, findings = read(json.dumps({**TRUFFLEHOG, "SourceMetadata": {"Data": {}}}))
    assert (format_id, [each.title for each in findings]) == ("trufflehog-json", ["AWS secret in unknown"])


def test_json_lines_begin_with_what_the_tool_logged() -> None:
    format_id, findings = read('{"level": "info", "msg": "running"}\n' + json.dumps(TRUFFLEHOG))
    assert format_id == "trufflehog-json"
    assert len(findings) == 1


@pytest.mark.parametrize(
    "header", ["plugin_id,RISK,host,Name,cvss v3.0 base score", "PluginID;Risk;Host;NAME"]
)
def test_the_columns_of_a_table_may_be_written_otherwise(header: str) -> None:
    row = "19506,High,10.0.0.1,Old OpenSSH,9.1".replace(",", ";" if ";" in header else ",")
    format_id, (finding,) = read(f"{header}\n{row}\n")
    assert format_id == "nessus-csv"
    assert (finding.rule_id, finding.locations[0].host) == ("19506", "10.0.0.1")


def test_a_format_with_all_its_columns_goes_before_one_with_more_that_lacks_some() -> None:
    header = "PLUGIN ID,PLUGIN NAME,SEVERITY,IP ADDRESS,PROTOCOL,PORT"
    format_id, (finding,) = read(f"{header}\n19506,Old OpenSSH,High,192.0.2.4,TCP,22\n")
    assert (format_id, finding.rule_id) == ("nessus-csv", "19506")


def test_a_wanted_column_that_is_missing_is_empty_and_too_many_are_another_table() -> None:
    lenient = report("A,b,C\n1,2,3\n")
    lenient.is_lenient = True
    (row,) = lenient.rows("a", "B", "c", "d")
    assert (row.value["a"], row.value["B"], row.value["d"], row.value.get("C")) == ("1", "2", "", "3")
    assert row.value.get("e", "-") == "-"
    with pytest.raises(KeyError, match="e"):
        row.value["e"]
    with pytest.raises(sdk.ReportError):
        next(lenient.rows("a", "b", "x", "y"))


def items_of(*items: object) -> list[sdk.Record]:
    @of_items(sdk.SCA)
    def x(item: sdk.Json) -> sdk.Findings:
        yield sdk.ReportedFinding(
            kind=sdk.SCA,
            title=f"{item['rule']['id']} in {item['package']['name']}",
            severity=sdk.severity(item["severity"]),
            rule_id=item["rule"]["id"],
            components=(
                sdk.Component(name=item["package"]["name"], version=sdk.text(item["package"].get("version"))),
            ),
        )

    return list(x.records(report(json.dumps({"r": items}))))


WHOLE = {"rule": {"id": "R1"}, "package": {"name": "a", "version": "1"}, "severity": "high"}


@pytest.mark.parametrize("gone", [{}, {"package": None}, {"package": {}}])
def test_what_an_item_lacks_costs_what_it_says_and_not_the_result(gone: dict[str, object]) -> None:
    lacking = {"rule": WHOLE["rule"], "severity": "high", **gone}
    whole, found = items_of(WHOLE, lacking)
    assert isinstance(whole, sdk.ReportedFinding)
    assert isinstance(found, sdk.ReportedFinding)
    assert (whole.title, found.title, found.severity) == ("R1 in a", "R1", sdk.Severity.HIGH)
    assert (len(whole.components), found.components) == (1, ())


def test_an_item_that_says_nothing_that_could_be_its_title_is_a_problem() -> None:
    (problem,) = items_of({"severity": "high"})
    assert problem == sdk.ItemProblem(position="r[0]", reason="it has no 'rule'")


@pytest.mark.parametrize("around", ["{}", "[{}]"])
def test_what_tells_the_format_may_stand_behind_a_value_that_fills_the_probe(around: str) -> None:
    said = {
        "metrics": {f"app/{number}.py": {"loc": number} for number in range(5000)},
        "note": "x" * 5000,
        "version": "2.1.0",
        "$schema": "sarif",
        "runs": [{"tool": {"driver": {"name": "Acme"}}, "results": []}],
    }
    seen = sdk.Probe(sdk.Source(io.BytesIO(around.replace("{}", json.dumps(said)).encode())))
    look = sdk.JsonKeys(("item." if around[0] == "[" else "") + "runs.item.tool", later=())
    assert look(seen) == 0
    seen.look_further()
    assert look(seen) > 0
    assert seen.is_complete


def test_a_document_that_breaks_off_is_looked_at_as_far_as_its_beginning_goes() -> None:
    seen = sdk.Probe(sdk.Source(io.BytesIO(b'{"a": "' + b"x" * 70_000)))
    seen.look_further()
    assert not seen.is_complete
