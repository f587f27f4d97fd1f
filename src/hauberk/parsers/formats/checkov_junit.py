"""Checkov as results of tests."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import checkov, junit

_CHECK = re.compile(r"\[(?P<severity>\w+)\]\[(?P<check_id>[^\]]+)\] (?P<check_name>.*)", re.DOTALL)
_CODE = re.compile(r"^\t*( *\d+) \| ?(.*)$", re.MULTILINE)  # `12 | resource "aws_s3_bucket" "logs" {`
_TOLD = re.compile(r"^ *([A-Z][A-Za-z ]+): (?!None$)(.+)$", re.MULTILINE)  # `Resource: aws_s3_bucket.logs`
_LINES = re.compile(r"^File: (?P<path>.+): (?P<first>\d+)-(?P<last>\d+)$", re.MULTILINE)


@sdk.parser(
    id="checkov-junit-xml",
    scanner="Checkov",
    title="Checkov JUnit",
    docs="https://www.checkov.io/2.Basics/Reviewing%20Scan%20Results.html",
    kinds=[sdk.IAC, sdk.SCA, sdk.CONTAINER, sdk.SECRET],
    sniff=junit.sniff(says=r'<testcase name="\[\w+\]\[[\w-]+\] '),
    versions="2 and 3",
)
def checkov_junit(report: sdk.Report) -> sdk.Findings:
    """`checkov -d . -o junitxml > checkov.xml`; with a Prisma Cloud key the severities come along."""
    yield from report.read(junit.cases(report), _case)


def _case(case: sdk.XmlElement) -> sdk.Findings:
    """In the words of its JSON; what passed has no failure, what was skipped has `skipped`."""
    named = _CHECK.fullmatch(case.get("name", ""))
    if named is None:
        return
    skipped = case.find("skipped")
    kind = checkov.kind_of((junit.suite_of(case) or "").removesuffix(" scan"))
    for _, full in junit.failures(case):
        yield from checkov.check(kind, False, _said(case, named, full))
    if skipped is not None:
        reason = {"check_result": {"suppress_comment": skipped.get("message")}}
        yield from checkov.check(kind, True, _said(case, named, "") | reason)


def _said(case: sdk.XmlElement, named: re.Match[str], full: str) -> dict[str, sdk.Json]:
    told = dict(_TOLD.findall(full))
    lines = _LINES.search(full)
    path = lines["path"] if lines else case.get("file")
    resource = told.get("Resource") or case.get("classname", "").removeprefix(f"{path}.")
    check = named.groupdict() | {
        "severity": None if named["severity"] == "NONE" else named["severity"],
        "resource": resource,
        "file_path": path,
        "file_line_range": [lines["first"], lines["last"]] if lines else [],
        "code_block": [[number, f"{line}\n"] for number, line in _CODE.findall(full)],
        "guideline": told.get("Guideline"),
    }
    if "Base Score" not in told:
        return check
    name, _, version = named["check_name"].partition(": ")
    known = {
        "id": named["check_id"],
        "package_name": name,
        "package_version": version,
        "description": told.get("Description"),
        "link": told.get("Link"),
        "cvss": told.get("Base Score"),
        "vector": told.get("Vector"),
        "status": told.get("Status"),
        "lowest_fixed_version": told.get("Fixed Version"),
    }
    return check | {"check_name": None, "vulnerability_details": known}
