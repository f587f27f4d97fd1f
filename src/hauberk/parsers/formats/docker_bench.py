"""Docker Bench for Security: a Docker host, its daemon and containers against the CIS benchmark."""

import re
from functools import partial

from hauberk.parsers import sdk

_NUMBER = re.compile(r"\d+(\.\d+)+[a-z]?")  # `1.1.2`


@sdk.parser(
    id="docker-bench-json",
    scanner="Docker Bench",
    docs="https://github.com/docker/docker-bench-security#docker-bench-for-security-options",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("dockerbenchsecurity", "start", later=("tests",)),
        sdk.JsonKeys("dockerbenchsecurity", "start", absent=("tests",)),
    ),
    versions="1.3.3 and later",
)
def docker_bench(report: sdk.Report) -> sdk.Findings:
    """`docker-bench-security.sh`; the report is `log/docker-bench-security.log.json`"""
    for node in report.json("*", "tests.item"):
        if node.key == "dockerbenchsecurity":
            yield sdk.ReportHeader(tool_version=sdk.text(node.value))
        elif node.key == "end":
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value))
        elif node.pattern == "tests.item":
            section = sdk.text(node.value.get("desc"))
            yield from sdk.each(node.value.get("results"), partial(_check, section), node.position)
        elif isinstance(node.value, str) and _NUMBER.fullmatch(str(node.key)):
            yield from _check_of_1_3_3(str(node.key), node.value)


def _check_of_1_3_3(number: str, said: str) -> sdk.Findings:
    """`"5.1": "WARN: a container"`, once for each container; what a check is about is only in the log."""
    word, _, item = said.partition(":")
    items = sdk.texts(item.strip())
    title = f"CIS Docker Benchmark {number}"
    yield from _check(None, {"id": number, "desc": title, "result": word.strip(), "items": items})


def _check(section: str | None, result: sdk.Json) -> sdk.Findings:
    if result["result"] != "WARN":  # NOTE and INFO leave it to a person
        return
    details = sdk.text(result.get("details"))
    items = sdk.texts(result.get("items") or ())
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=result["desc"],
        severity=sdk.Severity.HIGH,  # Docker Bench rates nothing; what is scored and fails is a WARN
        severity_reported=result.get("result"),
        rule_id=result["id"],
        rule_name=section,
        description=details,
        remediation=sdk.paragraphs(result.get("remediation"), result.get("remediation-impact")),
        locations=tuple(sdk.Location(resource=item) for item in items) or (sdk.Location(evidence=details),),
        tags=sdk.texts([section]),
    )
