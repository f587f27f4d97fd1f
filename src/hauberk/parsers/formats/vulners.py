"""Vulners: what its agents found missing on hosts, from the audit API. An advisory's CVEs stand in a table beside."""

from functools import partial

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://vulners.com/docs/api_reference/: 1 to 5
    "1": sdk.Severity.INFO,
    "2": sdk.Severity.LOW,
    "3": sdk.Severity.MEDIUM,
    "4": sdk.Severity.HIGH,
    "5": sdk.Severity.CRITICAL,
}


@sdk.parser(
    id="vulners-json",
    scanner="Vulners",
    docs="https://vulners.com/docs/api_reference/",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("data.report.item.vulnID"), sdk.JsonKeys("result", "data.report", "data.vulns")
    ),
    versions="API v3",
)
def vulners(report: sdk.Report) -> sdk.Findings:
    """The answer of `POST https://vulners.com/api/v3/reports/vulnsreport` with `"reporttype": "vulnsreport"`, saved."""
    known = {str(node.key): node.value for node in report.json("data.vulns.*")}
    yield from report.read(report.json("data.report.item"), partial(_missing, known))


def _missing(known: dict[str, sdk.Json], said: sdk.Json) -> sdk.Findings:
    rule = said["vulnID"]
    about = known.get(rule) or {}
    word = sdk.text(said.get("severityText"))
    score = sdk.pick(about, "cvss3.cvssV3") or {}
    fix = sdk.text(said.get("cumulativeFix"))
    names = [name for name in sdk.texts([said.get("agentfqdn"), said.get("agentip")]) if name != "unknown"]
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=sdk.text(said.get("title")) or rule,
        severity=sdk.severity(word) if word else sdk.severity(said.get("severity"), _SEVERITIES),
        severity_reported=word or sdk.text(said.get("severity")),
        rule_id=rule,
        description=sdk.text(about.get("description")),
        remediation=f"Run: {fix}" if fix else None,
        identifiers=sdk.identifiers(about.get("cvelist")) or sdk.identifiers(rule),
        cvss=sdk.assessments(
            (score.get("vectorString"), score.get("baseScore"), "Vulners"),
            (sdk.pick(about, "cvss.vector"), sdk.pick(about, "cvss.score"), "Vulners"),
        ),
        locations=(
            sdk.Location(
                host=sdk.first(said.get("agentip"), said.get("agentfqdn")),
                host_ids=sdk.machine(said.get("agentip")),
            ),
        ),
        components=tuple(sdk.Component(name=name) for name in names[:1]),  # the machine: no package is named
        references=sdk.urls(about.get("references"), about.get("href")),
        tags=sdk.texts(said.get("family")),
        target=sdk.first(names),
        found_at=sdk.timestamp(said.get("published")),
    )
