"""NeuVector: vulnerabilities of images and workloads, and its CIS benchmarks."""

from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_DOCS = "https://open-docs.neuvector.com/scanning/scanning"
_LISTS = ("report.vulnerabilities.item", "report.secrets.item", "report.checks.item")
_LEVELS: sdk.Scale = {  # https://open-docs.neuvector.com/scanning/scanning/compliance
    "error": sdk.Severity.HIGH,
    "high": sdk.Severity.HIGH,
    "warn": sdk.Severity.MEDIUM,
    "note": sdk.Severity.INFO,
    "info": sdk.Severity.INFO,
}
_FAILED = ("ERROR", "HIGH", "WARN")


@sdk.parser(
    id="neuvector-json",
    scanner="NeuVector",
    title="NeuVector scan",
    docs=_DOCS,
    kinds=[sdk.CONTAINER, sdk.SECRET, sdk.IAC],
    sniff=sdk.JsonKeys("report.vulnerabilities", later=("report.modules",), absent=("apiVersion",)),
    versions="REST API v1",
)
def neuvector(report: sdk.Report) -> sdk.Findings:
    """`GET /v1/scan/workload/ID` or `/v1/scan/image/ID` of the controller's REST API; the scanner's `scan_result.json`"""
    readers = dict(zip(_LISTS, (_vulnerability, _secret, _failed), strict=True))
    for node in report.json(*_LISTS, required=_LISTS[0]):
        yield from report.read_one(node, readers[node.pattern])


@sdk.parser(
    id="neuvector-compliance-json",
    scanner="NeuVector",
    title="NeuVector compliance",
    docs=_DOCS,
    kinds=[sdk.IAC],
    sniff=sdk.JsonKeys("run_timestamp", "kubernetes_cis_version", "items"),
    items=sdk.JsonItems("items.item"),
    header={"scanned_at": "run_at"},
    versions="REST API v1",
)
def neuvector_compliance(check: sdk.Json) -> sdk.Findings:
    """`GET /v1/host/ID/compliance` or `/v1/workload/ID/compliance` of the controller's REST API"""
    if check["level"] != "PASS":
        yield from _check(check)


def _vulnerability(found: sdk.Json) -> sdk.Findings:
    name, version = found["package_name"], sdk.text(found.get("package_version"))
    path = sdk.text(found.get("file_name"))
    yield sdk.ReportedFinding(
        kind=sdk.CONTAINER,
        title=packages.title(found["name"], name, version),
        severity=sdk.severity(found.get("severity")),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=found["name"],
        description=sdk.text(found.get("description")),
        identifiers=sdk.identifiers(found["name"], found.get("cves")),
        cvss=sdk.assessments(*_assessments(found)),
        locations=(sdk.Location(path=path),) if path else (),
        components=(
            sdk.Component(
                name=name, version=version, fixed_versions=sdk.texts([found.get("fixed_version")]), path=path
            ),
        ),
        references=sdk.urls(found.get("link")),
        tags=("in base image",) if found.get("in_base_image") is True else (),
    )


def _assessments(found: sdk.Json) -> Iterator[sdk.Rating]:
    for vector, score in (("vectors_v3", "score_v3"), ("vectors", "score")):
        yield found.get(vector), found.get(score), "NeuVector", "3.0" if "v3" in score else "2.0"


def _secret(found: sdk.Json) -> sdk.Findings:
    if found["path"]:
        yield sdk.ReportedFinding(
            kind=sdk.SECRET,
            title=f"{found['type']} in {found['path']}",
            severity=sdk.Severity.HIGH,  # NeuVector rates no secrets
            rule_id=sdk.text(found["type"]),
            remediation=sdk.text(found.get("suggestion")),
            locations=(sdk.Location(path=found.get("path")),),
        )


def _failed(check: sdk.Json) -> sdk.Findings:
    if check["level"] in _FAILED:
        yield from _check(check)


def _check(check: sdk.Json) -> sdk.Findings:
    messages = sdk.texts(check.get("message") or ())
    group = sdk.text(check.get("group"))
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=check["description"],
        severity=sdk.severity(check.get("level"), _LEVELS),
        severity_reported=sdk.text(check.get("level")),
        rule_id=":".join(sdk.texts([check.get("catalog") or check.get("category"), check["test_number"]])),
        rule_name=sdk.text(check.get("profile")),
        remediation=sdk.text(check.get("remediation")),
        locations=(sdk.Location(resource=group, evidence="\n".join(messages) or None),),
        tags=sdk.texts([check.get("type"), *sdk.texts(check.get("tags") or ())]),
    )
