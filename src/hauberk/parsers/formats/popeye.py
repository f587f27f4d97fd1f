"""Popeye: what a live Kubernetes cluster has wrong, unused or over-permitted."""

import re
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import junit

_DOCS = "https://popeyecli.io/"
_LISTS = ("popeye.sanitizers.item", "popeye.sections.item")
_SEVERITIES: sdk.Scale = {  # https://popeyecli.io: ok, info, warning, error
    "1": sdk.Severity.INFO,
    "2": sdk.Severity.LOW,
    "3": sdk.Severity.HIGH,
}
_MESSAGE = re.compile(r"\[(?P<code>POP-\d+)\]\s*(?P<text>.*)", re.DOTALL)


@sdk.parser(
    id="popeye-json",
    scanner="Popeye",
    docs=_DOCS,
    kinds=[sdk.IAC],
    sniff=sdk.JsonKeys("popeye.score", "popeye.grade"),
    versions="0.8 and later",
)
def popeye(report: sdk.Report) -> sdk.Findings:
    """`popeye -o json > popeye.json`"""
    for node in report.json(*_LISTS, "popeye.report_time", "ClusterName"):
        if node.pattern == "ClusterName":
            yield sdk.ReportHeader(asset=sdk.text(node.value))
        elif node.pattern not in _LISTS:
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value))
        else:
            linter = sdk.first(node.value.get("sanitizer"), node.value.get("linter"))
            for name, issues in (node.value.get("issues") or {}).items():
                yield from sdk.each(issues, partial(_issue, linter or "", name), f"{node.position} {name}")


@sdk.parser(
    id="popeye-junit-xml",
    scanner="Popeye",
    title="Popeye JUnit",
    docs=_DOCS,
    kinds=[sdk.IAC],
    sniff=junit.sniff(says=r'<testsuites\b[^>]* name="Popeye"'),
    versions="0.8 and later",
)
def popeye_junit(report: sdk.Report) -> sdk.Findings:
    """`popeye -o junit > popeye.xml`; it has the warnings and errors"""
    yield from report.read(junit.cases(report), _case)


def _case(case: sdk.XmlElement) -> sdk.Findings:
    name = "/".join(sdk.texts([case.get("classname"), case.get("name")]))
    for tag, level in (("failure", 2), ("error", 3)):
        for said in case.iterchildren(f"{{*}}{tag}"):
            yield from _issue(
                junit.suite_of(case) or "", name, {"message": said.attrib["message"], "level": level}
            )


def _issue(linter: str, name: str, issue: sdk.Json) -> sdk.Findings:
    if sdk.integer(issue["level"]) == 0:
        return
    said = _MESSAGE.match(issue["message"])
    part = sdk.text(issue.get("group"))
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=said["text"] if said else issue["message"],
        severity=sdk.severity(issue.get("level"), _SEVERITIES),
        severity_reported=sdk.text(issue.get("level")),
        rule_id=said["code"] if said else None,
        locations=(
            sdk.Location(
                resource="/".join(sdk.texts([linter, name, None if part == "__root__" else part])),
                evidence=issue["message"],
            ),
        ),
        tags=sdk.texts([linter, issue.get("gvr")]),
    )
