"""Docker Bench for Security: a Docker host, its daemon and containers against the CIS benchmark."""

from functools import partial

from hauberk.parsers import sdk


@sdk.parser(
    id="docker-bench-json",
    scanner="Docker Bench",
    docs="https://github.com/docker/docker-bench-security#docker-bench-for-security-options",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.JsonKeys("dockerbenchsecurity", "start", later=("tests",)),
    versions="1.3.5 and later",
)
def docker_bench(report: sdk.Report) -> sdk.Findings:
    """`docker-bench-security.sh`; the report is `log/docker-bench-security.log.json`"""
    for node in report.json("dockerbenchsecurity", "end", "tests.item", required="tests.item"):
        if node.pattern == "dockerbenchsecurity":
            yield sdk.ReportHeader(tool_version=sdk.text(node.value))
        elif node.pattern == "end":
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value))
        else:
            section = sdk.text(node.value.get("desc"))
            yield from sdk.each(node.value.get("results"), partial(_check, section), node.position)


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
