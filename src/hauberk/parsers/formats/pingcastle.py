"""PingCastle: risks of an Active Directory domain."""

from functools import partial

from hauberk.parsers import sdk

_FLOORS: sdk.Floors = (  # PingCastle gives points, and a hundred of them are the worst score of a category
    (50, sdk.Severity.CRITICAL),
    (30, sdk.Severity.HIGH),
    (10, sdk.Severity.MEDIUM),
    (1, sdk.Severity.LOW),
    (0, sdk.Severity.INFO),
)


@sdk.parser(
    id="pingcastle-xml",
    scanner="PingCastle",
    docs="https://www.pingcastle.com/documentation/healthcheck/",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.XmlRoot("HealthcheckData"),
    versions="2.x and 3.x health checks, not encrypted",
)
def pingcastle(report: sdk.Report) -> sdk.Findings:
    """`PingCastle.exe --healthcheck --level Full`, the `.xml` file"""
    about: dict[str, str | None] = {}
    for node in report.xml("EngineVersion", "GenerationDate", "DomainFQDN"):
        about[node.pattern] = sdk.text(node.value.text)
    domain = about.get("DomainFQDN")
    yield sdk.ReportHeader(
        tool_version=about.get("EngineVersion"),
        scanned_at=sdk.timestamp(about.get("GenerationDate")),
        asset=domain,
        targets=sdk.texts(domain),
    )
    yield from report.read(report.xml("RiskRules/HealthcheckRiskRule"), partial(_risk, domain))


def _risk(domain: str | None, rule: sdk.XmlElement) -> sdk.Findings:
    said = sdk.child_texts(rule)
    details = [each.text for each in rule.iterfind("Details/string")]
    points = sdk.integer(said.get("Points"))
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=said.get("Rationale") or said["RiskId"] or "",
        severity=sdk.severity_of_points(points, _FLOORS),
        severity_reported=said.get("Points"),
        rule_id=said["RiskId"],
        description=sdk.paragraphs(*details),
        locations=(sdk.Location(host=domain, evidence=sdk.paragraphs(*details)),),
        tags=sdk.texts([said.get("Category"), said.get("Model")]),
        target=domain,
    )
