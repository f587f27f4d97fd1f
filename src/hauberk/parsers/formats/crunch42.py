"""42Crunch API Security Audit: what is wrong in an OpenAPI definition."""

from functools import partial

from hauberk.parsers import sdk

# https://docs.42crunch.com/latest/content/concepts/api_contract_security_audit.htm: severity levels
_SEVERITIES: sdk.Scale = {
    "5": sdk.Severity.CRITICAL,
    "4": sdk.Severity.HIGH,
    "3": sdk.Severity.MEDIUM,
    "2": sdk.Severity.LOW,
    "1": sdk.Severity.INFO,
}
_GROUPS = tuple(
    f"{root}{group}.issues.*"
    for root in ("report.", "")
    for group in ("security", "data", "semanticErrors", "validationErrors")
)


@sdk.parser(
    id="42crunch-json",
    scanner="42Crunch",
    docs="https://docs.42crunch.com/latest/content/tasks/audit_api_contracts.htm",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("report.assessmentVersion", "report.openapiState"),
        sdk.JsonKeys("assessmentVersion", "openapiState"),
    ),
)
def crunch42(report: sdk.Report) -> sdk.Findings:
    """`42c-ast audit run openapi.json --output audit.json`, or an API's *Security Audit Report*, *Download*"""
    pointers = next((node.value for node in report.json("report.index", "index")), None) or []
    for node in report.json(*_GROUPS):
        yield from report.read_one(node, partial(_kind, pointers, str(node.key)))


def _kind(pointers: list[str], rule: str, kind: sdk.Json) -> sdk.Findings:
    for issue in kind["issues"]:
        word = sdk.text(issue.get("criticality") or kind.get("criticality"))
        pointer = sdk.integer(issue.get("pointer"))
        at = pointers[pointer] if pointer is not None and pointer < len(pointers) else None
        yield sdk.ReportedFinding(
            kind=sdk.SAST,
            title=sdk.text(kind.get("description")) or rule,
            severity=sdk.severity(word, _SEVERITIES),
            severity_reported=word,
            rule_id=rule,
            description=sdk.text(issue.get("specificDescription")),
            locations=(sdk.Location(symbol=at),) if at else (),
            stable_id=sdk.text(issue.get("fingerprint")),
        )
