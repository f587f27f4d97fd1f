"""What comes first in a report may fill all that is looked at first; its format is told by what stands behind it."""

import io
import json
from typing import Any

import pytest

from hauberk.parsers.reading import open_report
from hauberk.parsers.sdk import ReportedFinding

LONG = 80_000


def times(element: object) -> list[object]:
    return [element] * (LONG // len(json.dumps(element)) + 1)


PATHS = times("shop>webpack>watchpack>chokidar>braces>lodash")
NO_SUCH_FILES = {"iac_type": "helm", "directory": "/src/a", "errMsg": "no helm charts found"}
PLACE = {"component": "shop:src/cart.py", "textRange": {"startLine": 3}, "msg": "from here"}
ALERT = {"pluginid": "10021", "name": "X-Content-Type-Options Header Missing", "riskcode": "1"}
SITE = {"@name": "https://shop.example", "alerts": times(ALERT)}
OF_GITLAB = {
    "id": "1",
    "category": "dast",
    "message": "Header missing",
    "severity": "Low",
    "identifiers": [{"type": "zaproxy_pluginid", "name": "ZAP", "value": "10021"}],
    "location": {"hostname": "https://shop.example", "method": "GET", "path": "/", "param": ""},
}
REPORTS: dict[str, dict[str, Any]] = {
    "npm-audit-json-v1": {
        "actions": [{"action": "install", "module": "lodash", "target": "4.17.21", "resolves": []}],
        "advisories": {
            "1065": {
                "findings": [{"version": "4.17.10", "paths": PATHS}],
                "id": 1065,
                "title": "Prototype Pollution",
                "module_name": "lodash",
                "severity": "high",
                "vulnerable_versions": "<4.17.12",
            }
        },
        "metadata": {"vulnerabilities": {"high": 1}},
    },
    "terrascan-json": {
        "results": {
            "scan_errors": times(NO_SUCH_FILES),
            "violations": [
                {
                    "rule_id": "AC_AWS_1",
                    "description": "The bucket is public",
                    "severity": "HIGH",
                    "resource_name": "shop",
                    "resource_type": "aws_s3_bucket",
                    "file": "main.tf",
                }
            ],
        }
    },
    "sonarqube-json": {
        "total": 1,
        "issues": [
            {
                "key": "A1",
                "flows": [{"locations": times(PLACE)}],
                "rule": "python:S3649",
                "severity": "BLOCKER",
                "component": "shop:src/cart.py",
                "project": "shop",
                "message": "A query is built from what the user said",
                "type": "VULNERABILITY",
            }
        ],
    },
    "gitlab-dast-json": {
        "@version": "D-2026-01-05",
        "scan": {"scanned_resources": [], "scanner": {"id": "zaproxy"}, "type": "dast"},
        "site": [SITE],
        "version": "14.0.0",
        "vulnerabilities": [OF_GITLAB],
    },
}


@pytest.mark.parametrize("named", REPORTS)
def test_a_report_is_recognised_whatever_fills_its_beginning(named: str) -> None:
    opened = open_report(io.BytesIO(json.dumps(REPORTS[named]).encode()))
    assert opened.format.id == named
    assert len([each for each in opened.records() if isinstance(each, ReportedFinding)]) == 1


def test_so_is_a_list_whose_first_element_does() -> None:
    found = {
        "template-id": "robots-txt",
        "info": {"tags": times("misc"), "name": "robots.txt", "severity": "info"},
    }
    report = [
        found | {"type": "http", "host": "shop.example", "matched-at": "https://shop.example/robots.txt"}
    ]
    opened = open_report(io.BytesIO(json.dumps(report).encode()))
    assert opened.format.id == "nuclei-json"


def test_a_long_text_or_a_deep_nesting_hides_nothing_behind_it() -> None:
    deep: Any = "end"
    for _ in range(40):
        deep = {"within": [deep]}
    report = {"note": "x" * LONG, "deep": deep} | REPORTS["terrascan-json"]
    assert open_report(io.BytesIO(json.dumps(report).encode())).format.id == "terrascan-json"
